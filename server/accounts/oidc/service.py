"""Logging in at an OpenID provider: it stands for the password, never for an account or the second factor.

Who has no account here, made by an administrator with the address that the provider has verified, is not let in.
What the answer must match travels in a sealed cookie; nothing is stored before somebody has come back.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from dataclasses import asdict
from datetime import timedelta

from server.accounts import repository as people
from server.accounts.calling import Origin, may_log_in, refused
from server.accounts.factors import repository as factors
from server.accounts.factors import sealing
from server.accounts.factors.passkeys import RelyingParty
from server.accounts.logins import Login, SecondStep, admit
from server.accounts.oidc import repository
from server.accounts.oidc.provider import Outsider, Provider, ProviderFailed, Visit, begin, finish
from server.accounts.passwords import token_sha256
from server.db import Session
from server.errors import Problem, not_found
from server.parts import Parts
from server.settings import Settings
from server.tables import OutsideAccount, User

log = logging.getLogger(__name__)

LIFE = timedelta(minutes=10)
RETURN = "/api/v1/login/oidc/return"


def provider_of(settings: Settings) -> Provider:
    """Return the provider that the settings name.

    Raises:
        Problem: 404, there is none.
    """
    if settings.oidc_issuer is None:
        raise not_found("OpenID provider")
    file = settings.oidc_client_secret_file
    secret = file.read_text("utf-8").strip() if file is not None else ""
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret)


def start(parts: Parts, address: str, next_path: str) -> tuple[str, str]:
    """Return the provider's address for a login, and what the browser keeps meanwhile (sealed).

    Raises:
        ProviderFailed: the provider does not answer.
    """
    visit = Visit(
        address.rstrip("/") + RETURN, secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    )
    until = int((parts.clock() + LIFE).timestamp())
    kept = json.dumps({"until": until, "next": next_path, "visit": asdict(visit)})
    return begin(provider_of(parts.settings), visit), sealing.seal(parts.server_key, kept)


def come_back(
    parts: Parts, kept: str | None, state: str, code: str, origin: Origin, party: RelyingParty
) -> tuple[Login | SecondStep, User, str]:
    """Let in whom the provider vouches for; returns also the person, and where they wanted to go.

    Raises:
        Problem: 401, with the same words whatever was wrong; the log says what.
    """
    visit, next_path = _visit(parts, kept, state)
    try:
        outsider = finish(provider_of(parts.settings), visit, code, parts.clock())
    except ProviderFailed as error:
        log.warning("a login at the OpenID provider failed: %s", error)
        raise _refused() from error
    with parts.db.write() as session:
        is_new = factors.spend_ticket(session, token_sha256(visit.state), parts.clock() + LIFE, parts.clock())
        user = _person(session, parts, outsider) if is_new else None
    if user is None:
        raise _refused()
    return admit(parts, user, origin, party, "OpenID"), user, next_path


def _visit(parts: Parts, kept: str | None, state: str) -> tuple[Visit, str]:
    opened = sealing.unseal(parts.server_key, kept) if kept and kept.isascii() else None
    if opened is None:
        raise _refused()
    document = json.loads(opened)
    visit = Visit(**document["visit"])
    if int(parts.clock().timestamp()) >= document["until"] or not hmac.compare_digest(
        visit.state.encode(), state.encode()
    ):
        raise _refused()
    return visit, str(document["next"])


def _person(session: Session, parts: Parts, outsider: Outsider) -> User | None:
    issuer, now = provider_of(parts.settings).issuer, parts.clock()
    found = repository.by_subject(session, issuer, outsider.subject)
    if found is not None:
        account, user = found
    else:
        invited = people.user_by_email(session, outsider.email) if outsider.email is not None else None
        if invited is None:
            return None
        user = invited
        account = OutsideAccount(user_id=user.id, issuer=issuer, subject=outsider.subject, created_at=now)
    if not may_log_in(session, user):
        return None
    account.last_used_at = now
    session.add(account)
    return user


def _refused() -> Problem:
    return refused(
        "That login was not accepted here. Ask your administrator for an invitation, or try again.", "outside"
    )

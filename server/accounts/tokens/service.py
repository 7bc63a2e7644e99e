"""Making and ending tokens for programs. A program's token begins with `bangtin_` and acts in its maker's name."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from server.accounts.calling import API_TOKEN_PREFIX
from server.accounts.factors import repository as factors
from server.accounts.passwords import new_token, token_sha256
from server.accounts.permissions import Caller, Permission
from server.accounts.tokens import repository
from server.accounts.tokens.schemas import TokenNew
from server.audit.actions import Action
from server.audit.service import audit
from server.db import Session
from server.errors import Problem, conflict, forbidden, not_found
from server.settings import SecondFactor, Settings
from server.tables import ApiToken

MOST_TOKENS = 20
FOR_PEOPLE = frozenset({Permission.APPROVE, Permission.RAISE_EMERGENCY, Permission.SIGN_VALUES, Permission.EDIT_USERS})
"""What no program does: it takes a person, there and then."""


def scopes_for(caller: Caller) -> list[Permission]:
    """Return what a token of this person can be allowed, in the order of the permissions."""
    return [one for one in Permission if one not in FOR_PEOPLE and caller.may(one)]


def make_token(
    session: Session, settings: Settings, caller: Caller, new: TokenNew, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token; returns its row and the secret, which is kept as its SHA-256 only.

    Raises:
        Problem: 403 without a second factor of one's own, or for scopes that the person lacks; 409 too many.
    """
    if settings.second_factor is SecondFactor.REQUIRED and not factors.held(session, caller.user_id).authenticators:
        detail = "Whoever makes tokens needs a second factor: add a passkey or an authenticator app first (/account)."
        raise Problem(HTTPStatus.FORBIDDEN, "factor-missing", detail)
    lacking = sorted(set(new.scopes) - set(scopes_for(caller)))
    if lacking:
        raise forbidden(f"A token of yours cannot be allowed: {', '.join(lacking)}.")
    if len(repository.tokens(session, caller.user_id, now)) >= MOST_TOKENS:
        raise conflict("too-many-tokens", f"You have {MOST_TOKENS} tokens; end one first.")
    secret = API_TOKEN_PREFIX + new_token()
    row = ApiToken(
        user_id=caller.user_id,
        token_sha256=token_sha256(secret),
        name=new.name,
        scopes=sorted({scope.value for scope in new.scopes}),
        created_at=now,
        expires_at=now + timedelta(days=new.days),
    )
    session.add(row)
    session.flush()
    audit(session, caller, Action.TOKEN_MADE, "token", row.id, name=row.name, after={"scopes": row.scopes})
    return row, secret


def end_token(session: Session, caller: Caller, token_id: UUID, now: datetime) -> None:
    """End one of the caller's tokens at once.

    Raises:
        Problem: 404.
    """
    row = repository.token(session, caller.user_id, token_id)
    if row is None:
        raise not_found("token")
    if row.revoked_at is None:
        row.revoked_at = now
        session.add(row)
        audit(session, caller, Action.TOKEN_REVOKED, "token", row.id, name=row.name)

"""Enrolling second factors, and proving with them. Transactions are the caller's; refusals to guesses are all alike."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from server.accounts.calling import is_fresh
from server.accounts.factors import passkeys, repository, sealing, totp
from server.accounts.factors.passkeys import Document, NoPasskey, RelyingParty
from server.accounts.factors.rules import ALWAYS, Way, lacking_authenticators
from server.accounts.passwords import token_sha256
from server.accounts.permissions import Caller
from server.accounts.tickets import Purpose, digest_of, end_of, make_ticket
from server.audit.actions import Action
from server.audit.service import audit
from server.db import Session
from server.errors import Problem, conflict, invalid, not_found
from server.parts import Parts
from server.settings import SecondFactor, Settings
from server.tables import LoginSession, Passkey, TotpSecret, User
from server.tables.accounts import Role
from server.throttle import Tally

RECOVERY_CODES = 10
MOST_PASSKEYS = 20
FREE_TRIES_OF_A_PERSON = 50
DEVICE_CODE_LIFE = timedelta(minutes=10)
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_RECOVERY_CHARACTERS, _DEVICE_CHARACTERS = 20, 10
"""98 bits, guessed by nobody; 49 bits, which live for ten minutes behind the throttle."""


@dataclass(frozen=True)
class Proof:
    """What somebody gives as a second factor: a code of any kind, or a passkey's answer."""

    code: str | None = None
    passkey: Document | None = None


def roles_of(caller: Caller) -> set[Role]:
    """Return every role that a caller holds anywhere."""
    return {caller.role, *(grant.role for grant in caller.grants)}


def tallies(user_id: UUID, address: str) -> tuple[Tally, Tally]:
    """Return what wrong codes are counted under: few from one address, more from everywhere; never a lock-out."""
    return Tally(f"factor:{user_id}:{address}"), Tally(f"factor-of:{user_id}", FREE_TRIES_OF_A_PERSON)


def check_proof(
    session: Session, parts: Parts, user: User, proof: Proof, purpose: Purpose, subject: str, party: RelyingParty
) -> Way | None:
    """Return how a person proved themselves, or None. A good code or ticket is used up in the session."""
    now = parts.clock()
    if proof.passkey is not None:
        is_good = answered(session, parts, proof.passkey, purpose, subject, party) == user.id
        return Way.PASSKEY if is_good else None
    code = "".join(one for one in (proof.code or "").upper() if one.isalnum())
    if code.isdigit():
        return Way.TOTP if _take_totp(session, parts, user.id, code, now) else None
    if len(code) == _DEVICE_CHARACTERS:
        good = repository.spend_device_code(session, user.id, token_sha256(code), now)
        return Way.DEVICE_CODE if good else None
    return Way.RECOVERY_CODE if repository.spend_recovery_code(session, user.id, token_sha256(code)) else None


def answered(
    session: Session, parts: Parts, answer: Document, purpose: Purpose, subject: str, party: RelyingParty
) -> UUID | None:
    """Return whose passkey answered one of our tickets, and use the ticket up; None when it does not hold."""
    now = parts.clock()
    try:
        ticket = passkeys.challenge_of(answer)
        end = end_of(parts.server_key, purpose, subject, ticket, now)
        credential = answer.get("id")
        row = repository.passkey_by_credential(session, credential) if isinstance(credential, str) else None
        if end is None or row is None:
            return None
        row.sign_count = passkeys.check_assertion(party, answer, ticket, row.cose_key, row.sign_count)
    except NoPasskey:
        return None
    if not repository.spend_ticket(session, digest_of(ticket), end, now):
        return None
    row.last_used_at = now
    session.add(row)
    return row.user_id


def _take_totp(session: Session, parts: Parts, user_id: UUID, code: str, now: datetime) -> bool:
    row = repository.totp(session, user_id, lock=True)
    secret = sealing.unseal(parts.server_key, row.sealed) if row is not None else None
    if row is None or secret is None or row.confirmed_at is None:
        return False
    step = totp.step_of(secret, code, now, row.last_step)
    if step is None:
        return False
    row.last_step, row.last_used_at = step, now
    session.add(row)
    return True


def may_enrol(session: Session, parts: Parts, caller: Caller) -> None:
    """Let a factor be added or taken away by somebody who just proved themselves, or who has none yet.

    Raises:
        Problem: 403 `factor-needed`.
    """
    held = repository.held(session, caller.user_id)
    if not (caller.is_enrolling and not held.authenticators) and not is_fresh(caller, parts.settings, parts.clock()):
        detail = "Confirm first that it is you: POST /api/v1/me/proof with a passkey or a code, then send this again."
        raise Problem(HTTPStatus.FORBIDDEN, "factor-needed", detail)


def ask_for_passkey(session: Session, parts: Parts, caller: Caller, party: RelyingParty) -> Document:
    """Return what the browser is asked to make a passkey with."""
    may_enrol(session, parts, caller)
    if not party.can_have_passkeys:
        raise conflict("no-passkeys-here", "Browsers make passkeys for names only: open the console by its name.")
    known = [row.credential_id for row in repository.passkeys(session, caller.user_id)]
    ticket = make_ticket(parts.server_key, Purpose.PASSKEY_REGISTRATION, str(caller.user_id), parts.clock())
    return passkeys.registration_options(
        party, caller.user_id.bytes, caller.username, caller.display_name, known, ticket
    )


def add_passkey(
    session: Session, parts: Parts, caller: Caller, name: str, answer: Document, party: RelyingParty
) -> tuple[Passkey, list[str]]:
    """Enrol the passkey that a browser made; with a person's first authenticator come recovery codes, shown once."""
    may_enrol(session, parts, caller)
    now, subject = parts.clock(), str(caller.user_id)
    try:
        ticket = passkeys.challenge_of(answer)
        end = end_of(parts.server_key, Purpose.PASSKEY_REGISTRATION, subject, ticket, now)
        made = passkeys.check_registration(party, answer, ticket) if end is not None else None
    except NoPasskey as error:
        detail = f"The browser's answer holds no passkey for this server ({error}). Try again."
        raise invalid("wrong-passkey", detail) from error
    if end is None or made is None or not repository.spend_ticket(session, digest_of(ticket), end, now):
        raise invalid("wrong-passkey", "The question was asked too long ago. Try again.")
    if repository.passkey_by_credential(session, made.credential_id) is not None:
        raise conflict("passkey-known", "This passkey is enrolled already.")
    first = _is_first(session, caller)
    if len(repository.passkeys(session, caller.user_id)) >= MOST_PASSKEYS:
        raise conflict("too-many-passkeys", f"{MOST_PASSKEYS} passkeys are enrolled; remove one first.")
    row = Passkey(
        user_id=caller.user_id,
        credential_id=made.credential_id,
        cose_key=made.cose_key,
        public_key=made.public_key,
        keyid=made.keyid,
        sign_count=made.sign_count,
        name=name,
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit(session, caller, Action.FACTOR_ADDED, "passkey", row.id, name=name, digest=made.keyid or "")
    return row, _enrolled(session, caller, now, first=first)


def passkey_of(session: Session, caller: Caller, passkey_id: UUID) -> Passkey:
    """Return one of the caller's own passkeys.

    Raises:
        Problem: 404.
    """
    row = repository.passkey(session, caller.user_id, passkey_id)
    if row is None:
        raise not_found("passkey")
    return row


def remove_passkey(session: Session, parts: Parts, caller: Caller, passkey_id: UUID) -> None:
    """Forget one of the caller's passkeys."""
    may_enrol(session, parts, caller)
    row = passkey_of(session, caller, passkey_id)
    _check_not_last(session, parts.settings, caller)
    audit(session, caller, Action.FACTOR_REMOVED, "passkey", row.id, name=row.name, digest=row.keyid or "")
    session.delete(row)


def begin_totp(session: Session, parts: Parts, caller: Caller) -> str:
    """Return a new secret for the caller's authenticator app; it counts once a code of it was given."""
    may_enrol(session, parts, caller)
    row = repository.totp(session, caller.user_id, lock=True)
    if row is not None and row.confirmed_at is not None:
        raise conflict("totp-known", "An authenticator app is enrolled already; remove it first.")
    secret = totp.new_secret()
    row = row or TotpSecret(user_id=caller.user_id, sealed="")
    row.sealed = sealing.seal(parts.server_key, secret)
    session.add(row)
    return secret


def confirm_totp(session: Session, parts: Parts, caller: Caller, code: str) -> list[str]:
    """Enrol the app whose code this is; with a person's first authenticator come recovery codes, shown once."""
    may_enrol(session, parts, caller)
    now, row = parts.clock(), repository.totp(session, caller.user_id, lock=True)
    secret = sealing.unseal(parts.server_key, row.sealed) if row is not None else None
    if row is None or secret is None or row.confirmed_at is not None:
        raise conflict("totp-not-begun", "Begin anew: ask for a new secret first.")
    step = totp.step_of(secret, code, now, row.last_step)
    if step is None:
        raise invalid("wrong-factor", "This code was not accepted. Look at the app again, and at the phone's clock.")
    first = _is_first(session, caller)
    row.confirmed_at, row.last_step, row.last_used_at = now, step, now
    session.add(row)
    audit(session, caller, Action.FACTOR_ADDED, "totp", row.id)
    return _enrolled(session, caller, now, first=first)


def remove_totp(session: Session, parts: Parts, caller: Caller) -> None:
    """Forget the caller's authenticator app."""
    may_enrol(session, parts, caller)
    row = repository.totp(session, caller.user_id, lock=True)
    if row is None:
        raise not_found("authenticator app")
    if row.confirmed_at is not None:
        _check_not_last(session, parts.settings, caller)
        audit(session, caller, Action.FACTOR_REMOVED, "totp", row.id)
    session.delete(row)


def new_recovery_codes(session: Session, user_id: UUID) -> list[str]:
    """Return new recovery codes, shown once; older ones are void."""
    codes = [_code(_RECOVERY_CHARACTERS) for _ in range(RECOVERY_CODES)]
    repository.replace_recovery_codes(session, user_id, [token_sha256(one) for one in codes])
    return [_grouped(one) for one in codes]


def new_device_code(session: Session, parts: Parts, caller: Caller) -> tuple[str, datetime]:
    """Return a code that lets another device of a person without an authenticator in, and when it ends."""
    if repository.held(session, caller.user_id).authenticators:
        raise conflict("no-device-codes", "You hold an authenticator: use it on the other device.")
    code, end = _code(_DEVICE_CHARACTERS), parts.clock() + DEVICE_CODE_LIFE
    repository.replace_device_code(session, caller.user_id, token_sha256(code), end)
    return _grouped(code), end


def require_two_authenticators(session: Session, settings: Settings, caller: Caller) -> None:
    """Let sign only who holds two authenticators, so that a lost one leaves nobody without a signer.

    Raises:
        Problem: 403 `authenticators-missing`.
    """
    if settings.second_factor is SecondFactor.OFF:
        return
    lacking = lacking_authenticators([Role.APPROVER], repository.held(session, caller.user_id))
    if lacking:
        detail = f"Who signs needs two authenticators; enrol {lacking} more under My account, then sign."
        raise Problem(HTTPStatus.FORBIDDEN, "authenticators-missing", detail)


def _is_first(session: Session, caller: Caller) -> bool:
    return not repository.held(session, caller.user_id).authenticators


def _enrolled(session: Session, caller: Caller, now: datetime, *, first: bool) -> list[str]:
    """Whoever enrolled just proved it; other logins that wait for a first factor are over."""
    login = session.get(LoginSession, caller.session_id)
    if login is not None:
        login.factor_at, login.is_enrolling = now, False
        session.add(login)
    if not first:
        return []
    repository.end_enrolling(session, caller.user_id, except_for=caller.session_id)
    return new_recovery_codes(session, caller.user_id)


def _check_not_last(session: Session, settings: Settings, caller: Caller) -> None:
    held = repository.held(session, caller.user_id)
    needs_one = settings.second_factor is SecondFactor.REQUIRED and not ALWAYS.isdisjoint(roles_of(caller))
    if needs_one and held.authenticators <= 1:
        raise conflict("last-factor", "Your role needs an authenticator; enrol another one before you remove this.")


def _code(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))

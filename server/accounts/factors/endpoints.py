"""One's own second factors over HTTP, and proving anew that it is oneself."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from server.accounts import passwords
from server.accounts import repository as people
from server.accounts.calling import RECENT_FACTOR, CallerDep, address_of
from server.accounts.factors import passkeys, repository, service, totp
from server.accounts.factors.passkeys import RelyingParty, relying_party
from server.accounts.factors.pictures import qr_picture
from server.accounts.factors.rules import ALWAYS, lacking_authenticators, ways_of
from server.accounts.factors.schemas import (
    CodeGiven,
    CodesShown,
    DeviceCodeShown,
    Enrolled,
    FactorsShown,
    PasskeyChange,
    PasskeyEnrolled,
    PasskeyNew,
    PasskeyShown,
    ProofAsked,
    ProofGiven,
    ProofTaken,
    TotpBegun,
)
from server.accounts.factors.service import Proof
from server.accounts.permissions import Caller
from server.accounts.tickets import Purpose, make_ticket
from server.db import Session
from server.edge import ReadSession, WriteSession
from server.errors import Problem, invalid, not_found
from server.parts import Parts, PartsDep
from server.routes import Router
from server.tables import LoginSession, User

router = Router(prefix="/api/v1/me", tags=["second factors"])


def _party(request: Request, parts: PartsDep) -> RelyingParty:
    return relying_party(parts.settings.base_url or str(request.base_url))


PartyDep = Annotated[RelyingParty, Depends(_party)]
"""For whom passkeys are made: the address that people use."""


@router.get("/factors")
def factors(caller: CallerDep, session: ReadSession, party: PartyDep) -> FactorsShown:
    """Show what the caller has enrolled and what their roles still need."""
    held = repository.held(session, caller.user_id)
    roles = service.roles_of(caller)
    return FactorsShown(
        passkeys=[PasskeyShown.model_validate(row) for row in repository.passkeys(session, caller.user_id)],
        has_totp=held.has_totp,
        recovery_codes=held.recovery_codes,
        lacking=lacking_authenticators(roles, held),
        ways=ways_of(held, always=not ALWAYS.isdisjoint(roles), knows_others=False),
        can_have_passkeys=party.can_have_passkeys,
    )


@router.post("/passkeys/options")
def ask_for_passkey(caller: CallerDep, session: ReadSession, parts: PartsDep, party: PartyDep) -> dict[str, Any]:
    """Return what `navigator.credentials.create` is asked (PublicKeyCredentialCreationOptionsJSON)."""
    return service.ask_for_passkey(session, parts, caller, party)


@router.post("/passkeys", status_code=201)
def add_passkey(
    new: PasskeyNew, caller: CallerDep, session: WriteSession, parts: PartsDep, party: PartyDep
) -> PasskeyEnrolled:
    """Enrol the passkey that the browser made."""
    row, codes = service.add_passkey(session, parts, caller, new.name, new.credential.document(), party)
    return PasskeyEnrolled(passkey=PasskeyShown.model_validate(row), recovery_codes=codes)


@router.patch("/passkeys/{passkey_id}")
def rename_passkey(passkey_id: UUID, change: PasskeyChange, caller: CallerDep, session: WriteSession) -> PasskeyShown:
    """Give a passkey another name."""
    row = service.passkey_of(session, caller, passkey_id)
    row.name = change.name
    session.add(row)
    return PasskeyShown.model_validate(row)


@router.delete("/passkeys/{passkey_id}", status_code=204)
def remove_passkey(passkey_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Forget a passkey; what it signed stays signed."""
    service.remove_passkey(session, parts, caller, passkey_id)


@router.post("/totp", status_code=201)
def begin_totp(caller: CallerDep, session: WriteSession, parts: PartsDep, party: PartyDep) -> TotpBegun:
    """Make a secret for an authenticator app; it counts once a code of it was given."""
    secret = service.begin_totp(session, parts, caller)
    address = totp.address_of(secret, caller.username, party.id)
    return TotpBegun(secret=secret, address=address, picture=qr_picture(address))


@router.post("/totp/confirm")
def confirm_totp(given: CodeGiven, caller: CallerDep, session: WriteSession, parts: PartsDep) -> Enrolled:
    """Enrol the authenticator app by its first code."""
    return Enrolled(recovery_codes=service.confirm_totp(session, parts, caller, given.code))


@router.delete("/totp", status_code=204)
def remove_totp(caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Forget the authenticator app."""
    service.remove_totp(session, parts, caller)


@router.post("/recovery-codes", dependencies=[RECENT_FACTOR])
def new_recovery_codes(caller: CallerDep, session: WriteSession) -> CodesShown:
    """Make new recovery codes; the old ones are void."""
    if not repository.held(session, caller.user_id).authenticators:
        raise invalid("no-authenticator", "Enrol a passkey or an authenticator app first; the codes come with it.")
    return CodesShown(recovery_codes=service.new_recovery_codes(session, caller.user_id))


@router.post("/device-code", dependencies=[RECENT_FACTOR])
def new_device_code(caller: CallerDep, session: WriteSession, parts: PartsDep) -> DeviceCodeShown:
    """Make a code that lets another device of the caller in, once, within ten minutes."""
    code, end = service.new_device_code(session, parts, caller)
    return DeviceCodeShown(code=code, expires_at=end)


@router.post("/proof/options")
def ask_for_proof(caller: CallerDep, session: ReadSession, parts: PartsDep, party: PartyDep) -> ProofAsked:
    """Say how the caller can prove themselves anew."""
    held = repository.held(session, caller.user_id)
    known = [row.credential_id for row in repository.passkeys(session, caller.user_id)]
    ticket = make_ticket(parts.server_key, Purpose.PASSKEY_PROOF, str(caller.user_id), parts.clock())
    usable = known and party.can_have_passkeys
    return ProofAsked(
        ways=ways_of(held, always=True, knows_others=False),
        passkey=passkeys.request_options(party, known, ticket) if usable else None,
    )


@router.post("/proof")
def prove(given: ProofGiven, caller: CallerDep, request: Request, parts: PartsDep, party: PartyDep) -> ProofTaken:
    """Prove anew that it is oneself; grave things are open for the next minutes."""
    counted = () if given.passkey is not None else service.tallies(caller.user_id, address_of(request))
    parts.throttle.check(*counted)
    with parts.db.read() as session:
        user = people.user(session, caller.user_id)
        held = repository.held(session, caller.user_id)
    if user is None:
        raise not_found("person")
    is_enough = not held.authenticators and ALWAYS.isdisjoint(service.roles_of(caller))
    knows_password = given.password is not None and is_enough and _knows(user, given.password)
    with parts.db.write() as session:
        if knows_password or (given.password is None and _holds(session, parts, user, given, party)):
            parts.throttle.succeeded(*counted[:1])
            return ProofTaken(fresh_until=_refreshed(session, parts, caller))
        session.rollback()
    parts.throttle.failed(*counted)
    detail = "This was not accepted. Try again, or another way."
    raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong-factor", detail)


def _knows(user: User, password: str) -> bool:
    return passwords.verify_password(password, user.password_hash)


def _holds(session: Session, parts: Parts, user: User, given: ProofGiven, party: RelyingParty) -> bool:
    proof = Proof(given.code, given.passkey.document() if given.passkey is not None else None)
    return service.check_proof(session, parts, user, proof, Purpose.PASSKEY_PROOF, str(user.id), party) is not None


def _refreshed(session: Session, parts: Parts, caller: Caller) -> datetime:
    now = parts.clock()
    login = session.get(LoginSession, caller.session_id)
    if login is not None:
        login.factor_at = now
        session.add(login)
    return now + timedelta(minutes=parts.settings.factor_minutes)

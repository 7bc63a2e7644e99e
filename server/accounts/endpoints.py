"""Login, the caller of a request, people and agencies over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from server.accounts import logins, repository, service
from server.accounts.calling import (
    COOKIE,
    DEVICE_COOKIE,
    LOGGED_IN,
    RECENT_FACTOR,
    CallerDep,
    address_of,
    cookie_name,
    find_caller,
    origin_of,
)
from server.accounts.factors.endpoints import PartyDep
from server.accounts.factors.schemas import PasskeyGiven, SecondGiven, WaysAsked
from server.accounts.factors.service import Proof
from server.accounts.permissions import Caller, Permission
from server.accounts.schemas import (
    AgencyChange,
    AgencyNew,
    AgencyShown,
    HeldRole,
    LoginAsked,
    LoginShown,
    MeChange,
    MeShown,
    PasswordChange,
    UserChange,
    UserShown,
)
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import Parts, PartsDep
from server.routes import Router
from server.seen import Seen
from server.tables import Agency, User

__all__ = ["LOGGED_IN", "RECENT_FACTOR", "CallerDep", "address_of", "find_caller", "public", "router"]

public = Router(prefix="/api/v1", tags=["accounts"])
router = Router(prefix="/api/v1", tags=["accounts"])


@public.post("/login")
def log_in(asked: LoginAsked, request: Request, response: Response, parts: PartsDep, party: PartyDep) -> LoginShown:
    """Log in: sets a cookie, or answers with a token for `Authorization: Bearer`, or asks for a second factor."""
    origin = origin_of(request, parts.settings)
    name, word, keeps = asked.username, asked.password, not asked.bearer
    done = logins.log_in(parts, name, word, origin, party, code=asked.code, keeps_cookies=keeps)
    return entered(response, parts, done, bearer=asked.bearer)


@public.post("/login/second")
def finish_login(
    given: SecondGiven, request: Request, response: Response, parts: PartsDep, party: PartyDep
) -> LoginShown:
    """Finish a login with a second factor: a code of any kind, or a passkey's answer."""
    proof = Proof(given.code, given.passkey.document() if given.passkey is not None else None)
    origin = origin_of(request, parts.settings)
    done = logins.second_step(parts, given.username, given.ticket, proof, origin, party, remember=given.remember)
    return entered(response, parts, done, bearer=given.bearer)


@public.post("/login/ways")
def ways(asked: WaysAsked, request: Request, response: Response, parts: PartsDep, party: PartyDep) -> LoginShown:
    """Say again how a login that waits for its second factor can be finished."""
    step = logins.ways_left(parts, asked.username, asked.ticket, origin_of(request, parts.settings), party)
    return entered(response, parts, step, bearer=False)


@public.post("/login/passkey/options")
def ask_for_passkey(parts: PartsDep, party: PartyDep) -> dict[str, Any]:
    """Return what `navigator.credentials.get` is asked for a login with a passkey alone."""
    return logins.passkey_question(parts, party)


@public.post("/login/passkey")
def log_in_with_passkey(
    given: PasskeyGiven, request: Request, response: Response, parts: PartsDep, party: PartyDep
) -> LoginShown:
    """Log in with a passkey alone: whoever holds it and passes its own check."""
    done = logins.log_in_with_passkey(parts, given.passkey.document(), origin_of(request, parts.settings), party)
    return entered(response, parts, done, bearer=given.bearer)


def entered(response: Response, parts: Parts, done: logins.Login | logins.SecondStep, *, bearer: bool) -> LoginShown:
    """Return the answer to a login, its cookies set."""
    if isinstance(done, logins.SecondStep):
        return LoginShown(ticket=done.ticket, ways=[way.value for way in done.ways], passkey=done.passkey)
    if not bearer:
        set_cookies(response, parts, done)
    return LoginShown(me=me_shown(done.caller), expires_at=done.expires_at, token=done.token if bearer else None)


def set_cookies(response: Response, parts: Parts, login: logins.Login) -> None:
    """Hand a login, and a device that is known from now on, to a browser."""
    cookies = [(COOKIE, login.token, parts.settings.session_hours * 3600)]
    if login.device is not None:
        cookies.append((DEVICE_COOKIE, login.device, parts.settings.known_device_days * 86_400))
    for name, value, max_age in cookies:
        response.set_cookie(
            cookie_name(parts.settings, name),
            value,
            max_age=max_age,
            httponly=True,
            secure=parts.settings.is_https,
            samesite="strict",
            path="/",
        )


@router.post("/logout", status_code=204)
def log_out(caller: CallerDep, response: Response, parts: PartsDep) -> None:
    """End this login."""
    logins.log_out(parts, caller)
    name, secure = cookie_name(parts.settings, COOKIE), parts.settings.is_https
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


@router.get("/me")
def me(caller: CallerDep) -> MeShown:
    """Tell who the caller is and what they may do."""
    return me_shown(caller)


@router.patch("/me")
def change_me(change: MeChange, caller: CallerDep, session: WriteSession) -> UserShown:
    """Change one's own name or language."""
    return UserShown.model_validate(service.change_me(session, caller, change))


@router.post("/me/password", status_code=204)
def change_password(change: PasswordChange, caller: CallerDep, session: WriteSession) -> None:
    """Choose a new password; other logins of the same person end."""
    service.change_own_password(session, caller, change.current, change.new)


@router.get("/agencies")
def agencies(caller: CallerDep, session: ReadSession, asked: PageAsked) -> Page[AgencyShown]:
    """List the agencies that the caller belongs to or manages."""
    rows = repository.agencies(session, asked, caller.seen)
    return asked.page(rows, _agency, lambda row: row.id)


@router.post("/agencies", status_code=201)
def create_agency(new: AgencyNew, caller: CallerDep, session: WriteSession, response: Response) -> AgencyShown:
    """Make an agency."""
    return _tagged(response, service.create_agency(session, caller, new))


@router.get("/agencies/{agency_id}")
def agency(agency_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> AgencyShown:
    """Show one agency."""
    return _tagged(response, service.agency_of(session, caller, agency_id, Permission.SEE))


@router.patch("/agencies/{agency_id}")
def change_agency(
    agency_id: UUID,
    change: AgencyChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> AgencyShown:
    """Rename an agency, or change its quota of media."""
    return _tagged(response, service.change_agency(session, caller, agency_id, change, expected, parts.clock()))


@router.post("/agencies/{agency_id}/close")
def close_agency(
    agency_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> AgencyShown:
    """Close an agency; its past stays, its people can no longer log in."""
    return _tagged(response, service.close_agency(session, caller, agency_id, parts.clock(), expected))


@router.get("/users")
def users(caller: CallerDep, session: ReadSession, asked: PageAsked) -> Page[UserShown]:
    """List the people whom the caller knows of."""
    caller.require(Permission.SEE_USERS)
    known = Seen(caller.agencies(Permission.SEE_USERS))
    return asked.page(repository.users(session, asked, known), _user, lambda row: row.id)


@router.get("/users/{user_id}")
def user(user_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> UserShown:
    """Show one person."""
    row = service.user_for(session, caller, user_id, Permission.SEE_USERS)
    tag(response, row.rev)
    return _user(row)


@router.patch("/users/{user_id}", dependencies=[RECENT_FACTOR])
def change_user(
    user_id: UUID,
    change: UserChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> UserShown:
    """Change a person's name, role or language, or let them in no longer."""
    row = service.change_user(session, caller, user_id, change, parts.clock(), expected)
    tag(response, row.rev)
    return _user(row)


def me_shown(caller: Caller) -> MeShown:
    """Return the API's picture of a caller."""
    return MeShown(
        user_id=caller.user_id,
        username=caller.username,
        display_name=caller.display_name,
        role=caller.role,
        agency_id=caller.agency_id,
        language=caller.language,
        permissions=sorted(caller.permissions),
        grants=[HeldRole.model_validate(one) for one in caller.grants],
        password_is_temporary=caller.password_is_temporary,
        must_enrol=caller.is_enrolling,
    )


def _agency(row: Agency) -> AgencyShown:
    return AgencyShown.model_validate(row)


def _user(row: User) -> UserShown:
    return UserShown.model_validate(row)


def _tagged(response: Response, row: Agency) -> AgencyShown:
    tag(response, row.rev)
    return _agency(row)

"""Login, the caller of a request, people and agencies over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from server.accounts import logins, repository, service
from server.accounts.calling import COOKIE, LOGGED_IN, RECENT_FACTOR, CallerDep, address_of, cookie_name, find_caller
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
    UserMade,
    UserNew,
    UserShown,
)
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import Parts, PartsDep
from server.seen import Seen
from server.tables import Agency, User

__all__ = ["LOGGED_IN", "RECENT_FACTOR", "CallerDep", "address_of", "find_caller", "public", "router"]

public = APIRouter(prefix="/api/v1", tags=["accounts"])
router = APIRouter(prefix="/api/v1", tags=["accounts"])


@public.post("/login")
def log_in(asked: LoginAsked, request: Request, response: Response, parts: PartsDep) -> LoginShown:
    """Log in: sets a session cookie, or answers with a token for `Authorization: Bearer`."""
    login = logins.log_in(parts, asked.username, asked.password, address_of(request))
    if not asked.bearer:
        set_cookie(response, parts, login)
    token = login.token if asked.bearer else None
    return LoginShown(me=me_shown(login.caller), expires_at=login.expires_at, token=token)


def set_cookie(response: Response, parts: Parts, login: logins.Login) -> None:
    """Hand a login to a browser."""
    response.set_cookie(
        cookie_name(parts.settings, COOKIE),
        login.token,
        max_age=parts.settings.session_hours * 3600,
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
) -> AgencyShown:
    """Rename an agency."""
    return _tagged(response, service.change_agency(session, caller, agency_id, change, expected))


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


@router.post("/users", status_code=201)
def create_user(new: UserNew, caller: CallerDep, session: WriteSession) -> UserMade:
    """Make a person; the answer holds a password that is shown this once and must be changed at the first login."""
    user, password = service.create_user(session, caller, new)
    return UserMade(user=_user(user), password=password)


@router.get("/users/{user_id}")
def user(user_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> UserShown:
    """Show one person."""
    row = service.user_for(session, caller, user_id, Permission.SEE_USERS)
    tag(response, row.rev)
    return _user(row)


@router.patch("/users/{user_id}")
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


@router.post("/users/{user_id}/reset-password")
def reset_password(user_id: UUID, caller: CallerDep, session: WriteSession) -> UserMade:
    """Give a person a new generated password, shown this once; their logins end."""
    row, password = service.reset_password(session, caller, user_id)
    return UserMade(user=_user(row), password=password)


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
    )


def _agency(row: Agency) -> AgencyShown:
    return AgencyShown.model_validate(row)


def _user(row: User) -> UserShown:
    return UserShown.model_validate(row)


def _tagged(response: Response, row: Agency) -> AgencyShown:
    tag(response, row.rev)
    return _agency(row)

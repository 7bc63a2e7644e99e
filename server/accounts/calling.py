"""Who calls: the person of a request, by a login or by a program's token, and how fresh their proof is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from server.accounts import passwords, repository
from server.accounts.permissions import Caller, Grant, Permission
from server.db import Session
from server.errors import Problem
from server.parts import Parts, PartsDep
from server.settings import SecondFactor, Settings
from server.tables import ApiToken, LoginSession, User
from server.tables.accounts import Role

COOKIE = "bangtin_session"
DEVICE_COOKIE = "bangtin_device"
API_TOKEN_PREFIX = "bangtin_"  # noqa: S105 - what every program's token begins with, so that scanners find lost ones
NOTE_USE_EVERY = timedelta(minutes=1)
MOST_AGENT_CHARACTERS = 200
OPEN_TO_TEMPORARY = frozenset({"/api/v1/me", "/api/v1/me/password", "/api/v1/logout"})
"""What a person may use before they have chosen a password of their own."""
OPEN_TO_ENROLLING = (
    "/api/v1/me/factors",
    "/api/v1/me/passkeys",
    "/api/v1/me/totp",
    "/api/v1/me/recovery-codes",
    "/api/v1/me/proof",
)
"""What, with what lies beneath, is open besides to those who have yet to enrol the factor that their role needs."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name(settings: Settings, name: str) -> str:
    """Return a cookie's name; behind TLS with `__Host-`, which browsers take from this very host only."""
    return f"__Host-{name}" if settings.is_https else name


@dataclass(frozen=True)
class Origin:
    """From where somebody acts: network address, what their browser calls itself, and its device cookie."""

    address: str
    agent: str
    device: str | None


def address_of(request: Request) -> str:
    """Return the caller's network address."""
    return request.client.host if request.client is not None else ""


def origin_of(request: Request, settings: Settings) -> Origin:
    """Return from where a request comes."""
    agent = request.headers.get("user-agent", "")[:MOST_AGENT_CHARACTERS]
    return Origin(address_of(request), agent, request.cookies.get(cookie_name(settings, DEVICE_COOKIE)))


def token_of(headers: Mapping[str, str], cookies: Mapping[str, str], settings: Settings) -> str | None:
    """Return the token of a request: the Authorization header's, or without that header the cookie's."""
    header = headers.get("authorization")
    if header is None:
        return cookies.get(cookie_name(settings, COOKIE))
    scheme, _, token = header.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def find_caller(request: Request, parts: Parts) -> Caller:
    """Return the caller of a request, whatever the state of their password and factors; pages use this too.

    Raises:
        Problem: 401.
    """
    token = token_of(request.headers, request.cookies, parts.settings)
    if token is None:
        raise unauthenticated()
    if token.startswith(API_TOKEN_PREFIX):
        return _caller_of_program(parts, token, address_of(request))
    return _caller_of_login(parts, token, address_of(request))


def _caller_of_login(parts: Parts, token: str, address: str) -> Caller:
    digest, now = passwords.token_sha256(token), parts.clock()
    with parts.db.read() as session:
        found = repository.login(session, digest)
        if found is None or not is_alive(parts, found[0], now) or not may_log_in(session, found[1]):
            raise unauthenticated()
        login, user = found
        caller = caller_of(session, user, login)
    if now - login.last_seen_at >= NOTE_USE_EVERY:
        with parts.db.write() as session:
            if (row := session.get(LoginSession, login.id)) is not None:
                row.last_seen_at, row.address = now, address
                session.add(row)
    return replace(caller, address=address)


def _caller_of_program(parts: Parts, token: str, address: str) -> Caller:
    digest, now = passwords.token_sha256(token), parts.clock()
    with parts.db.read() as session:
        found = repository.api_token(session, digest)
        if found is None or not _is_usable(found[0], now) or not may_log_in(session, found[1]):
            raise unauthenticated()
        row, user = found
        known = {permission.value for permission in Permission}
        scopes = frozenset(Permission(one) for one in row.scopes if one in known)
        caller = _caller(session, user, row.id, scopes=scopes, password_is_temporary=False)
    if row.last_used_at is None or now - row.last_used_at >= NOTE_USE_EVERY:
        with parts.db.write() as session:
            if (used := session.get(ApiToken, row.id)) is not None:
                used.last_used_at, used.last_address = now, address
                session.add(used)
    return replace(caller, address=address)


def _is_usable(row: ApiToken, now: datetime) -> bool:
    return row.revoked_at is None and now < row.expires_at


def is_alive(parts: Parts, login: LoginSession, now: datetime) -> bool:
    """Tell whether a login still holds: neither too old nor unused for too long."""
    idle = timedelta(minutes=parts.settings.session_idle_minutes)
    return now < login.expires_at and now - login.last_seen_at < idle


def may_log_in(session: Session, user: User) -> bool:
    """Tell whether an account is open: neither it nor its agency is closed."""
    if user.disabled_at is not None:
        return False
    agency = repository.agency(session, user.agency_id) if user.agency_id is not None else None
    return agency is None or agency.closed_at is None


def caller_of(session: Session, user: User, login: LoginSession) -> Caller:
    """Return the caller that a login stands for, with every role that they hold now."""
    return _caller(
        session,
        user,
        login.id,
        factor_at=login.factor_at,
        is_enrolling=login.is_enrolling,
        password_is_temporary=user.password_is_temporary,
    )


def _caller(
    session: Session,
    user: User,
    session_id: UUID,
    *,
    scopes: frozenset[Permission] | None = None,
    factor_at: datetime | None = None,
    is_enrolling: bool = False,
    password_is_temporary: bool,
) -> Caller:
    agency = repository.agency(session, user.agency_id) if user.agency_id is not None else None
    return Caller(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=Role(user.role),
        agency_id=user.agency_id,
        language=user.language,
        session_id=session_id,
        password_is_temporary=password_is_temporary,
        factor_at=factor_at,
        is_enrolling=is_enrolling,
        scopes=scopes,
        agency_name=agency.name if agency is not None else "",
        grants=tuple(Grant(Role(row.role), row.agency_id, row.site_id) for row in repository.grants(session, user.id)),
    )


def unauthenticated() -> Problem:
    """Return the 401 of a request without a living login."""
    return refused("Log in first; the login may have ended.", "not-logged-in")


def refused(detail: str, code: str) -> Problem:
    """Return a 401."""
    return Problem(HTTPStatus.UNAUTHORIZED, code, detail, headers={"WWW-Authenticate": "Bearer"})


def _admitted(request: Request, parts: PartsDep) -> Caller:
    caller = find_caller(request, parts)
    path = request.url.path
    if caller.password_is_temporary and path not in OPEN_TO_TEMPORARY:
        detail = "Choose a password of your own first: POST /api/v1/me/password."
        raise Problem(HTTPStatus.FORBIDDEN, "password-change-needed", detail)
    if caller.is_enrolling and path not in OPEN_TO_TEMPORARY and not path.startswith(OPEN_TO_ENROLLING):
        detail = "Your role needs a second factor: enrol a passkey or an authenticator app first (/account)."
        raise Problem(HTTPStatus.FORBIDDEN, "factor-missing", detail)
    if caller.scopes is not None:
        _check_program(caller.scopes, request.method, path)
    return caller


def _check_program(scopes: frozenset[Permission], method: str, path: str) -> None:
    """Keep a program to its scopes where no service asks for a permission: lists, and its person's own account."""
    if (method, path) == ("GET", "/api/v1/me"):
        return
    is_own_account = path in ("/api/v1/me", "/api/v1/logout") or path.startswith("/api/v1/me/")
    if is_own_account or (method in SAFE_METHODS and Permission.SEE not in scopes):
        detail = "This token's scopes do not cover that. Make a token with more scopes, or log in as a person."
        raise Problem(HTTPStatus.FORBIDDEN, "token-not-enough", detail)


CallerDep = Annotated[Caller, Depends(_admitted)]
"""The logged-in person of a request; 401 without one."""
LOGGED_IN = Depends(_admitted)
"""For `include_router(..., dependencies=[LOGGED_IN])`: nothing of a router is open to strangers."""


def is_fresh(caller: Caller, settings: Settings, now: datetime) -> bool:
    """Tell whether a person proved who they are within the last minutes that the settings name."""
    if settings.second_factor is SecondFactor.OFF and caller.scopes is None:
        return True
    return caller.factor_at is not None and now - caller.factor_at < timedelta(minutes=settings.factor_minutes)


def _recent(caller: CallerDep, parts: PartsDep) -> Caller:
    if caller.scopes is not None:
        detail = "A person has to do this, logged in with a second factor; a program's token is not enough."
        raise Problem(HTTPStatus.FORBIDDEN, "token-not-enough", detail)
    if not is_fresh(caller, parts.settings, parts.clock()):
        detail = "Confirm first that it is you: POST /api/v1/me/proof with a passkey or a code, then send this again."
        raise Problem(HTTPStatus.FORBIDDEN, "factor-needed", detail)
    return caller


RECENT_FACTOR = Depends(_recent)
"""For `dependencies=[RECENT_FACTOR]` of what is grave: a person, who proved themselves within the last minutes."""

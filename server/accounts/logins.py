"""Logging in and out, and finding the caller of a request. Opens its own short transactions.

Answers to a wrong name and a wrong password are the same, and take the same work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from server.accounts import passwords, repository
from server.accounts.permissions import Caller
from server.db import Session
from server.errors import Problem
from server.parts import Parts
from server.tables import LoginSession, User
from server.tables.accounts import Role
from server.throttle import FREE_TRIES_OF_AN_ADDRESS, Tally

COOKIE = "bangtin_session"
NOTE_USE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Login:
    """A login that succeeded; the token is known to the caller only."""

    token: str
    caller: Caller
    expires_at: datetime


def log_in(parts: Parts, username: str, password: str, address: str) -> Login:
    """Log a person in.

    Raises:
        Problem: 401 name or password wrong, 429 too many wrong tries of this name from this address.
    """
    username = username.strip().lower()
    by_name = Tally(f"login:{username}:{address}")
    by_address = Tally(f"login-from:{address}", FREE_TRIES_OF_AN_ADDRESS)
    parts.throttle.check(by_name, by_address)
    with parts.db.read() as session:
        user = repository.user_by_name(session, username)
        allowed = user is not None and _may_log_in(session, user)
    known = passwords.verify_password(password, user.password_hash if user is not None else None)
    if user is None or not known or not allowed:
        parts.throttle.failed(by_name, by_address)
        raise _refused("User name or password is wrong, or the account is closed.", "wrong-login")
    parts.throttle.succeeded(by_name)
    return _open(parts, user, password)


def find_caller(parts: Parts, token: str) -> Caller:
    """Return the person whom a session token belongs to, and note that the login was used.

    Raises:
        Problem: 401 when the login is unknown, over, or the account closed.
    """
    digest, now = passwords.token_sha256(token), parts.clock()
    with parts.db.read() as session:
        found = repository.login(session, digest)
        usable = found is not None and _is_alive(parts, found[0], now) and _may_log_in(session, found[1])
    if found is None or not usable:
        raise unauthenticated()
    login, user = found
    if now - login.last_seen_at >= NOTE_USE_EVERY:
        with parts.db.write() as session:
            if (row := session.get(LoginSession, login.id)) is not None:
                row.last_seen_at = now
                session.add(row)
    return _caller(user, login)


def log_out(parts: Parts, caller: Caller) -> None:
    """End the caller's login."""
    with parts.db.write() as session:
        repository.end_login(session, caller.session_id)


def unauthenticated() -> Problem:
    """Return the 401 of a request without a living login."""
    return _refused("Log in first; the login may have ended.", "not-logged-in")


def _refused(detail: str, code: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, code, detail, headers={"WWW-Authenticate": "Bearer"})


def _open(parts: Parts, user: User, password: str) -> Login:
    now, token = parts.clock(), passwords.new_token()
    expires_at = now + timedelta(hours=parts.settings.session_hours)
    old = user.password_hash
    stronger = passwords.hash_password(password) if old is not None and passwords.needs_rehash(old) else None
    with parts.db.write() as session:
        repository.forget_expired_logins(session, now)
        login = LoginSession(
            user_id=user.id, token_sha256=passwords.token_sha256(token), last_seen_at=now, expires_at=expires_at
        )
        session.add(login)
        row = repository.user(session, user.id)
        if stronger is not None and row is not None and row.password_hash == user.password_hash:
            row.password_hash = stronger
            session.add(row)
    return Login(token, _caller(user, login), expires_at)


def _may_log_in(session: Session, user: User) -> bool:
    if user.disabled_at is not None:
        return False
    agency = repository.agency(session, user.agency_id) if user.agency_id is not None else None
    return agency is None or agency.closed_at is None


def _is_alive(parts: Parts, login: LoginSession, now: datetime) -> bool:
    idle = timedelta(minutes=parts.settings.session_idle_minutes)
    return now < login.expires_at and now - login.last_seen_at < idle


def _caller(user: User, login: LoginSession) -> Caller:
    return Caller(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=Role(user.role),
        agency_id=user.agency_id,
        language=user.language,
        session_id=login.id,
        password_is_temporary=user.password_is_temporary,
    )

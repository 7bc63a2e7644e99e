"""Logging in and out. Opens its own short transactions.

Answers to a wrong name and a wrong password are the same, and take the same work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.accounts import passwords, repository
from server.accounts.calling import caller_of, may_log_in, refused
from server.accounts.permissions import Caller
from server.parts import Parts
from server.tables import LoginSession, User
from server.throttle import FREE_TRIES_OF_AN_ADDRESS, Tally


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
        allowed = user is not None and may_log_in(session, user)
    known = passwords.verify_password(password, user.password_hash if user is not None else None)
    if user is None or not known or not allowed:
        parts.throttle.failed(by_name, by_address)
        raise refused("User name or password is wrong, or the account is closed.", "wrong-login")
    parts.throttle.succeeded(by_name)
    return _open(parts, user, password)


def log_out(parts: Parts, caller: Caller) -> None:
    """End the caller's login."""
    with parts.db.write() as session:
        repository.end_login(session, caller.session_id)


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
        caller = caller_of(session, user, login)
    return Login(token, caller, expires_at)

"""One's own logins and known devices."""

from __future__ import annotations

from uuid import UUID

from server.accounts import repository as people
from server.accounts.calling import is_alive
from server.accounts.factors import repository as factors
from server.accounts.passwords import token_sha256
from server.accounts.permissions import Caller
from server.accounts.sessions import repository
from server.audit.actions import Action
from server.audit.service import audit
from server.db import Session
from server.errors import not_found
from server.parts import Parts
from server.tables import KnownDevice, LoginSession


def logins_of(session: Session, parts: Parts, caller: Caller) -> list[LoginSession]:
    """Return where the caller is logged in."""
    now = parts.clock()
    return [row for row in repository.logins(session, caller.user_id, now) if is_alive(parts, row, now)]


def end_login(session: Session, caller: Caller, login_id: UUID) -> None:
    """End one of the caller's logins.

    Raises:
        Problem: 404.
    """
    if not repository.end_login_of(session, caller.user_id, login_id):
        raise not_found("login")
    audit(session, caller, Action.LOGIN_ENDED, "login", login_id, name=caller.username)


def end_other_logins(session: Session, parts: Parts, caller: Caller) -> int:
    """End all of the caller's logins but this one; return how many they were."""
    count = len([row for row in logins_of(session, parts, caller) if row.id != caller.session_id])
    people.end_logins(session, caller.user_id, except_for=caller.session_id)
    audit(session, caller, Action.LOGIN_ENDED, "person", caller.user_id, name=caller.username, after={"others": count})
    return count


def is_this_device(row: KnownDevice, secret: str | None) -> bool:
    """Tell whether a known device is the one whose cookie this is."""
    return secret is not None and token_sha256(secret) == row.token_sha256


def forget_device(session: Session, caller: Caller, device_id: UUID) -> None:
    """Make a device a new one again.

    Raises:
        Problem: 404.
    """
    if not factors.forget_devices(session, caller.user_id, device_id):
        raise not_found("device")
    audit(session, caller, Action.DEVICE_FORGOTTEN, "device", device_id, name=caller.username)

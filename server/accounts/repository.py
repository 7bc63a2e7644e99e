"""Queries on agencies, people and logins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from server.edge import Slice
from server.tables import Agency, ApiToken, LoginSession, User
from server.tables.accounts import Role


def agency(session: Session, agency_id: UUID, *, lock: bool = False) -> Agency | None:
    """Return an agency; `lock` keeps it from others until the transaction ends."""
    return session.get(Agency, agency_id, with_for_update=lock or None)


def agency_by_slug(session: Session, slug: str) -> Agency | None:
    """Return the agency of a slug."""
    return session.exec(select(Agency).where(Agency.slug == slug)).first()


def agencies(session: Session, asked: Slice, only: UUID | None) -> list[Agency]:
    """Return agencies, newest first, one more than asked for; `only` narrows to one."""
    statement = select(Agency).order_by(col(Agency.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Agency.id) < asked.before)
    if only is not None:
        statement = statement.where(Agency.id == only)
    return list(session.exec(statement))


def user(session: Session, user_id: UUID, *, lock: bool = False) -> User | None:
    """Return a person; `lock` keeps the row from others until the transaction ends."""
    return session.get(User, user_id, with_for_update=lock or None)


def user_by_name(session: Session, username: str) -> User | None:
    """Return the person of a user name."""
    return session.exec(select(User).where(User.username == username)).first()


def users(session: Session, asked: Slice, agency_id: UUID | None) -> list[User]:
    """Return people, newest first, one more than asked for; `agency_id` narrows to one agency."""
    statement = select(User).order_by(col(User.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(User.id) < asked.before)
    if agency_id is not None:
        statement = statement.where(User.agency_id == agency_id)
    return list(session.exec(statement))


def all_users(session: Session) -> list[User]:
    """Return everybody, by user name."""
    return list(session.exec(select(User).order_by(User.username)))


def active_administrators(session: Session) -> int:
    """Count the administrators of the whole installation who can log in."""
    statement = select(func.count()).select_from(User)
    statement = statement.where(User.role == Role.ADMINISTRATOR, col(User.agency_id).is_(None))
    return session.exec(statement.where(col(User.disabled_at).is_(None))).one()


def is_empty(session: Session) -> bool:
    """Tell whether nobody has an account yet."""
    return session.exec(select(User.id).limit(1)).first() is None


def login(session: Session, token_sha256: str) -> tuple[LoginSession, User] | None:
    """Return a login and its person."""
    statement = select(LoginSession, User).join(User, col(User.id) == col(LoginSession.user_id))
    return session.exec(statement.where(LoginSession.token_sha256 == token_sha256)).first()


def api_token(session: Session, token_sha256: str) -> tuple[ApiToken, User] | None:
    """Return a program's token and the person in whose name it acts."""
    statement = select(ApiToken, User).join(User, col(User.id) == col(ApiToken.user_id))
    return session.exec(statement.where(ApiToken.token_sha256 == token_sha256)).first()


def end_login(session: Session, session_id: UUID) -> None:
    """Forget one login."""
    session.exec(delete(LoginSession).where(col(LoginSession.id) == session_id))


def end_logins(session: Session, user_id: UUID, *, except_for: UUID | None = None) -> None:
    """Forget a person's logins, except for one."""
    statement = delete(LoginSession).where(col(LoginSession.user_id) == user_id)
    if except_for is not None:
        statement = statement.where(col(LoginSession.id) != except_for)
    session.exec(statement)


def forget_expired_logins(session: Session, now: datetime) -> None:
    """Forget logins whose time is over."""
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) < now))

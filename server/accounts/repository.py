"""Queries on agencies, people and logins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, and_, col, delete, or_, select, update

from server.edge import Slice
from server.seen import Seen
from server.tables import Agency, ApiToken, LoginSession, RoleGrant, User
from server.tables.accounts import Role


def agency(session: Session, agency_id: UUID, *, lock: bool = False) -> Agency | None:
    """Return an agency; `lock` keeps it from others until the transaction ends."""
    return session.get(Agency, agency_id, with_for_update=lock or None)


def agency_by_slug(session: Session, slug: str) -> Agency | None:
    """Return the agency of a slug."""
    return session.exec(select(Agency).where(Agency.slug == slug)).first()


def agencies(session: Session, asked: Slice, seen: Seen) -> list[Agency]:
    """Return agencies, newest first, one more than asked for; only what is `seen`."""
    statement = select(Agency).order_by(col(Agency.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Agency.id) < asked.before)
    statement = statement.where(seen.of(col(Agency.id)))
    return list(session.exec(statement))


def user(session: Session, user_id: UUID, *, lock: bool = False) -> User | None:
    """Return a person; `lock` keeps the row from others until the transaction ends."""
    return session.get(User, user_id, with_for_update=lock or None)


def user_by_name(session: Session, username: str) -> User | None:
    """Return the person of a user name."""
    return session.exec(select(User).where(User.username == username)).first()


def users(session: Session, asked: Slice, seen: Seen) -> list[User]:
    """Return people, newest first, one more than asked for; only what is `seen`."""
    statement = select(User).order_by(col(User.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(User.id) < asked.before)
    statement = statement.where(seen.of(col(User.agency_id)))
    return list(session.exec(statement))


def all_users(session: Session) -> list[User]:
    """Return everybody, by user name."""
    return list(session.exec(select(User).order_by(User.username)))


def administrators(session: Session) -> set[UUID]:
    """Return the administrators of the whole installation who can log in."""
    granted = select(RoleGrant.user_id).where(
        RoleGrant.role == Role.ADMINISTRATOR, col(RoleGrant.agency_id).is_(None), col(RoleGrant.ended_at).is_(None)
    )
    own = and_(col(User.role) == Role.ADMINISTRATOR, col(User.agency_id).is_(None))
    statement = select(User.id).outerjoin(Agency, col(Agency.id) == col(User.agency_id))
    statement = statement.where(col(User.disabled_at).is_(None), col(Agency.closed_at).is_(None))
    return set(session.exec(statement.where(or_(own, col(User.id).in_(granted)))))


def grants(session: Session, user_id: UUID) -> list[RoleGrant]:
    """Return the roles that a person holds now besides the one in their own agency; a closed agency's count no more."""
    statement = select(RoleGrant).outerjoin(Agency, col(Agency.id) == col(RoleGrant.agency_id))
    statement = statement.where(RoleGrant.user_id == user_id, col(RoleGrant.ended_at).is_(None))
    return list(session.exec(statement.where(col(Agency.closed_at).is_(None)).order_by(col(RoleGrant.id))))


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


def revoke_tokens(session: Session, user_id: UUID, now: datetime) -> None:
    """End every program's token of a person."""
    statement = update(ApiToken).where(col(ApiToken.user_id) == user_id, col(ApiToken.revoked_at).is_(None))
    session.exec(statement.values(revoked_at=now))


def user_by_email(session: Session, email: str) -> User | None:
    """Return the person of an e-mail address, in small letters."""
    return session.exec(select(User).where(User.email == email)).first()


def end_login(session: Session, session_id: UUID) -> None:
    """Forget one login."""
    session.exec(delete(LoginSession).where(col(LoginSession.id) == session_id))


def end_logins(session: Session, user_id: UUID, *, except_for: UUID | None = None) -> None:
    """Forget a person's logins, except for one."""
    statement = delete(LoginSession).where(col(LoginSession.user_id) == user_id)
    if except_for is not None:
        statement = statement.where(col(LoginSession.id) != except_for)
    session.exec(statement)


def age_proofs(session: Session, user_id: UUID) -> None:
    """Ask a person for a fresh proof before the next grave thing, for what they may do is more than before."""
    session.exec(update(LoginSession).where(col(LoginSession.user_id) == user_id).values(factor_at=None))


def forget_expired_logins(session: Session, now: datetime) -> None:
    """Forget logins whose time is over."""
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) < now))

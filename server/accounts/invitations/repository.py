"""Queries on invitations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select, update

from server.seen import Seen
from server.tables import Invitation, User


def by_secret(session: Session, token_sha256: str, now: datetime) -> tuple[Invitation, User] | None:
    """Return an invitation that can still be taken, and its person; its row stays with us."""
    statement = select(Invitation, User).join(User, col(User.id) == col(Invitation.user_id))
    statement = statement.where(Invitation.token_sha256 == token_sha256, col(Invitation.used_at).is_(None))
    statement = statement.where(col(Invitation.cancelled_at).is_(None), col(Invitation.expires_at) > now)
    return session.exec(statement.with_for_update()).first()


def open_ones(session: Session, seen: Seen, now: datetime) -> list[tuple[Invitation, User]]:
    """Return invitations that can still be taken, newest first, of the people whom somebody manages."""
    statement = select(Invitation, User).join(User, col(User.id) == col(Invitation.user_id))
    statement = statement.where(col(Invitation.used_at).is_(None), col(Invitation.cancelled_at).is_(None))
    statement = statement.where(col(Invitation.expires_at) > now, seen.of(col(User.agency_id)))
    return list(session.exec(statement.order_by(col(Invitation.id).desc())))


def invitation(session: Session, invitation_id: UUID) -> Invitation | None:
    """Return one invitation."""
    return session.get(Invitation, invitation_id, with_for_update=True)


def cancel_all(session: Session, user_id: UUID, now: datetime) -> None:
    """End every link of a person that was not used."""
    statement = update(Invitation).where(col(Invitation.user_id) == user_id, col(Invitation.used_at).is_(None))
    session.exec(statement.where(col(Invitation.cancelled_at).is_(None)).values(cancelled_at=now))

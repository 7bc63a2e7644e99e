"""Queries on resets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from server.seen import Seen
from server.tables import ResetRequest, User


def waiting(session: Session, seen: Seen, now: datetime) -> list[tuple[ResetRequest, User, User]]:
    """Return resets that wait, oldest first, with the person and who asked, of the people whom somebody manages."""
    asker = aliased(User)
    statement = select(ResetRequest, User, asker).join(User, col(User.id) == col(ResetRequest.user_id))
    statement = statement.join(asker, col(asker.id) == col(ResetRequest.asked_by))
    statement = statement.where(col(ResetRequest.decided_at).is_(None), col(ResetRequest.expires_at) > now)
    return list(session.exec(statement.where(seen.of(col(User.agency_id))).order_by(col(ResetRequest.id))))


def waiting_for(session: Session, user_id: UUID, now: datetime) -> ResetRequest | None:
    """Return the reset of a person that waits."""
    statement = select(ResetRequest).where(ResetRequest.user_id == user_id, col(ResetRequest.decided_at).is_(None))
    return session.exec(statement.where(col(ResetRequest.expires_at) > now)).first()


def request(session: Session, request_id: UUID) -> ResetRequest | None:
    """Return one reset; its row stays with us until the transaction ends."""
    return session.get(ResetRequest, request_id, with_for_update=True)

"""Queries on logins for the lists that people see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, delete, select

from server.tables import LoginSession


def logins(session: Session, user_id: UUID, now: datetime) -> list[LoginSession]:
    """Return a person's logins that are not over, the latest used first."""
    statement = select(LoginSession).where(LoginSession.user_id == user_id, col(LoginSession.expires_at) > now)
    return list(session.exec(statement.order_by(col(LoginSession.last_seen_at).desc(), col(LoginSession.id).desc())))


def end_login_of(session: Session, user_id: UUID, login_id: UUID) -> bool:
    """End one of a person's logins; tell whether it was there."""
    statement = delete(LoginSession).where(col(LoginSession.id) == login_id, col(LoginSession.user_id) == user_id)
    return session.exec(statement).rowcount == 1

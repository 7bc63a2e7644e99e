"""Queries on tokens for programs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from server.tables import ApiToken


def tokens(session: Session, user_id: UUID, now: datetime) -> list[ApiToken]:
    """Return a person's tokens that still work, newest first."""
    statement = select(ApiToken).where(ApiToken.user_id == user_id, col(ApiToken.revoked_at).is_(None))
    return list(session.exec(statement.where(col(ApiToken.expires_at) > now).order_by(col(ApiToken.id).desc())))


def token(session: Session, user_id: UUID, token_id: UUID) -> ApiToken | None:
    """Return one of a person's tokens; its row stays with us until the transaction ends."""
    statement = select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id)
    return session.exec(statement.with_for_update()).first()

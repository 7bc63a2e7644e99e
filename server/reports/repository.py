"""Queries for reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import and_, col, or_, select

from server.db import Session
from server.tables import Notice, Panel, PlayRow


@dataclass(frozen=True)
class Sought:
    """Plays on a panel that began in [start, end), after a place (time, number) in their order."""

    panel_id: UUID
    start: datetime
    end: datetime
    after: tuple[datetime, int] | None = None


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


def plays(session: Session, sought: Sought, most: int) -> Sequence[tuple[PlayRow, str | None]]:
    """Return plays with their notices' titles, oldest first."""
    begun, number = col(PlayRow.started_at), col(PlayRow.seq)
    statement = (
        select(PlayRow, Notice.title)
        .outerjoin(Notice, col(Notice.id) == col(PlayRow.notice_id))
        .where(PlayRow.panel_id == sought.panel_id, begun >= sought.start, begun < sought.end)
        .order_by(begun, number)
        .limit(most)
    )
    if sought.after is not None:
        at, seq = sought.after
        statement = statement.where(or_(begun > at, and_(begun == at, number > seq)))
    return session.exec(statement).all()

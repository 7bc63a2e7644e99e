"""Rows of kept readings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import and_, col, delete, or_, select

from server.db import Session
from server.tables import Panel, ReadingSpan


def span(session: Session, kiosk_id: UUID, grain_s: int, begin_at: datetime) -> ReadingSpan | None:
    """Return what one kiosk measured in one span."""
    return session.get(ReadingSpan, (kiosk_id, grain_s, begin_at))


def spans(session: Session, panel_id: UUID, grain_s: int, start: datetime, end: datetime) -> list[ReadingSpan]:
    """Return what was measured at a panel in [start, end), oldest first; a swapped kiosk's rows stay the panel's."""
    return list(
        session.exec(
            select(ReadingSpan)
            .where(
                ReadingSpan.panel_id == panel_id,
                ReadingSpan.grain_s == grain_s,
                col(ReadingSpan.begin_at) >= start,
                col(ReadingSpan.begin_at) < end,
            )
            .order_by(col(ReadingSpan.begin_at))
        )
    )


def forget(session: Session, ends: dict[int, datetime]) -> None:
    """Delete the spans of each grain that began before a time."""
    old = [and_(ReadingSpan.grain_s == grain, col(ReadingSpan.begin_at) < before) for grain, before in ends.items()]
    session.exec(delete(ReadingSpan).where(or_(*old)))


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)

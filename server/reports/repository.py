"""Queries for reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import and_, col, func, or_, select

from server.content.notices import repository as notices
from server.db import Session
from server.tables import AiredRevision, Notice, Panel, PlayRow, Revision


@dataclass(frozen=True)
class Sought:
    """Plays on a panel that began in [start, end), after a place (time, number) in their order.

    `notices`: only plays of notices whose revision that was played is so; None: of all, and of what is no notice.
    """

    panel_id: UUID
    start: datetime
    end: datetime
    after: tuple[datetime, int] | None = None
    notices: notices.Sought | None = None


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
    if sought.notices is not None:
        played = (col(Revision.notice_id) == col(Notice.id)) & (col(Revision.number) == _played())
        statement = statement.join(Revision, played).where(*notices.conditions(sought.notices))
    if sought.after is not None:
        at, seq = sought.after
        statement = statement.where(or_(begun > at, and_(begun == at, number > seq)))
    return session.exec(statement).all()


def _played() -> Any:
    """Return the number of the revision that a play was of; the newest where the kiosk's manifests do not say."""
    aired = (
        select(AiredRevision.revision)
        .where(
            col(AiredRevision.kiosk_id) == col(PlayRow.kiosk_id),
            col(AiredRevision.sha256) == col(PlayRow.sha256),
            col(AiredRevision.notice_id) == col(PlayRow.notice_id),
            col(AiredRevision.since_at) <= col(PlayRow.started_at),
        )
        .order_by(col(AiredRevision.seq).desc())
        .limit(1)
        .correlate(PlayRow)
        .scalar_subquery()
    )
    return func.coalesce(aired, Notice.newest)

"""Queries about dayparts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from playlists.language import fold
from server.db import Session
from server.edge import Slice
from server.scheduling.repository import Sought
from server.tables import DaypartRow, PlaylistRow, ScheduleEntryRow


def daypart(session: Session, daypart_id: UUID, *, lock: bool = False) -> DaypartRow | None:
    """Return a daypart; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(DaypartRow, daypart_id, with_for_update=lock or None)


def dayparts(session: Session, sought: Sought, part: Slice) -> list[DaypartRow]:
    """Return dayparts, newest first, one more than the page holds."""
    statement = select(DaypartRow).order_by(col(DaypartRow.id).desc()).limit(part.limit + 1)
    archived = col(DaypartRow.archived_at)
    statement = statement.where(archived.is_not(None) if sought.archived else archived.is_(None))
    statement = statement.where(sought.seen.of(col(DaypartRow.agency_id)))
    if part.before is not None:
        statement = statement.where(col(DaypartRow.id) < part.before)
    for word in fold(sought.q).split():
        statement = statement.where(col(DaypartRow.name_folded).contains(word, autoescape=True))
    return list(session.exec(statement))


def by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, DaypartRow]:
    """Return dayparts by id."""
    return {row.id: row for row in session.exec(select(DaypartRow).where(col(DaypartRow.id).in_(list(ids))))}


def uses(session: Session, daypart_id: UUID, most: int = 200) -> list[tuple[ScheduleEntryRow, PlaylistRow]]:
    """Return the entries that use a daypart, with their playlists."""
    statement = (
        select(ScheduleEntryRow, PlaylistRow)
        .join(PlaylistRow, col(PlaylistRow.id) == col(ScheduleEntryRow.playlist_id))
        .where(ScheduleEntryRow.daypart_id == daypart_id, col(ScheduleEntryRow.deleted_at).is_(None))
        .order_by(col(ScheduleEntryRow.id))
        .limit(most)
    )
    return list(session.exec(statement).all())

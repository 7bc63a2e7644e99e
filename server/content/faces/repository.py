"""Queries about what boards look like."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from playlists.special_day import Calendar
from server.db import Session
from server.tables import Segment, SpecialCalendar, SpecialYear
from server.tables.boards import Board, BoardSheet


def board(session: Session, board_id: UUID) -> Board | None:
    """Return a board."""
    return session.get(Board, board_id)


def boards(session: Session, ids: Iterable[UUID]) -> dict[UUID, Board]:
    """Return boards by id."""
    return {row.id: row for row in session.exec(select(Board).where(col(Board.id).in_(list(ids))))}


def sheets(session: Session, render_keys: Iterable[str]) -> dict[str, BoardSheet]:
    """Return the sheets that belong to rendered bases, by render key."""
    found = session.exec(select(BoardSheet).where(col(BoardSheet.render_key).in_(list(render_keys))))
    return {row.render_key: row for row in found}


def segment(session: Session, segment_id: UUID) -> Segment | None:
    """Return a segment."""
    return session.get(Segment, segment_id)


def calendars(session: Session, ids: Iterable[str]) -> list[Calendar]:
    """Return special calendars by their ids as text, with their confirmed years; what is no UUID is not there."""
    rows = [row for text in sorted(set(ids)) if (row := _calendar(session, text)) is not None]
    found = []
    for row in rows:
        years = select(SpecialYear).where(SpecialYear.calendar_id == row.id, col(SpecialYear.confirmed_at).is_not(None))
        dates = [date for year in session.exec(years.order_by(col(SpecialYear.year))) for date in year.dates]
        found.append(Calendar.model_validate({"id": str(row.id), "name": row.name, "dates": dates}))
    return found


def _calendar(session: Session, text: str) -> SpecialCalendar | None:
    try:
        return session.get(SpecialCalendar, UUID(text))
    except ValueError:
        return None

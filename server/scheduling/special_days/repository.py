"""Queries about special days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from playlists.special_day import Calendar, SpecialDate
from server.db import Session
from server.edge import Slice
from server.tables import SpecialCalendar, SpecialYear


def calendar(session: Session, calendar_id: UUID, *, lock: bool = False) -> SpecialCalendar | None:
    """Return a calendar; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(SpecialCalendar, calendar_id, with_for_update=lock or None)


def calendars(session: Session, part: Slice) -> list[SpecialCalendar]:
    """Return calendars, newest first, one more than the page holds."""
    statement = select(SpecialCalendar).order_by(col(SpecialCalendar.id).desc()).limit(part.limit + 1)
    if part.before is not None:
        statement = statement.where(col(SpecialCalendar.id) < part.before)
    return list(session.exec(statement))


def names(session: Session) -> dict[str, str]:
    """Return the names of all calendars by id as text; there are few."""
    return {str(row.id): row.name for row in session.exec(select(SpecialCalendar))}


def years(session: Session, calendar_ids: Iterable[UUID]) -> dict[UUID, list[SpecialYear]]:
    """Return the years of calendars that were written down, in order."""
    found: dict[UUID, list[SpecialYear]] = defaultdict(list)
    wanted = col(SpecialYear.calendar_id).in_(list(calendar_ids))
    for row in session.exec(select(SpecialYear).where(wanted).order_by(col(SpecialYear.year))):
        found[row.calendar_id].append(row)
    return found


def year(session: Session, calendar_id: UUID, number: int, *, lock: bool = False) -> SpecialYear | None:
    """Return a year of a calendar."""
    statement = select(SpecialYear).where(SpecialYear.calendar_id == calendar_id, SpecialYear.year == number)
    return session.exec(statement.with_for_update() if lock else statement).first()


def confirmed(session: Session, calendar_ids: Iterable[UUID], first_year: int) -> list[Calendar]:
    """Return calendars with the special days of their confirmed years from one on, as plans know them."""
    wanted = sorted(set(calendar_ids))
    rows = session.exec(select(SpecialCalendar).where(col(SpecialCalendar.id).in_(wanted)))
    kept = years(session, wanted)
    return [
        Calendar(
            id=str(row.id),
            name=row.name,
            dates=tuple(
                SpecialDate.model_validate(date)
                for one in kept.get(row.id, ())
                if one.confirmed_at is not None and one.year >= first_year
                for date in one.dates
            ),
        )
        for row in sorted(rows, key=lambda row: row.id)
    ]

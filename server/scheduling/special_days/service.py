"""Decisions about special days: everybody sees the calendars, administrators of the whole installation edit them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playlists.language import fold
from playlists.special_day import SpecialDate
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import invalid, not_found
from server.scheduling.special_days import repository
from server.scheduling.special_days.proposals import propose
from server.scheduling.special_days.schemas import (
    CalendarChange,
    CalendarNew,
    CalendarShown,
    Country,
    YearChange,
    YearLine,
    YearShown,
)
from server.tables import SpecialCalendar, SpecialYear


def calendar_of(
    session: Session, caller: Caller, calendar_id: UUID, permission: Permission, *, lock: bool = False
) -> SpecialCalendar:
    """Return a calendar that the caller may do something with.

    Raises:
        Problem: 403 when the role does not allow it, 404.
    """
    caller.require(permission)
    row = repository.calendar(session, calendar_id, lock=lock)
    if row is None:
        raise not_found("calendar")
    return row


def create(session: Session, caller: Caller, new: CalendarNew) -> SpecialCalendar:
    """Make a calendar."""
    caller.require(Permission.EDIT_CALENDARS)
    row = SpecialCalendar(name=new.name, name_folded=fold(new.name), country=new.country)
    session.add(row)
    session.flush()
    note_change(session, "calendar", row.id)
    return row


def rename(
    session: Session, caller: Caller, calendar_id: UUID, change: CalendarChange, expected: Expected
) -> SpecialCalendar:
    """Give a calendar another name."""
    row = calendar_of(session, caller, calendar_id, Permission.EDIT_CALENDARS, lock=True)
    expected.check(row.rev)
    row.name, row.name_folded = change.name, fold(change.name)
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "calendar", row.id)
    return row


def year_of(session: Session, row: SpecialCalendar, number: int) -> YearShown:
    """Return a year as it was written down, or as it is proposed."""
    year = repository.year(session, row.id, number)
    if year is not None:
        return YearShown(
            calendar_id=row.id,
            year=number,
            dates=[SpecialDate.model_validate(one) for one in year.dates],
            is_proposal=False,
            confirmed_at=year.confirmed_at,
            confirmed_by=year.confirmed_by,
            rev=year.rev,
        )
    proposed = propose(row.country, number) if row.country is not None else []
    return YearShown(
        calendar_id=row.id,
        year=number,
        dates=proposed,
        is_proposal=True,
        confirmed_at=None,
        confirmed_by=None,
        rev=0,
    )


def set_year(
    session: Session,
    caller: Caller,
    calendar_id: UUID,
    number: int,
    change: YearChange,
    expected: Expected,
    at: datetime,
) -> YearShown:
    """Write a year's special days down; plans follow them with the next publication, once they are confirmed."""
    calendar = calendar_of(session, caller, calendar_id, Permission.EDIT_CALENDARS, lock=True)
    year = repository.year(session, calendar.id, number, lock=True)
    expected.check(year.rev if year is not None else 0)
    stray = next((one for one in change.dates if one.date.year != number), None)
    if stray is not None:
        raise invalid("wrong-year", f"{stray.date} is not in {number}. Write it into its own year.")
    if year is None:
        year = SpecialYear(calendar_id=calendar.id, year=number, rev=0)
    year.dates = [one.model_dump(mode="json") for one in sorted(change.dates, key=lambda one: one.date)]
    if change.confirmed:
        year.confirmed_at, year.confirmed_by = at, caller.user_id
    else:
        year.confirmed_at = year.confirmed_by = None
    year.rev += 1
    session.add(year)
    session.flush()
    note_change(session, "calendar", calendar.id)
    return year_of(session, calendar, number)


def shown(session: Session, rows: Sequence[SpecialCalendar]) -> list[CalendarShown]:
    """Return the API's picture of calendars."""
    years = repository.years(session, [row.id for row in rows])
    return [
        CalendarShown(
            id=row.id,
            name=row.name,
            country=Country(row.country) if row.country is not None else None,
            years=[YearLine(year=one.year, confirmed=one.confirmed_at is not None) for one in years.get(row.id, [])],
            created_at=row.created_at,
            rev=row.rev,
        )
        for row in rows
    ]

"""Decisions about imports."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.daypart import zone
from playlists.special_day import SpecialDate
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.edge import Expected
from server.errors import invalid
from server.scheduling.entries import service as entries
from server.scheduling.entries.schemas import EntryNew, RecurrenceAsked
from server.scheduling.entries.words import said
from server.scheduling.ical.reading import Imported, Read, Unreadable, dates_of, from_ics
from server.scheduling.imports.schemas import (
    ComplaintShown,
    DaysImportAsked,
    DaysImportShown,
    ImportAsked,
    ImportedEntry,
    ImportShown,
)
from server.scheduling.owning import playlist_owner
from server.scheduling.special_days import service as special_days
from server.scheduling.special_days.schemas import YearChange
from server.scheduling.targets import repository as targets
from server.scheduling.targets import service as target_rules
from server.tables import ScheduleEntryRow

MOST_ENTRIES = 200
MOST_NOTE = 120
DAYS_ZONE = "Asia/Ho_Chi_Minh"
"""In which zone a file's instants are special days."""


def read_entries(session: Session, caller: Caller, asked: ImportAsked, at: datetime) -> ImportShown:
    """Make entries of one playlist out of events; with `dry_run` nothing is made.

    Raises:
        Problem: 403, 404, 422 for a file that is no iCalendar, or targets in more than one time zone.
    """
    agency = playlist_owner(session, caller, asked.agency_id, asked.playlist_id, Permission.EDIT_SCHEDULE)
    target_rules.check(session, agency.id, asked.targets)
    read = _read(asked.ics, _zone(session, agency.id, asked))
    if len(read.events) > MOST_ENTRIES:
        raise invalid(
            "too-much", f"The file has {len(read.events)} events; at most {MOST_ENTRIES} are taken. Split it."
        )
    return ImportShown(
        dry_run=asked.dry_run,
        name=read.name,
        entries=[_entry(session, caller, agency.id, asked, event, at) for event in read.events],
        complaints=_complaints(read),
    )


def read_days(
    session: Session, caller: Caller, calendar_id: UUID, asked: DaysImportAsked, at: datetime
) -> DaysImportShown:
    """Add the days of events to a calendar's years; a changed year waits to be confirmed again.

    Raises:
        Problem: 403, 404, 422.
    """
    calendar = special_days.calendar_of(session, caller, calendar_id, Permission.EDIT_CALENDARS)
    tz = zone(DAYS_ZONE)
    read = _read(asked.ics, tz)
    named = dict(dates_of(read, date(asked.first_year, 1, 1), date(asked.last_year, 12, 31), tz))
    added: list[SpecialDate] = []
    for year, days in groupby(sorted(named), key=lambda day: day.year):
        known = special_days.year_of(session, calendar, year)
        held = [] if known.is_proposal else known.dates
        taken = {one.date for one in held}
        new = [SpecialDate(date=day, name=named[day][:120], kind=asked.kind) for day in days if day not in taken]
        added += new
        if new and not asked.dry_run:
            change = YearChange(dates=[*held, *new], confirmed=False)
            special_days.set_year(session, caller, calendar.id, year, change, Expected(known.rev), at)
    return DaysImportShown(
        dry_run=asked.dry_run,
        added=added,
        years=sorted({one.date.year for one in added}),
        complaints=_complaints(read),
    )


def _entry(
    session: Session, caller: Caller, agency_id: UUID, asked: ImportAsked, event: Imported, at: datetime
) -> ImportedEntry:
    body = EntryNew(
        agency_id=agency_id,
        playlist_id=asked.playlist_id,
        targets=asked.targets,
        note=event.title[:MOST_NOTE],
        recurrence=RecurrenceAsked.model_validate(event.recurrence.model_dump(mode="json")),
        duration_s=event.duration_s,
        priority=asked.priority,
        weight=asked.weight,
    )
    if asked.dry_run:
        row = ScheduleEntryRow(agency_id=agency_id)
        entries.fill(row, body, entries.accept(session, agency_id, body))
    else:
        row = entries.create(session, caller, body, at)
    return ImportedEntry(
        entry_id=None if asked.dry_run else row.id,
        title=event.title,
        line=event.line,
        sentences=said(row, {}, {}, today=at.date()),
    )


def _zone(session: Session, agency_id: UUID, asked: ImportAsked) -> ZoneInfo:
    panels = targets.panels_meant(session, agency_id, asked.targets)
    zones = {site.time_zone for site in targets.sites(session, {panel.site_id for panel in panels}).values()}
    if len(zones) != 1:
        raise invalid("no-one-zone", "Choose panels of one time zone, so that it is known which times are meant.")
    return zone(zones.pop())


def _read(text: str, tz: ZoneInfo) -> Read:
    try:
        return from_ics(text.encode(), tz)
    except Unreadable as error:
        raise invalid("unreadable-calendar", f"The file cannot be read: {error}.") from error


def _complaints(read: Read) -> list[ComplaintShown]:
    return [ComplaintShown.model_validate(one) for one in read.complaints]

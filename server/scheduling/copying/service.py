"""Decisions about copying: the times that entries with an end had in a span, once more from another date on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.daypart import midnight_of
from playlists.instant import from_millis, to_millis
from playlists.recurrence import MOST_DATES
from playlists.rule import Rule
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.errors import invalid
from server.scheduling import repository as playlists
from server.scheduling.copying.schemas import Copied, CopyAsked, CopyShown
from server.scheduling.dayparts import repository as dayparts
from server.scheduling.entries import service as entries
from server.scheduling.entries.schemas import EntryNew
from server.scheduling.entries.words import said
from server.scheduling.plans.repository import gather
from server.scheduling.plans.service import document_of
from server.scheduling.special_days import repository as calendars
from server.scheduling.targets import service as targets
from server.tables import Panel, ScheduleEntryRow

MOST_COPIES = 200
_DAY = timedelta(days=1)
_WEEK = 7


@dataclass
class _Found:
    """An entry with what it has in the span: its starts by length, and the chosen panels that it is meant for."""

    row: ScheduleEntryRow
    starts: dict[int, list[datetime]]
    """Wall times by whole seconds on air."""
    panels: list[UUID] = field(default_factory=list)


def copy(session: Session, caller: Caller, asked: CopyAsked, at: datetime) -> CopyShown:
    """Copy a span of panels' schedules to another date; with `dry_run` nothing is made.

    Raises:
        Problem: 403, 404 for a panel that is not the caller's to use, 422 when it would be too much.
    """
    caller.require(Permission.EDIT_SCHEDULE)
    panels = [
        targets.visible_panel(session, caller, playlists.panel(session, panel_id))
        for panel_id in dict.fromkeys(asked.panel_ids)
    ]
    found, left_out = _found(session, caller, panels, asked)
    bodies = [(one, body) for one in found for body in _bodies(one, asked.to - asked.first)]
    if len(bodies) > MOST_COPIES:
        raise invalid("too-much", f"That makes {len(bodies)} entries; at most {MOST_COPIES} are made at a time.")
    return CopyShown(
        dry_run=asked.dry_run,
        copies=[_made(session, caller, one.row, body, asked, at) for one, body in bodies],
        left_out=left_out,
    )


def _found(session: Session, caller: Caller, panels: Sequence[Panel], asked: CopyAsked) -> tuple[list[_Found], int]:
    found: dict[UUID, _Found] = {}
    endless: set[UUID] = set()
    for panel in panels:
        since = datetime.combine(asked.first, time(12), ZoneInfo("UTC"))
        gathered = gather(session, panel, since)
        plan = document_of(gathered).plan()
        for row in gathered.entries:
            if not caller.sees(row.agency_id) or gathered.playlists[row.playlist_id].archived_at is not None:
                continue
            if row.last_on is None:
                endless.add(row.id)
                continue
            if row.id not in found:
                starts = _starts(plan.rule(str(row.id)), asked.first, asked.last)
                if not starts:
                    continue
                found[row.id] = _Found(row, starts)
            found[row.id].panels.append(panel.id)
    return sorted(found.values(), key=lambda one: one.row.id), len(endless)


def _starts(rule: Rule, first: date, last: date) -> dict[int, list[datetime]]:
    """Return the wall times at which a rule's instances start on local dates, by whole seconds on air."""
    by_length: dict[int, list[datetime]] = {}
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        bounds = to_millis(midnight_of(day, rule.tz)), to_millis(midnight_of(day + _DAY, rule.tz))
        for start_ms, end_ms in sorted(set(rule.spans(day, bounds))):
            if start_ms >= bounds[0]:
                wall = from_millis(start_ms).astimezone(rule.tz).replace(tzinfo=None)
                by_length.setdefault((end_ms - start_ms) // 1000, []).append(wall)
    return by_length


def _bodies(one: _Found, shift: timedelta) -> Iterator[EntryNew]:
    row = one.row
    same: dict[str, Any] = {
        "agency_id": row.agency_id,
        "playlist_id": row.playlist_id,
        "note": row.note,
        "targets": {"panels": one.panels},
        "priority": row.priority,
        "weight": row.weight,
    }
    if row.duration_s is None and not shift.days % _WEEK:
        days = sorted({start.date() for starts in one.starts.values() for start in starts})
        moved = [day + shift for day in days][: MOST_DATES + 1]
        recurrence = {"dtstart": moved[0].isoformat(), "rdate": [day.isoformat() for day in moved[1:]]}
        yield EntryNew.model_validate(
            same | {"daypart_id": row.daypart_id, "window": row.own_window, "recurrence": recurrence}
        )
        return
    for length, starts in sorted(one.starts.items()):
        yield EntryNew.model_validate(
            same | {"recurrence": _recurrence([start + shift for start in starts]), "duration_s": max(3, length)}
        )


def _recurrence(starts: list[datetime]) -> dict[str, Any]:
    first = starts[0]
    written = [start.isoformat() for start in starts[: MOST_DATES + 1]]
    if len(starts) > 1 and all(start == first + number * _DAY for number, start in enumerate(starts)):
        return {"dtstart": written[0], "rrule": f"FREQ=DAILY;COUNT={len(starts)}"}
    return {"dtstart": written[0], "rdate": written[1:]}


def _made(
    session: Session, caller: Caller, origin: ScheduleEntryRow, body: EntryNew, asked: CopyAsked, at: datetime
) -> Copied:
    if asked.dry_run:
        row = ScheduleEntryRow(agency_id=origin.agency_id)
        entries.fill(row, body, entries.accept(session, origin.agency_id, body))
    else:
        row = entries.create(session, caller, body, at)
    used = dayparts.by_ids(session, [row.daypart_id] if row.daypart_id is not None else [])
    recurrence = body.recurrence
    times = 0 if recurrence is None else 1 + len(recurrence.rdate)
    if recurrence is not None and recurrence.rrule is not None:
        times = int(recurrence.rrule.rpartition("COUNT=")[2])
    return Copied(
        from_id=origin.id,
        entry_id=None if asked.dry_run else row.id,
        playlist_id=row.playlist_id,
        playlist_name=playlists.by_ids(session, [row.playlist_id])[row.playlist_id].name,
        times=times,
        sentences=said(row, used, calendars.names(session), today=at.date()),
    )

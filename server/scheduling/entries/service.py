"""Decisions about schedule entries. Another agency's entry does not exist for the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from playlists.language import fold
from playlists.schedule import Timing
from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import conflict, invalid, not_found
from server.fleet.service import place_of
from server.scheduling import repository as playlists
from server.scheduling.dayparts import repository as dayparts
from server.scheduling.entries import repository
from server.scheduling.entries.schemas import EntryChange, EntryNew, EntryShown, RecurrenceShown, Sentences
from server.scheduling.entries.timing import last_on, read_timing
from server.scheduling.entries.words import daypart_of, said
from server.scheduling.owning import playlist_owner
from server.scheduling.special_days import repository as calendars
from server.scheduling.targets import repository as target_rows
from server.scheduling.targets import service as targets
from server.scheduling.targets.schemas import Targets
from server.tables import DaypartRow, ScheduleEntryRow

RESTORABLE = timedelta(days=30)
"""For how long a deleted entry can be brought back; afterwards it is removed."""

NOT_WRITTEN_DOWN = {"id", "created_at", "created_by", "changed_at", "changed_by", "deleted_at", "rev"}
"""What of an entry the audit log has in other words."""

MOST_TOLD = 100
"""Of how many panels live pages are told that their plan changed; those of more listen to the schedule."""


def entry_of(
    session: Session, caller: Caller, entry_id: UUID, permission: Permission, *, lock: bool = False
) -> ScheduleEntryRow:
    """Return an entry that the caller may do something with, deleted or not.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    return let_in(caller, repository.entry(session, entry_id, lock=lock), permission, "schedule entry")


def create(session: Session, caller: Caller, new: EntryNew, at: datetime) -> ScheduleEntryRow:
    """Make an entry; it comes on air with the next publication."""
    agency = playlist_owner(session, caller, new.agency_id, new.playlist_id, Permission.EDIT_SCHEDULE)
    timing = accept(session, agency.id, new)
    row = ScheduleEntryRow(
        agency_id=agency.id,
        playlist_id=new.playlist_id,
        created_by=caller.user_id,
        changed_by=caller.user_id,
        created_at=at,
        changed_at=at,
    )
    fill(row, new, timing)
    session.add(row)
    session.flush()
    target_rows.set_entry_targets(session, row.id, new.targets)
    _note(session, row, new.targets)
    _write_down(session, caller, Action.SCHEDULE_MADE, row)
    return row


def change(
    session: Session, caller: Caller, entry_id: UUID, asked: EntryChange, expected: Expected, at: datetime
) -> ScheduleEntryRow:
    """Set all of an entry."""
    row = entry_of(session, caller, entry_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(row.rev)
    if row.deleted_at is not None:
        raise conflict("entry-deleted", "This entry was deleted. Restore it before you change it.")
    timing = accept(session, row.agency_id, asked, held=row)
    before, was = target_rows.entry_targets(session, [row.id])[row.id], _said(row)
    fill(row, asked, timing)
    target_rows.set_entry_targets(session, row.id, asked.targets)
    _note(session, row, before)
    _write_down(session, caller, Action.SCHEDULE_CHANGED, row, was)
    return _touched(session, caller, row, asked.targets, at)


def delete(session: Session, caller: Caller, entry_id: UUID, expected: Expected, at: datetime) -> ScheduleEntryRow:
    """Take an entry out of the plan; it can be restored for a month."""
    row = entry_of(session, caller, entry_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(row.rev)
    if row.deleted_at is None:
        _write_down(session, caller, Action.SCHEDULE_DELETED, row)
    row.deleted_at = row.deleted_at or at
    return _touched(session, caller, row, target_rows.entry_targets(session, [row.id])[row.id], at)


def restore(session: Session, caller: Caller, entry_id: UUID, expected: Expected, at: datetime) -> ScheduleEntryRow:
    """Bring a deleted entry back as it was."""
    row = entry_of(session, caller, entry_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(row.rev)
    playlist = playlists.playlist(session, row.playlist_id)
    if playlist is not None and playlist.archived_at is not None:
        raise conflict("playlist-archived", f"{playlist.name} is archived. Restore it first.")
    daypart = dayparts.daypart(session, row.daypart_id) if row.daypart_id is not None else None
    if daypart is not None and daypart.archived_at is not None:
        raise conflict("daypart-archived", f"{daypart.name} is archived. Restore it first.")
    row.deleted_at = None
    _write_down(session, caller, Action.SCHEDULE_CHANGED, row)
    return _touched(session, caller, row, target_rows.entry_targets(session, [row.id])[row.id], at)


def ending(session: Session, caller: Caller, at: datetime, within_days: int, most: int) -> list[ScheduleEntryRow]:
    """Return entries whose last local day lies within so many days of a time, the first to end first."""
    first = (at - timedelta(days=1)).date()
    last = at.date() + timedelta(days=within_days)
    return repository.ending(session, caller.seen, first.isoformat(), last.isoformat(), most)


def forget_deleted(session: Session, at: datetime) -> None:
    """Remove entries for good that were deleted so long before a time that nobody can bring them back."""
    repository.remove(session, repository.deleted_before(session, at - RESTORABLE, most=500))


def accept(session: Session, agency_id: UUID, asked: EntryChange, held: ScheduleEntryRow | None = None) -> Timing:
    """Let pass an entry of an agency that can be planned; `held` is what it is so far. Returns its timing.

    Raises:
        Problem: 404 for a playlist, daypart, panel or site that is not the agency's, 422 with a sentence.
    """
    timing = read_timing(asked)
    playlist = playlists.playlist(session, asked.playlist_id)
    if playlist is None or playlist.agency_id != agency_id:
        raise not_found("playlist")
    if playlist.archived_at is not None and (held is None or held.playlist_id != playlist.id):
        raise invalid("playlist-archived", f"{playlist.name} is archived. Restore it, or choose another playlist.")
    if asked.daypart_id is not None:
        daypart = dayparts.daypart(session, asked.daypart_id)
        if daypart is None or daypart.agency_id != agency_id:
            raise not_found("daypart")
        if daypart.archived_at is not None and (held is None or held.daypart_id != daypart.id):
            raise invalid("daypart-archived", f"{daypart.name} is archived. Restore it, or choose another daypart.")
    if asked.special_days is not None and calendars.calendar(session, asked.special_days.calendar_id) is None:
        raise not_found("calendar")
    targets.check(session, agency_id, asked.targets)
    _check_place(session, agency_id, asked)
    return timing


def _check_place(session: Session, agency_id: UUID, asked: EntryChange) -> None:
    daypart = dayparts.daypart(session, asked.daypart_id) if asked.daypart_id is not None else None
    follows = daypart_of(daypart).follows_sun if daypart is not None else False
    if not follows and not (asked.window is not None and asked.window.follows_sun):
        return
    meant = target_rows.panels_meant(session, agency_id, asked.targets)
    sites = target_rows.sites(session, {panel.site_id for panel in meant}).values()
    unknown = next((site for site in sites if place_of(site) is None), None)
    if unknown is not None:
        raise invalid(
            "no-place", f"A time that follows the sun needs to know where {unknown.name} lies. Write its place first."
        )


def shown(session: Session, rows: Sequence[ScheduleEntryRow], today: date | None = None) -> list[EntryShown]:
    """Return the API's picture of entries; their sentences name a start that lies after `today`."""
    meant = target_rows.entry_targets(session, [row.id for row in rows])
    names = repository.playlist_names(session, {row.playlist_id for row in rows})
    used = dayparts.by_ids(session, {row.daypart_id for row in rows if row.daypart_id is not None})
    calendar_names = calendars.names(session)
    return [_shown(row, meant[row.id], names, used, said(row, used, calendar_names, today)) for row in rows]


def _shown(
    row: ScheduleEntryRow, meant: Targets, names: dict[UUID, str], used: dict[UUID, DaypartRow], sentences: Sentences
) -> EntryShown:
    recurrence = RecurrenceShown.model_validate(row.recurrence) if row.recurrence is not None else None
    columns = row.model_dump(exclude={"own_window", "recurrence", "note_folded"})
    return EntryShown(
        **columns,
        playlist_name=names[row.playlist_id],
        daypart_name=used[row.daypart_id].name if row.daypart_id is not None else None,
        sentences=sentences,
        targets=meant,
        window=row.own_window,
        recurrence=recurrence,
    )


def fill(row: ScheduleEntryRow, asked: EntryChange, timing: Timing) -> None:
    """Write what was asked, and accepted with this timing, into a row."""
    columns: dict[str, Any] = timing.model_dump(
        mode="json", exclude={"recurrence", "valid_from", "valid_until", "agency"}
    )
    last = last_on(timing)
    columns |= {
        "playlist_id": asked.playlist_id,
        "note": asked.note.strip(),
        "note_folded": fold(asked.note.strip()),
        "daypart_id": asked.daypart_id,
        "own_window": asked.window.model_dump(mode="json") if asked.window is not None else None,
        "recurrence": timing.recurrence.model_dump(mode="json") if timing.recurrence is not None else None,
        "valid_from": asked.valid_from,
        "valid_until": asked.valid_until,
        "last_on": last.isoformat() if last is not None else None,
    }
    for name, value in columns.items():
        setattr(row, name, value)


def _touched(session: Session, caller: Caller, row: ScheduleEntryRow, meant: Targets, at: datetime) -> ScheduleEntryRow:
    row.rev += 1
    row.changed_by, row.changed_at = caller.user_id, at
    session.add(row)
    session.flush()
    _note(session, row, meant)
    return row


def _said(row: ScheduleEntryRow) -> dict[str, object]:
    return row.model_dump(mode="json", exclude=NOT_WRITTEN_DOWN)


def _write_down(
    session: Session,
    caller: Caller,
    action: Action,
    row: ScheduleEntryRow,
    before: Mapping[str, object] | None = None,
) -> None:
    name = playlists.playlist(session, row.playlist_id)
    audit(
        session,
        caller,
        action,
        "schedule entry",
        row.id,
        name=name.name if name is not None else "",
        agency_id=row.agency_id,
        before=before,
        after=_said(row),
    )


def _note(session: Session, row: ScheduleEntryRow, meant: Targets) -> None:
    note_change(session, "schedule", row.id)
    for panel in target_rows.panels_meant(session, row.agency_id, meant)[:MOST_TOLD]:
        note_change(session, "panel", panel.id)

"""Decisions about dayparts. Another agency's daypart does not exist for the caller."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from playlists.language import fold
from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import conflict, not_found
from server.scheduling.dayparts import repository
from server.scheduling.dayparts.schemas import DaypartChange, DaypartNew
from server.scheduling.owning import owner
from server.scheduling.special_days import repository as calendars
from server.tables import DaypartRow


def daypart_of(
    session: Session, caller: Caller, daypart_id: UUID, permission: Permission, *, lock: bool = False
) -> DaypartRow:
    """Return a daypart that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    return let_in(caller, repository.daypart(session, daypart_id, lock=lock), permission, "daypart")


def create(session: Session, caller: Caller, new: DaypartNew) -> DaypartRow:
    """Make a daypart."""
    agency = owner(session, caller, new.agency_id, Permission.EDIT_SCHEDULE)
    row = DaypartRow(agency_id=agency.id, name=new.name, name_folded=fold(new.name))
    _fill(session, row, new)
    session.add(row)
    session.flush()
    note_change(session, "daypart", row.id)
    return row


def change(session: Session, caller: Caller, daypart_id: UUID, asked: DaypartChange, expected: Expected) -> DaypartRow:
    """Set a daypart's name, windows and exceptions; entries that use it follow with the next publication."""
    row = daypart_of(session, caller, daypart_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(row.rev)
    if row.archived_at is not None:
        raise conflict("daypart-archived", f"{row.name} is archived. Restore it before you change it.")
    _fill(session, row, asked)
    return _touched(session, row)


def archive(session: Session, caller: Caller, daypart_id: UUID, at: datetime, expected: Expected) -> DaypartRow:
    """Take a daypart out of use; no entry may use it."""
    row = daypart_of(session, caller, daypart_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(row.rev)
    using = repository.uses(session, row.id, most=6)
    if using:
        names = ", ".join(sorted({playlist.name for _, playlist in using})[:5])
        raise conflict(
            "daypart-in-use", f"{row.name} is used by entries of {names}. Change or remove these, then archive it."
        )
    row.archived_at = row.archived_at or at
    return _touched(session, row)


def restore(session: Session, caller: Caller, daypart_id: UUID, expected: Expected) -> DaypartRow:
    """Bring an archived daypart back."""
    row = daypart_of(session, caller, daypart_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(row.rev)
    row.archived_at = None
    return _touched(session, row)


def _fill(session: Session, row: DaypartRow, asked: DaypartChange) -> None:
    if asked.calendar_id is not None and calendars.calendar(session, asked.calendar_id) is None:
        raise not_found("calendar")
    row.name, row.name_folded = asked.name, fold(asked.name)
    row.windows = [window.model_dump(mode="json") for window in asked.windows]
    row.calendar_id = asked.calendar_id
    row.day_off_windows = [window.model_dump(mode="json") for window in asked.day_off_windows]
    row.exceptions = [one.model_dump(mode="json") for one in sorted(asked.exceptions, key=lambda one: one.date)]


def _touched(session: Session, row: DaypartRow) -> DaypartRow:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "daypart", row.id)
    return row

"""Decisions about a panel's plain week. Its windows are schedule entries like all others, set here as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import invalid, not_found
from server.scheduling import repository as playlists
from server.scheduling.entries import repository
from server.scheduling.service import keep
from server.scheduling.targets import repository as targets
from server.scheduling.targets.schemas import Targets
from server.scheduling.week.schemas import EntryAsked, ScheduleAsked
from server.tables import Panel, ScheduleEntryRow


def panel_of(session: Session, caller: Caller, panel_id: UUID, permission: Permission, *, lock: bool = False) -> Panel:
    """Return a panel that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    row = playlists.panel(session, panel_id, lock=lock)
    if row is None:
        raise not_found("panel")
    caller.require(permission, agency_id=row.agency_id, site_id=row.site_id, what="panel")
    return row


def set_schedule(
    session: Session, caller: Caller, panel_id: UUID, asked: ScheduleAsked, expected: Expected, at: datetime
) -> Panel:
    """Set a panel's default playlist and its whole plain week; entries with dates or other targets stay."""
    panel = panel_of(session, caller, panel_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(panel.rev)
    named = {entry.playlist_id for entry in asked.entries} | ({asked.default_playlist_id} - {None})
    _check_playlists(session, caller, named)
    old = {row.id: row for row in repository.plain_of(session, panel)}
    kept = set(old)
    for entry in asked.entries:
        entry_id = keep(entry.id, kept)
        row = old.get(entry_id) or ScheduleEntryRow(
            id=entry_id, agency_id=panel.agency_id, created_by=caller.user_id, created_at=at
        )
        is_new = entry_id not in old
        if _fill(row, entry) or is_new:
            row.changed_by, row.changed_at = caller.user_id, at
            row.rev += 0 if is_new else 1
        session.add(row)
        session.flush()
        if is_new:
            targets.set_entry_targets(session, row.id, Targets(panels=[panel.id]))
    repository.remove(session, kept)
    panel.default_playlist_id = asked.default_playlist_id
    panel.rev += 1
    session.add(panel)
    note_change(session, "panel", panel.id)
    note_change(session, "schedule", panel.id)
    audit(
        session,
        caller,
        Action.SCHEDULE_CHANGED,
        "panel",
        panel.id,
        name=panel.name,
        agency_id=panel.agency_id,
        after=asked.model_dump(mode="json"),
    )
    return panel


def _fill(row: ScheduleEntryRow, asked: EntryAsked) -> bool:
    """Write what was asked; tell whether anything differs from before."""
    window = {"weekdays": sorted(asked.weekdays), "start": asked.start, "end": asked.end}
    before = (row.playlist_id, row.own_window, row.priority)
    row.playlist_id, row.own_window, row.priority = asked.playlist_id, window, asked.priority
    return before != (asked.playlist_id, window, asked.priority)


def _check_playlists(session: Session, caller: Caller, ids: Iterable[UUID | None]) -> None:
    wanted = {playlist_id for playlist_id in ids if playlist_id is not None}
    rows = playlists.by_ids(session, wanted)
    if any(playlist_id not in rows or not caller.sees(rows[playlist_id].agency_id) for playlist_id in wanted):
        raise not_found("playlist")
    for row in rows.values():
        if row.archived_at is not None:
            raise invalid("playlist-archived", f"{row.name} is archived. Restore it, or choose another playlist.")

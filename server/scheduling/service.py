"""Decisions about playlists and panels' weeks. An object of another agency does not exist for the caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from playlists.language import fold
from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session, new_id
from server.edge import Expected
from server.errors import Problem, conflict, invalid, not_found
from server.scheduling import repository
from server.scheduling.schemas import EntryAsked, ItemAsked, PlaylistChange, PlaylistNew, ScheduleAsked
from server.tables import Notice, Panel, PlaylistItemRow, PlaylistRow, ScheduleEntryRow

_LANGUAGE = {"vi": "Vietnamese", "en": "English", "zh": "Chinese", "mul": "all three languages on one picture"}


def playlist_of(
    session: Session, caller: Caller, playlist_id: UUID, permission: Permission, *, lock: bool = False
) -> PlaylistRow:
    """Return a playlist that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    row = repository.playlist(session, playlist_id, lock=lock)
    if row is None:
        raise not_found("playlist")
    caller.require(permission, agency_id=row.agency_id, what="playlist")
    return row


def panel_of(session: Session, caller: Caller, panel_id: UUID, permission: Permission, *, lock: bool = False) -> Panel:
    """Return a panel that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    row = repository.panel(session, panel_id, lock=lock)
    if row is None:
        raise not_found("panel")
    caller.require(permission, agency_id=row.agency_id, what="panel")
    return row


def create_playlist(session: Session, caller: Caller, new: PlaylistNew) -> PlaylistRow:
    """Make a playlist."""
    agency_id = new.agency_id or caller.agency_id
    caller.require(Permission.EDIT_PLAYLISTS)
    if agency_id is None:
        raise invalid("agency-missing", "Say which agency this belongs to (agency_id).")
    accounts.open_agency_of(session, caller, agency_id, Permission.EDIT_PLAYLISTS)
    row = PlaylistRow(agency_id=agency_id, name=new.name, name_folded=fold(new.name))
    session.add(row)
    session.flush()
    _set_items(session, row, new.items)
    note_change(session, "playlist", row.id)
    return row


def change_playlist(
    session: Session, caller: Caller, playlist_id: UUID, change: PlaylistChange, expected: Expected
) -> PlaylistRow:
    """Set a playlist's name and items."""
    row = playlist_of(session, caller, playlist_id, Permission.EDIT_PLAYLISTS, lock=True)
    expected.check(row.rev)
    if row.archived_at is not None:
        raise conflict("playlist-archived", f"{row.name} is archived. Restore it before you change it.")
    _set_items(session, row, change.items)
    if change.name is not None:
        row.name, row.name_folded = change.name, fold(change.name)
    return _touched(session, row)


def archive_playlist(
    session: Session, caller: Caller, playlist_id: UUID, at: datetime, expected: Expected
) -> PlaylistRow:
    """Take a playlist out of use; no panel's week may name it."""
    row = playlist_of(session, caller, playlist_id, Permission.EDIT_PLAYLISTS, lock=True)
    expected.check(row.rev)
    playing = repository.panels_playing(session, row.id)
    if playing:
        names = ", ".join(panel.name for panel in playing[:5])
        raise conflict("playlist-in-use", f"{row.name} is scheduled on {names}. Take it off there, then archive it.")
    row.archived_at = row.archived_at or at
    return _touched(session, row)


def restore_playlist(session: Session, caller: Caller, playlist_id: UUID, expected: Expected) -> PlaylistRow:
    """Bring an archived playlist back."""
    row = playlist_of(session, caller, playlist_id, Permission.EDIT_PLAYLISTS, lock=True)
    expected.check(row.rev)
    row.archived_at = None
    return _touched(session, row)


def set_schedule(session: Session, caller: Caller, panel_id: UUID, asked: ScheduleAsked, expected: Expected) -> Panel:
    """Set a panel's whole week."""
    panel = panel_of(session, caller, panel_id, Permission.EDIT_SCHEDULE, lock=True)
    expected.check(panel.rev)
    named = {entry.playlist_id for entry in asked.entries} | ({asked.default_playlist_id} - {None})
    _check_playlists(session, caller, named)
    kept = {row.id for row in repository.entries(session, panel.id)}
    repository.replace_entries(session, panel.id, [_entry(panel.id, entry, kept) for entry in asked.entries])
    panel = repository.panel(session, panel.id) or panel
    panel.default_playlist_id = asked.default_playlist_id
    panel.rev += 1
    session.add(panel)
    note_change(session, "panel", panel.id)
    return panel


def _check_playlists(session: Session, caller: Caller, ids: Iterable[UUID | None]) -> None:
    wanted = {playlist_id for playlist_id in ids if playlist_id is not None}
    rows = repository.by_ids(session, wanted)
    if any(playlist_id not in rows or not caller.sees(rows[playlist_id].agency_id) for playlist_id in wanted):
        raise not_found("playlist")
    for row in rows.values():
        if row.archived_at is not None:
            raise invalid("playlist-archived", f"{row.name} is archived. Restore it, or choose another playlist.")


def _entry(panel_id: UUID, asked: EntryAsked, kept: set[UUID]) -> ScheduleEntryRow:
    return ScheduleEntryRow(
        id=_keep(asked.id, kept),
        panel_id=panel_id,
        playlist_id=asked.playlist_id,
        weekdays=sorted(asked.weekdays),
        start=asked.start,
        end=asked.end,
        priority=asked.priority,
    )


def _set_items(session: Session, row: PlaylistRow, asked: Sequence[ItemAsked]) -> None:
    ids = {item.notice_id for item in asked}
    notices = repository.notices(session, ids)
    languages = repository.languages(session, ids)
    for item in asked:
        _check_item(row, item, notices.get(item.notice_id), languages[item.notice_id])
    kept = {old.id for old in repository.items(session, [row.id])[row.id]}
    rows = [
        PlaylistItemRow(
            id=_keep(item.id, kept),
            playlist_id=row.id,
            position=position,
            notice_id=item.notice_id,
            languages=[str(language) for language in item.languages],
            on_air_ms=item.on_air_ms,
        )
        for position, item in enumerate(asked)
    ]
    repository.replace_items(session, row.id, rows)


def _check_item(row: PlaylistRow, item: ItemAsked, notice: Notice | None, languages: set[str]) -> None:
    if notice is None or notice.agency_id != row.agency_id:
        detail = f"There is no such notice, or it belongs to another agency than this playlist: {item.notice_id}."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no-such-notice", detail)
    if notice.archived_at is not None:
        raise invalid("notice-archived", f"The notice {notice.title} is archived. Restore it, or leave it out.")
    missing = [language for language in item.languages if language not in languages]
    if missing:
        raise invalid(
            "language-missing",
            f"The notice {notice.title} has no picture in {_LANGUAGE[missing[0]]} yet. Upload one, or leave it out.",
            notice_id=str(notice.id),
            languages=missing,
        )


def _keep(asked: UUID | None, kept: set[UUID]) -> UUID:
    """Return an id that stays when it stood in the same place before, each only once; else a new one."""
    if asked is None or asked not in kept:
        return new_id()
    kept.discard(asked)
    return asked


def _touched(session: Session, row: PlaylistRow) -> PlaylistRow:
    row.rev += 1
    session.add(row)
    note_change(session, "playlist", row.id)
    return row

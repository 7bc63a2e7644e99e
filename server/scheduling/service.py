"""Decisions about playlists. An object of another agency does not exist for the caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from playlists.language import fold
from playlists.rotation import LanguageWeights, Rotation
from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.content.notices.artworks import languages_of
from server.db import Session, new_id
from server.edge import Expected
from server.errors import Problem, conflict, invalid
from server.scheduling import repository
from server.scheduling.owning import owner
from server.scheduling.schemas import ItemAsked, PlaylistChange, PlaylistNew
from server.tables import Notice, PlaylistItemRow, PlaylistRow

_LANGUAGE = {"vi": "Vietnamese", "en": "English", "zh": "Chinese", "mul": "all three languages on one picture"}


def playlist_of(
    session: Session, caller: Caller, playlist_id: UUID, permission: Permission, *, lock: bool = False
) -> PlaylistRow:
    """Return a playlist that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    return let_in(caller, repository.playlist(session, playlist_id, lock=lock), permission, "playlist")


def create_playlist(session: Session, caller: Caller, new: PlaylistNew) -> PlaylistRow:
    """Make a playlist."""
    agency = owner(session, caller, new.agency_id, Permission.EDIT_PLAYLISTS)
    row = PlaylistRow(agency_id=agency.id, name=new.name, name_folded=fold(new.name))
    _set_rotation(row, new.rotation, new.language_weights)
    session.add(row)
    session.flush()
    _set_items(session, row, new.items)
    note_change(session, "playlist", row.id)
    _write_down(session, caller, Action.PLAYLIST_CHANGED, row, new.items)
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
    _set_rotation(row, change.rotation, change.language_weights)
    if change.name is not None:
        row.name, row.name_folded = change.name, fold(change.name)
    _write_down(session, caller, Action.PLAYLIST_CHANGED, row, change.items)
    return _touched(session, row)


def archive_playlist(
    session: Session, caller: Caller, playlist_id: UUID, at: datetime, expected: Expected
) -> PlaylistRow:
    """Take a playlist out of use; no panel and no entry may name it."""
    row = playlist_of(session, caller, playlist_id, Permission.EDIT_PLAYLISTS, lock=True)
    expected.check(row.rev)
    names = ", ".join(panel.name for panel in repository.defaulting(session, row.id)[:5])
    if names:
        raise conflict("playlist-in-use", f"{row.name} is the default on {names}. Choose another one, then archive it.")
    if repository.is_scheduled(session, row.id, at):
        raise conflict("playlist-in-use", f"{row.name} is scheduled. Remove its entries first, then archive it.")
    row.archived_at = row.archived_at or at
    _write_down(session, caller, Action.PLAYLIST_ARCHIVED, row, None)
    return _touched(session, row)


def restore_playlist(session: Session, caller: Caller, playlist_id: UUID, expected: Expected) -> PlaylistRow:
    """Bring an archived playlist back."""
    row = playlist_of(session, caller, playlist_id, Permission.EDIT_PLAYLISTS, lock=True)
    expected.check(row.rev)
    row.archived_at = None
    _write_down(session, caller, Action.PLAYLIST_RESTORED, row, None)
    return _touched(session, row)


def _write_down(
    session: Session, caller: Caller, action: Action, row: PlaylistRow, items: Sequence[ItemAsked] | None
) -> None:
    said = {"items": [item.model_dump(mode="json") for item in items]} if items is not None else None
    audit(session, caller, action, "playlist", row.id, name=row.name, agency_id=row.agency_id, after=said)


def _set_rotation(row: PlaylistRow, rotation: Rotation | None, weights: LanguageWeights | None) -> None:
    row.rotation = rotation or row.rotation
    if weights is not None:
        row.language_weights = {str(language): weight for language, weight in weights.items()}


def _set_items(session: Session, row: PlaylistRow, asked: Sequence[ItemAsked]) -> None:
    ids = {item.notice_id for item in asked}
    notices = repository.notices(session, ids)
    languages = languages_of(session, ids)
    for item in asked:
        _check_item(row, item, notices.get(item.notice_id), languages.get(item.notice_id, set()))
    kept = {old.id for old in repository.items(session, [row.id])[row.id]}
    rows = [
        PlaylistItemRow(
            id=keep(item.id, kept),
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


def keep(asked: UUID | None, kept: set[UUID]) -> UUID:
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

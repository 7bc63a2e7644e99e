"""Playlists over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from playlists.language import SegmentLanguage
from playlists.rotation import Rotation
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.scheduling import repository, service
from server.scheduling.repository import Sought
from server.scheduling.schemas import (
    ItemShown,
    PlaylistChange,
    PlaylistLine,
    PlaylistNew,
    PlaylistShown,
)
from server.tables import PlaylistItemRow, PlaylistRow

router = Router(prefix="/api/v1", tags=["scheduling"])


@router.get("/playlists")
def playlists(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    q: Annotated[str, Query(max_length=200, description="words of the name; case and accents do not matter")] = "",
    archived: bool = False,
) -> Page[PlaylistLine]:
    """List playlists, newest first."""
    rows = repository.playlists(session, Sought(caller.seen, q, archived), asked)
    items = repository.items(session, [row.id for row in rows])
    return asked.page(rows, lambda row: _line(row, items[row.id]), lambda row: row.id)


@router.post("/playlists", status_code=201)
def create_playlist(new: PlaylistNew, caller: CallerDep, session: WriteSession, response: Response) -> PlaylistShown:
    """Make a playlist."""
    return _playlist(session, response, service.create_playlist(session, caller, new))


@router.get("/playlists/{playlist_id}")
def playlist(playlist_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> PlaylistShown:
    """Show a playlist with its items."""
    row = service.playlist_of(session, caller, playlist_id, Permission.SEE)
    return _playlist(session, response, row)


@router.put("/playlists/{playlist_id}")
def change_playlist(
    playlist_id: UUID,
    change: PlaylistChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
) -> PlaylistShown:
    """Set a playlist's name and all of its items."""
    return _playlist(session, response, service.change_playlist(session, caller, playlist_id, change, expected))


@router.post("/playlists/{playlist_id}/archive")
def archive_playlist(
    playlist_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> PlaylistShown:
    """Take a playlist out of use; refused while it is scheduled."""
    row = service.archive_playlist(session, caller, playlist_id, parts.clock(), expected)
    return _playlist(session, response, row)


@router.post("/playlists/{playlist_id}/restore")
def restore_playlist(
    playlist_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> PlaylistShown:
    """Bring an archived playlist back."""
    return _playlist(session, response, service.restore_playlist(session, caller, playlist_id, expected))


def _line(row: PlaylistRow, items: Sequence[PlaylistItemRow]) -> PlaylistLine:
    return PlaylistLine(
        id=row.id,
        agency_id=row.agency_id,
        name=row.name,
        rotation=Rotation(row.rotation),
        language_weights={SegmentLanguage(language): weight for language, weight in row.language_weights.items()},
        item_count=len(items),
        round_ms=sum(item.on_air_ms * len(item.languages) for item in items),
        created_at=row.created_at,
        archived_at=row.archived_at,
        rev=row.rev,
    )


def _playlist(session: Session, response: Response, row: PlaylistRow) -> PlaylistShown:
    tag(response, row.rev)
    items = repository.items(session, [row.id])[row.id]
    notices = repository.notices(session, {item.notice_id for item in items})
    shown = [
        ItemShown(
            id=item.id,
            notice_id=item.notice_id,
            notice_title=notices[item.notice_id].title,
            languages=[SegmentLanguage(language) for language in item.languages],
            on_air_ms=item.on_air_ms,
        )
        for item in items
    ]
    return PlaylistShown(**_line(row, items).model_dump(), items=shown)

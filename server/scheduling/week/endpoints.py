"""A panel's plain week over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.scheduling import repository as playlists
from server.scheduling.entries import repository
from server.scheduling.week import service
from server.scheduling.week.schemas import EntryShown, ScheduleAsked, ScheduleShown
from server.tables import Panel

router = Router(prefix="/api/v1", tags=["schedule"])


@router.get("/panels/{panel_id}/schedule")
def schedule(panel_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> ScheduleShown:
    """Show a panel's plain week: the entries for it alone, in weekly windows without dates."""
    return _schedule(session, response, service.panel_of(session, caller, panel_id, Permission.SEE))


@router.put("/panels/{panel_id}/schedule")
def set_schedule(
    panel_id: UUID,
    asked: ScheduleAsked,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> ScheduleShown:
    """Set a panel's whole plain week; other entries stay. It comes on air with the next publication."""
    return _schedule(session, response, service.set_schedule(session, caller, panel_id, asked, expected, parts.clock()))


def _schedule(session: Session, response: Response, panel: Panel) -> ScheduleShown:
    tag(response, panel.rev)
    rows = repository.plain_of(session, panel)
    named = {row.playlist_id for row in rows} | ({panel.default_playlist_id} - {None})
    names = {row.id: row.name for row in playlists.by_ids(session, [one for one in named if one is not None]).values()}
    entries = [
        EntryShown(
            id=row.id,
            playlist_id=row.playlist_id,
            playlist_name=names[row.playlist_id],
            priority=row.priority,
            **(row.own_window or {}),
        )
        for row in rows
    ]
    default = panel.default_playlist_id
    return ScheduleShown(
        panel_id=panel.id,
        time_zone=playlists.site(session, panel.site_id).time_zone,
        default_playlist_id=default,
        default_playlist_name=names[default] if default is not None else None,
        entries=entries,
        rev=panel.rev,
    )

"""Schedule entries over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.scheduling import repository as rows
from server.scheduling.entries import repository, service
from server.scheduling.entries.repository import Wanted
from server.scheduling.entries.schemas import EntryChange, EntryNew, EntryShown
from server.scheduling.targets import service as targets
from server.scheduling.targets.schemas import TargetsOffered
from server.seen import EVERYTHING
from server.tables import ScheduleEntryRow

router = Router(prefix="/api/v1", tags=["schedule"])
Query_ = Annotated[str, Query(max_length=200, description="words of playlist or note; case and accents do not matter")]


@router.get("/schedule/targets")
def offered(caller: CallerDep, session: ReadSession) -> TargetsOffered:
    """List the panels, sites and tags that an entry may be meant for."""
    return targets.offered(session, caller)


@router.get("/schedule/entries")
def entries(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    parts: PartsDep,
    q: Query_ = "",
    panel_id: UUID | None = None,
    playlist_id: UUID | None = None,
    deleted: bool = False,
) -> Page[EntryShown]:
    """List entries, newest first; with `panel_id` those that are meant for a panel."""
    caller.require(Permission.SEE)
    panel = None
    if panel_id is not None:
        panel = targets.visible_panel(session, caller, rows.panel(session, panel_id))
    on_own = panel is not None and caller.sees(panel.agency_id, panel.site_id)
    seen = EVERYTHING if on_own else caller.seen
    found = repository.entries(session, Wanted(seen, panel, playlist_id, q, deleted), asked)
    pictures = {
        row.id: picture for row, picture in zip(found, service.shown(session, found, parts.clock().date()), strict=True)
    }
    return asked.page(found, lambda row: pictures[row.id], lambda row: row.id)


@router.get("/schedule/ending")
def ending(
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    within_days: Annotated[int, Query(ge=1, le=366)] = 14,
    most: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[EntryShown]:
    """List entries whose last day comes within so many days, the first to end first."""
    caller.require(Permission.SEE)
    at = parts.clock()
    return service.shown(session, service.ending(session, caller, at, within_days, most), at.date())


@router.post("/schedule/entries", status_code=201)
def create_entry(
    new: EntryNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> EntryShown:
    """Make an entry; it comes on air with the next publication."""
    at = parts.clock()
    return _shown(session, response, service.create(session, caller, new, at), at)


@router.get("/schedule/entries/{entry_id}")
def entry(entry_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep) -> EntryShown:
    """Show an entry, deleted or not."""
    row = service.entry_of(session, caller, entry_id, Permission.SEE)
    return _shown(session, response, row, parts.clock())


@router.put("/schedule/entries/{entry_id}")
def change_entry(
    entry_id: UUID,
    change: EntryChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> EntryShown:
    """Set all of an entry."""
    at = parts.clock()
    return _shown(session, response, service.change(session, caller, entry_id, change, expected, at), at)


@router.delete("/schedule/entries/{entry_id}")
def delete_entry(
    entry_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> EntryShown:
    """Take an entry out of the plan; it can be restored for 30 days."""
    at = parts.clock()
    return _shown(session, response, service.delete(session, caller, entry_id, expected, at), at)


@router.post("/schedule/entries/{entry_id}/restore")
def restore_entry(
    entry_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> EntryShown:
    """Bring a deleted entry back as it was."""
    at = parts.clock()
    return _shown(session, response, service.restore(session, caller, entry_id, expected, at), at)


def _shown(session: Session, response: Response, row: ScheduleEntryRow, at: datetime) -> EntryShown:
    tag(response, row.rev)
    return service.shown(session, [row], at.date())[0]

"""Overrides over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.scheduling import repository as rows
from server.scheduling.overrides import repository, service
from server.scheduling.overrides.schemas import OverrideChange, OverrideNew, OverrideShown
from server.scheduling.targets import service as targets
from server.seen import EVERYTHING
from server.tables import OverrideRow

router = Router(prefix="/api/v1", tags=["overrides"])


@router.get("/overrides")
def overrides(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    parts: PartsDep,
    past: bool = False,
    panel_id: UUID | None = None,
) -> Page[OverrideShown]:
    """List overrides that are on or to come, or with `past` those that are over; newest first."""
    caller.require(Permission.SEE)
    panel = None
    if panel_id is not None:
        panel = targets.visible_panel(session, caller, rows.panel(session, panel_id))
    on_own = panel is not None and caller.sees(panel.agency_id, panel.site_id)
    seen = EVERYTHING if on_own else caller.seen
    at = parts.clock()
    found = repository.overrides(session, seen, panel, at, asked, past=past)
    pictures = {row.id: one for row, one in zip(found, service.shown(session, found, at), strict=True)}
    return asked.page(found, lambda row: pictures[row.id], lambda row: row.id)


@router.post("/overrides", status_code=201)
def create_override(
    new: OverrideNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> OverrideShown:
    """Put a playlist above the schedule until its end; its panels get it at once, without a publication."""
    at = parts.clock()
    return _shown(session, response, service.create(session, caller, new, at), at)


@router.get("/overrides/{override_id}")
def override(
    override_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep
) -> OverrideShown:
    """Show an override."""
    row = service.override_of(session, caller, override_id, Permission.SEE)
    return _shown(session, response, row, parts.clock())


@router.patch("/overrides/{override_id}")
def change_override(
    override_id: UUID,
    change: OverrideChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> OverrideShown:
    """Give an override an earlier or later end; its panels learn it at once."""
    at = parts.clock()
    return _shown(session, response, service.change(session, caller, override_id, change, expected, at), at)


@router.post("/overrides/{override_id}/end")
def end_override(
    override_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> OverrideShown:
    """End an override now, or call it off before it begins."""
    at = parts.clock()
    return _shown(session, response, service.end(session, caller, override_id, expected, at), at)


def _shown(session: Session, response: Response, row: OverrideRow, at: datetime) -> OverrideShown:
    tag(response, row.rev)
    return service.shown(session, [row], at)[0]

"""The switch to essential notices over HTTP."""

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
from server.scheduling.essential_only import repository, service
from server.scheduling.essential_only.schemas import (
    EssentialOnlyChange,
    EssentialOnlyNew,
    EssentialOnlyShown,
)
from server.tables import EssentialOnlyRow

router = Router(prefix="/api/v1", tags=["essential only"])


@router.get("/essential-only")
def essential_only(
    caller: CallerDep, session: ReadSession, asked: PageAsked, parts: PartsDep, past: bool = False
) -> Page[EssentialOnlyShown]:
    """List times of essential notices only that are on or to come, or with `past` those that are over."""
    caller.require(Permission.SEE)
    at = parts.clock()
    rows = repository.rows(session, caller.seen, at, asked, past=past)
    pictures = {one.id: one for one in service.shown(session, rows, at)}
    return asked.page(rows, lambda row: pictures[row.id], lambda row: row.id)


@router.post("/essential-only", status_code=201)
def start_essential_only(
    new: EssentialOnlyNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> EssentialOnlyShown:
    """Show essential notices only on sites: festive, promotional and animated ones go at once, until the end."""
    at = parts.clock()
    return _shown(session, response, service.create(session, caller, new, at), at)


@router.get("/essential-only/{essential_only_id}")
def one_essential_only(
    essential_only_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep
) -> EssentialOnlyShown:
    """Show a time of essential notices only."""
    row = service.row_of(session, caller, essential_only_id, Permission.SEE)
    return _shown(session, response, row, parts.clock())


@router.patch("/essential-only/{essential_only_id}")
def change_essential_only(
    essential_only_id: UUID,
    change: EssentialOnlyChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> EssentialOnlyShown:
    """Give it an earlier or later end."""
    at = parts.clock()
    return _shown(session, response, service.change(session, caller, essential_only_id, change, expected, at), at)


@router.post("/essential-only/{essential_only_id}/end")
def end_essential_only(
    essential_only_id: UUID,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> EssentialOnlyShown:
    """End it now, or call it off before it begins."""
    at = parts.clock()
    return _shown(session, response, service.end(session, caller, essential_only_id, expected, at), at)


def _shown(session: Session, response: Response, row: EssentialOnlyRow, at: datetime) -> EssentialOnlyShown:
    tag(response, row.rev)
    return service.shown(session, [row], at)[0]

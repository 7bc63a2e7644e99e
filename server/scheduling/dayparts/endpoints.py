"""Dayparts over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.scheduling.dayparts import repository, service
from server.scheduling.dayparts.schemas import DaypartChange, DaypartNew, DaypartShown, EntryUsing, UsesShown
from server.scheduling.repository import Sought
from server.tables import DaypartRow

router = Router(prefix="/api/v1", tags=["dayparts"])


@router.get("/dayparts")
def dayparts(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    q: Annotated[str, Query(max_length=200, description="words of the name; case and accents do not matter")] = "",
    archived: bool = False,
) -> Page[DaypartShown]:
    """List dayparts, newest first."""
    caller.require(Permission.SEE)
    rows = repository.dayparts(session, Sought(caller.seen, q, archived), asked)
    return asked.page(rows, DaypartShown.model_validate, lambda row: row.id)


@router.post("/dayparts", status_code=201)
def create_daypart(new: DaypartNew, caller: CallerDep, session: WriteSession, response: Response) -> DaypartShown:
    """Make a daypart."""
    return _shown(response, service.create(session, caller, new))


@router.get("/dayparts/{daypart_id}")
def daypart(daypart_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> DaypartShown:
    """Show a daypart."""
    return _shown(response, service.daypart_of(session, caller, daypart_id, Permission.SEE))


@router.put("/dayparts/{daypart_id}")
def change_daypart(
    daypart_id: UUID,
    change: DaypartChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
) -> DaypartShown:
    """Set a daypart's name, windows and exceptions; on air with the next publication."""
    return _shown(response, service.change(session, caller, daypart_id, change, expected))


@router.get("/dayparts/{daypart_id}/uses")
def daypart_uses(daypart_id: UUID, caller: CallerDep, session: ReadSession) -> UsesShown:
    """List which entries use a daypart, at most 200."""
    row = service.daypart_of(session, caller, daypart_id, Permission.SEE)
    found = repository.uses(session, row.id)
    return UsesShown(
        entries=[EntryUsing(entry_id=entry.id, playlist_id=one.id, playlist_name=one.name) for entry, one in found]
    )


@router.post("/dayparts/{daypart_id}/archive")
def archive_daypart(
    daypart_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> DaypartShown:
    """Take a daypart out of use; refused while an entry uses it."""
    return _shown(response, service.archive(session, caller, daypart_id, parts.clock(), expected))


@router.post("/dayparts/{daypart_id}/restore")
def restore_daypart(
    daypart_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> DaypartShown:
    """Bring an archived daypart back."""
    return _shown(response, service.restore(session, caller, daypart_id, expected))


def _shown(response: Response, row: DaypartRow) -> DaypartShown:
    tag(response, row.rev)
    return DaypartShown.model_validate(row)

"""Spare parts over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.faults.spares import repository, service
from server.faults.spares.schemas import SpareChange, SpareNew, SpareShown
from server.routes import Router
from server.tables import SparePart

router = Router(prefix="/api/v1/spare-parts", tags=["faults"])

Short = Annotated[bool, Query(description="only those of which there are fewer than there should be")]


@router.get("")
def spares(caller: CallerDep, session: ReadSession, asked: PageAsked, short: Short = False) -> Page[SpareShown]:
    """List spare parts with their stock, newest first."""
    caller.require(Permission.SEE)
    rows = repository.spares(session, caller.seen, asked, short=short)
    return asked.page(rows, _shown, lambda row: row.id)


@router.post("", status_code=201)
def make(new: SpareNew, caller: CallerDep, session: WriteSession, response: Response) -> SpareShown:
    """Begin to keep a kind of spare part."""
    return _tagged(response, service.make(session, caller, new))


@router.patch("/{spare_id}")
def change(
    spare_id: UUID, asked: SpareChange, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> SpareShown:
    """Write how many there are now, how many there should be, or another name."""
    return _tagged(response, service.change(session, caller, spare_id, asked, expected))


def _tagged(response: Response, row: SparePart) -> SpareShown:
    tag(response, row.rev)
    return _shown(row)


def _shown(row: SparePart) -> SpareShown:
    return SpareShown.model_validate(row.model_dump() | {"is_short": row.quantity < row.least_quantity})

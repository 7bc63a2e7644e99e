"""Swaps over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.faults.swaps import repository, service
from server.faults.swaps.schemas import (
    DeviceAsked,
    DeviceMade,
    StepShown,
    SwapDone,
    SwapGivenUp,
    SwapKind,
    SwapList,
    SwapNew,
    SwapShown,
    SwapState,
)
from server.faults.swaps.steps import steps_of
from server.parts import PartsDep
from server.routes import Router
from server.tables import Swap

router = Router(prefix="/api/v1", tags=["faults"])


@router.get("/panels/{panel_id}/swaps")
def swaps(panel_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> SwapList:
    """List the swaps of a panel's devices, the newest first."""
    panel = service.panel_of(session, caller, panel_id, Permission.SEE)
    return SwapList(items=shown(session, repository.swaps(session, panel.id), parts.clock()))


@router.post("/panels/{panel_id}/swaps", status_code=201)
def begin(
    panel_id: UUID, new: SwapNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> SwapShown:
    """Begin to swap a panel's kiosk or LED controller; what plays, plays on."""
    at = parts.clock()
    return _tagged(session, service.begin(session, caller, panel_id, new, at), response, at)


@router.get("/swaps/{swap_id}")
def swap(swap_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep) -> SwapShown:
    """Show a swap and how each step stands now."""
    row, _ = service.swap_of(session, caller, swap_id, Permission.SEE)
    return _tagged(session, row, response, parts.clock())


@router.post("/swaps/{swap_id}/device", status_code=201, dependencies=[RECENT_FACTOR])
def make_device(
    swap_id: UUID, asked: DeviceAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> DeviceMade:
    """Make the new kiosk and its enrolment code, or another code for it."""
    row, made = service.make_device(session, parts, caller, swap_id, asked)
    return DeviceMade(kiosk_id=row.new_kiosk_id, code=made.code, expires_at=made.row.expires_at)


@router.post("/swaps/{swap_id}/done")
def finish(
    swap_id: UUID, done: SwapDone, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response,
    parts: PartsDep,
) -> SwapShown:  # fmt: skip
    """End a swap that the panel confirms, with old and new serial number."""
    at = parts.clock()
    return _tagged(session, service.finish(session, caller, swap_id, done, at, expected), response, at)


@router.post("/swaps/{swap_id}/abandon")
def give_up(
    swap_id: UUID, asked: SwapGivenUp, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> SwapShown:  # fmt: skip
    """Give a swap up; a new kiosk that is not enrolled yet is shut out, and the old one plays on."""
    at = parts.clock()
    return _tagged(session, service.give_up(session, caller, swap_id, asked.note, at, expected), response, at)


def shown(session: Session, rows: Sequence[Swap], at: datetime) -> list[SwapShown]:
    """Return swaps with people's names and their steps, in their order."""
    people = {row.begun_by for row in rows} | {row.ended_by for row in rows if row.ended_by is not None}
    names = repository.names(session, people)
    return [
        SwapShown(
            **row.model_dump(exclude={"kind", "state", "ended_by", "found"}),
            kind=SwapKind(row.kind),
            state=SwapState(row.state),
            begun_by_name=names.get(row.begun_by, ""),
            ended_by_name=names.get(row.ended_by, "") if row.ended_by is not None else "",
            steps=steps_of(session, row, at)
            if row.found is None
            else [StepShown.model_validate(one) for one in row.found["steps"]],
            voltages_milli=row.found["voltages_milli"] if row.found is not None else {},
        )
        for row in rows
    ]


def _tagged(session: Session, row: Swap, response: Response, at: datetime) -> SwapShown:
    tag(response, row.rev)
    return shown(session, [row], at)[0]

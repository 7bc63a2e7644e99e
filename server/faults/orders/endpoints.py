"""Work orders over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.faults.alarms.showing import shown as alarms_shown
from server.faults.orders import repository, service
from server.faults.orders.schemas import (
    NoteAsked,
    OrderChange,
    OrderNew,
    OrderShown,
    OrderState,
    OrderStory,
    PartNew,
    PartShown,
    Step,
    StepShown,
    Verification,
    WaitAsked,
)
from server.faults.orders.verifying import verify
from server.parts import Parts, PartsDep
from server.routes import Router
from server.tables import Panel, WorkOrder

router = Router(prefix="/api/v1/work-orders", tags=["faults"])
Open = Annotated[bool | None, Query(description="true: running ones; false: closed ones; missing: both")]
Mine = Annotated[bool, Query(description="only those that are assigned to the caller")]


@router.get("")
def orders(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    open: Open = None,  # noqa: A002 - the parameter's public name
    panel_id: UUID | None = None,
    mine: Mine = False,
) -> Page[OrderShown]:
    """List work orders, newest first."""
    caller.require(Permission.SEE)
    who = caller.user_id if mine else None
    rows = repository.orders(session, caller.seen, asked, is_open=open, panel_id=panel_id, mine=who)
    said = {row.id: one for row, one in zip(rows, shown(session, rows), strict=True)}
    return asked.page(rows, lambda row: said[row.id], lambda row: row.id)


@router.post("", status_code=201)
def make(new: OrderNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep) -> OrderStory:
    """Make a work order for alarms of a panel."""
    row = service.make(session, caller, new, parts.clock())
    return _story(session, caller, row.id, response, parts)


@router.get("/{order_id}")
def order(order_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep) -> OrderStory:
    """Show a work order with its alarms, its parts, its history, and what the system says of the repair."""
    return _story(session, caller, order_id, response, parts)


@router.patch("/{order_id}")
def change(
    order_id: UUID, asked: OrderChange, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> OrderStory:  # fmt: skip
    """Write into a work order: who, when, contractor, warranty, estimate, decision, cause."""
    service.change(session, caller, order_id, asked, parts.clock(), expected)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/start")
def start(
    order_id: UUID, asked: NoteAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> OrderStory:  # fmt: skip
    """Begin the work."""
    at = parts.clock()
    do = partial(service.start, session, caller, order_id, asked.note, at, expected)
    service.once(session, caller, order_id, asked.client_id, at, do)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/wait")
def wait(
    order_id: UUID, asked: WaitAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> OrderStory:  # fmt: skip
    """Wait for parts or a decision until a time; the alarms are hidden until then."""
    at = parts.clock()
    do = partial(service.wait, session, caller, order_id, asked, at, expected)
    service.once(session, caller, order_id, asked.client_id, at, do)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/repaired")
def repaired(
    order_id: UUID, asked: NoteAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> OrderStory:  # fmt: skip
    """Say that it is repaired and what it was; the system confirms it where the device says so."""
    at = parts.clock()
    do = partial(service.repaired, session, caller, order_id, asked.note, at, expected)
    service.once(session, caller, order_id, asked.client_id, at, do)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/verify")
def verify_again(
    order_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> OrderStory:
    """Look again whether the device confirms the repair."""
    service.verified(session, caller, order_id, parts.clock(), expected)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/close")
def close(
    order_id: UUID, asked: NoteAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> OrderStory:  # fmt: skip
    """Close an order whose repair is confirmed."""
    at = parts.clock()
    do = partial(service.close, session, caller, order_id, asked.note, at, expected)
    service.once(session, caller, order_id, asked.client_id, at, do)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/cancel")
def cancel(
    order_id: UUID, asked: NoteAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> OrderStory:  # fmt: skip
    """Drop an order, with a reason."""
    at = parts.clock()
    do = partial(service.cancel, session, caller, order_id, asked.note, at, expected)
    service.once(session, caller, order_id, asked.client_id, at, do)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/notes")
def note(
    order_id: UUID, asked: NoteAsked, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> OrderStory:
    """Write a note."""
    at = parts.clock()
    do = partial(service.note, session, caller, order_id, asked.note, at)
    service.once(session, caller, order_id, asked.client_id, at, do)
    return _story(session, caller, order_id, response, parts)


@router.post("/{order_id}/parts")
def change_part(
    order_id: UUID, new: PartNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> OrderStory:
    """Write that a part was changed."""
    at = parts.clock()
    do = partial(service.change_part, session, caller, order_id, new, at)
    service.once(session, caller, order_id, new.client_id, at, do)
    return _story(session, caller, order_id, response, parts)


def shown(session: Session, rows: Sequence[WorkOrder]) -> list[OrderShown]:
    """Return work orders with the names of places and people, in their order."""
    places = repository.places(session, {row.panel_id for row in rows})
    names = repository.names(session, {row.assigned_to for row in rows if row.assigned_to is not None})
    return [
        OrderShown.model_validate(
            row.model_dump()
            | {
                "state": OrderState(row.state),
                "panel_name": places[row.panel_id][0],
                "site_name": places[row.panel_id][1],
                "assigned_to_name": names.get(row.assigned_to) if row.assigned_to is not None else None,
            }
        )
        for row in rows
    ]


def _story(session: Session, caller: CallerDep, order_id: UUID, response: Response, parts: Parts) -> OrderStory:
    row, panel = service.order_of(session, caller, order_id, Permission.SEE)
    tag(response, row.rev)
    at = parts.clock()
    alarms = repository.alarms(session, row.id)
    entries = repository.history(session, row.id)
    names = repository.names(session, {one.user_id for one in entries})
    history = [
        StepShown(at=one.at, what=Step(one.what), user_name=names.get(one.user_id, ""), note=one.note)
        for one in entries
    ]
    return OrderStory(
        **shown(session, [row])[0].model_dump(),
        alarms=alarms_shown(session, alarms, at),
        parts=[PartShown.model_validate(one.model_dump()) for one in repository.parts(session, row.id)],
        verification=verification_of(session, row, panel, parts),
        history=history,
    )


def verification_of(session: Session, row: WorkOrder, panel: Panel, parts: Parts) -> Verification:
    """Return what the system says of a repair: as of when it was verified, else as of now."""
    if row.verification is not None:
        return Verification.model_validate(row.verification)
    return verify(session, panel, repository.alarms(session, row.id), parts.clock())

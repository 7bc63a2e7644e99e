"""Checklists of work orders over HTTP."""

from __future__ import annotations

from uuid import UUID

from playlists.fault.checklist import STEPS
from playlists.language import Language
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import ReadSession, WriteSession
from server.faults.checklists import repository, service
from server.faults.checklists.schemas import Checklist, StepOfList, Tick
from server.faults.orders import repository as orders
from server.faults.orders import service as ordering
from server.parts import PartsDep
from server.routes import Router
from server.tables import WorkOrder

router = Router(prefix="/api/v1/work-orders/{order_id}/checks", tags=["faults"])


@router.get("")
def checklist(order_id: UUID, caller: CallerDep, session: ReadSession) -> Checklist:
    """Show the steps of a work order, and which are done."""
    return shown(session, ordering.order_of(session, caller, order_id, Permission.SEE)[0])


@router.post("")
def tick(order_id: UUID, asked: Tick, caller: CallerDep, session: WriteSession, parts: PartsDep) -> Checklist:
    """Say of one step that it is done, or after all not."""
    return shown(session, service.say(session, caller, order_id, asked, parts.clock()))


def shown(session: Session, order: WorkOrder) -> Checklist:
    """Return an order's steps with who said last whether they are done."""
    ticks = repository.ticks(session, order.id)
    names = orders.names(session, {row.user_id for row in ticks.values()})
    items = []
    for step in service.steps_of(session, order):
        row = ticks.get(step)
        items.append(
            StepOfList(
                step=step,
                sentences=dict(zip(Language, STEPS[step], strict=True)),
                is_done=row is not None and row.is_done,
                by_name=names.get(row.user_id, "") if row is not None else "",
                at=row.at if row is not None else None,
            )
        )
    return Checklist(items=items, left=sum(not one.is_done for one in items))

"""Decisions about checklists: which steps an order has, and who may tick them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from playlists.fault.checklist import checklist_of
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.db import Session
from server.errors import invalid
from server.faults.checklists import repository
from server.faults.checklists.schemas import Tick
from server.faults.orders import repository as orders
from server.faults.orders import service as ordering
from server.tables import WorkOrder, WorkOrderTick


def steps_of(session: Session, order: WorkOrder) -> tuple[str, ...]:
    """Return the keys of an order's steps: those of its alarms, or the generic ones."""
    return checklist_of(row.code for row in orders.alarms(session, order.id))


def say(session: Session, caller: Caller, order_id: UUID, asked: Tick, at: datetime) -> WorkOrder:
    """Say of one step that it is done, or after all not.

    Raises:
        Problem: 404, 403, 409 when the order is closed, 422 for a step that is not on its list.
    """
    order, panel = ordering.order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    if not ordering.is_new_form(session, caller, order, asked.client_id, at):
        return order
    if order.closed_at is not None:
        raise ordering.closed()
    if asked.step not in steps_of(session, order):
        raise invalid("no-such-step", f"{asked.step[:40]!r} is no step of this order's checklist.")
    row = repository.tick(session, order.id, asked.step)
    if row is None:
        row = WorkOrderTick(
            work_order_id=order.id, step=asked.step, is_done=asked.is_done, user_id=caller.user_id, at=at
        )
    row.is_done, row.user_id, row.at = asked.is_done, caller.user_id, at
    session.add(row)
    audit(session, caller, Action.WORK_ORDER_CHANGED, "work_order", order.id, name=f"{order.number} {order.title}",
          agency_id=panel.agency_id, after={"checked": asked.step, "is_done": asked.is_done})  # fmt: skip
    return ordering.touched(session, order)

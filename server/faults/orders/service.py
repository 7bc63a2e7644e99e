"""Decisions about work orders: who makes, takes, waits, repairs; and that a repair is proved before it is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from playlists.alarm.event import Word
from playlists.alarm.judge import Phase
from playlists.fault import CATALOGUE, FaultCode
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import Problem, conflict, invalid, not_found
from server.faults.alarms import service as alarms
from server.faults.alarms import standing
from server.faults.alarms.repository import WANTING
from server.faults.alarms.schemas import LONGEST_SHELF
from server.faults.orders import repository
from server.faults.orders.schemas import OrderChange, OrderNew, OrderState, PartNew, Step, WaitAsked
from server.faults.orders.verifying import verify
from server.tables import Alarm, Panel, WorkOrder, WorkOrderAlarm, WorkOrderEntry, WorkOrderForm, WorkOrderPart

WHAT = "work order"
RUNNING = (OrderState.OPEN, OrderState.STARTED, OrderState.WAITING, OrderState.REPAIRED, OrderState.VERIFIED)


def order_of(
    session: Session, caller: Caller, order_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[WorkOrder, Panel]:
    """Return a work order and its panel that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    row = repository.order(session, order_id, lock=lock)
    panel = repository.panel(session, row.panel_id) if row is not None else None
    if row is None or panel is None:
        raise not_found(WHAT)
    caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what=WHAT)
    return row, panel


def make(session: Session, caller: Caller, new: OrderNew, at: datetime) -> WorkOrder:
    """Make a work order; its alarms are taken by whoever makes it.

    Raises:
        Problem: 404, 403, 409 when an alarm has an order already, 422 for an alarm of another panel.
    """
    panel = repository.panel(session, new.panel_id)
    if panel is None:
        raise not_found("panel")
    caller.require(Permission.ACKNOWLEDGE_FAULTS, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    rows = [_alarm_for(session, caller, panel, alarm_id) for alarm_id in dict.fromkeys(new.alarm_ids)]
    if taken := repository.open_order_of(session, [row.id for row in rows]):
        number = next(iter(taken.values())).number
        raise conflict("alarm-has-order", f"Work order no. {number} is to close this alarm already.")
    title = new.title or next((_name(row, caller) for row in rows), "")
    if not title:
        raise invalid("title-missing", "Say what is to be done, or choose an alarm.")
    order = repository.add_numbered(
        session,
        WorkOrder(
            number=0, site_id=panel.site_id, panel_id=panel.id, title=title, state=OrderState.OPEN,
            made_by=caller.user_id,
        ),
    )  # fmt: skip
    for row in rows:
        session.add(WorkOrderAlarm(work_order_id=order.id, alarm_id=row.id))
        if row.phase == Phase.UNACKNOWLEDGED:
            standing.note(session, row, Word.ACKNOWLEDGED, at, at, user_id=caller.user_id, text=f"no. {order.number}")
            row.acknowledged_by = caller.user_id
    write(session, caller, order, Step.MADE, "", at)
    if new.assigned_to is not None:
        _assign(session, caller, order, panel, new.assigned_to, at)
    return order


def change(
    session: Session, caller: Caller, order_id: UUID, asked: OrderChange, at: datetime, expected: Expected
) -> WorkOrder:
    """Write into a work order.

    Raises:
        Problem: 404, 403, 409 when it is closed, 412, 422 for a person who may not be given it.
    """
    order, panel = _for_change(session, caller, order_id, expected)
    fields = asked.model_dump(exclude_unset=True)
    to = fields.pop("assigned_to", order.assigned_to)
    for name, value in fields.items():
        setattr(order, name, value if value is not None or name not in {"title", "contractor", "cause"} else "")
    if to != order.assigned_to:
        _assign(session, caller, order, panel, to, at)
    touched(session, order)
    return order


def start(session: Session, caller: Caller, order_id: UUID, note: str, at: datetime, expected: Expected) -> WorkOrder:
    """Say that somebody works on it: its alarms say so, too."""
    order, _ = _for_change(session, caller, order_id, expected)
    if order.state not in (OrderState.OPEN, OrderState.WAITING):
        raise conflict("order-started", "The work on this order has begun already.")
    for row in repository.alarms(session, order.id):
        if row.phase in (Phase.UNACKNOWLEDGED, Phase.ACKNOWLEDGED):
            standing.note(session, row, Word.UNSHELVED, at, at, user_id=caller.user_id)
            standing.note(session, row, Word.STARTED, at, at, user_id=caller.user_id)
            row.acknowledged_by = row.acknowledged_by or caller.user_id
    order.state, order.started_at = OrderState.STARTED, order.started_at or at
    order.waiting_for, order.waiting_until = "", None
    order.assigned_to = order.assigned_to or caller.user_id
    return write(session, caller, order, Step.STARTED, note, at)


def wait(
    session: Session, caller: Caller, order_id: UUID, asked: WaitAsked, at: datetime, expected: Expected
) -> WorkOrder:
    """Say what the work waits for: its alarms are hidden until then, and come back by themselves."""
    order, _ = _for_change(session, caller, order_id, expected)
    if not at < asked.until <= at + LONGEST_SHELF:
        raise invalid("wait-time", f"Work waits until a later time, {LONGEST_SHELF.days} days at most.")
    for row in repository.alarms(session, order.id):
        if row.phase in WANTING:
            text = asked.waiting_for
            standing.note(session, row, Word.SHELVED, at, at, user_id=caller.user_id, text=text, until=asked.until)
    order.state, order.waiting_for, order.waiting_until = OrderState.WAITING, asked.waiting_for, asked.until
    return write(session, caller, order, Step.WAITED, asked.waiting_for, at)


def repaired(
    session: Session, caller: Caller, order_id: UUID, note: str, at: datetime, expected: Expected
) -> WorkOrder:
    """Say that it is repaired; the system confirms it at once where the device says so."""
    order, panel = _for_change(session, caller, order_id, expected)
    order.state, order.repaired_at = OrderState.REPAIRED, at
    if note:
        order.cause = note
    write(session, caller, order, Step.REPAIRED, note, at)
    return _verified(session, caller, order, panel, at)


def verified(session: Session, caller: Caller, order_id: UUID, at: datetime, expected: Expected) -> WorkOrder:
    """Look again whether the device confirms the repair.

    Raises:
        Problem: 404, 403, 409 with what is not well yet, 412.
    """
    order, panel = _for_change(session, caller, order_id, expected)
    if order.state != OrderState.REPAIRED:
        raise conflict("order-not-repaired", "Say first that it is repaired; then the system can confirm it.")
    order = _verified(session, caller, order, panel, at)
    if order.state != OrderState.VERIFIED:
        found = verify(session, panel, repository.alarms(session, order.id), at)
        bad = "; ".join(f"{one.what}: {one.detail}" for one in found.checks if not one.is_well)
        raise conflict("repair-not-confirmed", f"The device does not confirm the repair yet: {bad}.")
    return order


def close(session: Session, caller: Caller, order_id: UUID, note: str, at: datetime, expected: Expected) -> WorkOrder:
    """Close an order whose repair the system has confirmed.

    Raises:
        Problem: 404, 403, 409 when it is not confirmed, 412.
    """
    order, _ = _for_change(session, caller, order_id, expected)
    if order.state != OrderState.VERIFIED:
        raise conflict("order-not-verified", "A work order is closed when the system has confirmed the repair.")
    for row in repository.alarms(session, order.id):
        if row.phase == Phase.RETURNED:
            standing.note(session, row, Word.ACKNOWLEDGED, at, at, user_id=caller.user_id)
            row.acknowledged_by = caller.user_id
    order.state, order.closed_at = OrderState.CLOSED, at
    return write(session, caller, order, Step.CLOSED, note, at)


def cancel(session: Session, caller: Caller, order_id: UUID, note: str, at: datetime, expected: Expected) -> WorkOrder:
    """Drop an order, with a reason; its alarms stay."""
    order, _ = _for_change(session, caller, order_id, expected)
    if not note.strip():
        raise invalid("reason-missing", "Say why the work is not done.")
    order.state, order.closed_at = OrderState.CANCELLED, at
    return write(session, caller, order, Step.CANCELLED, note, at)


def note(session: Session, caller: Caller, order_id: UUID, text: str, at: datetime) -> WorkOrder:
    """Write a note; a closed order takes some, too."""
    order, _ = order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    if not text.strip():
        raise invalid("note-missing", "Write what is to be noted.")
    return write(session, caller, order, Step.NOTED, text, at)


def change_part(session: Session, caller: Caller, order_id: UUID, new: PartNew, at: datetime) -> WorkOrder:
    """Write that a part was changed; a spare part goes out of the stock.

    Raises:
        Problem: 404, 403, 409 when the order is closed or the stock is empty.
    """
    order, panel = order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    if order.closed_at is not None:
        raise closed()
    batch = new.batch
    if new.spare_part_id is not None:
        spare = repository.spare(session, new.spare_part_id)
        if spare is None or spare.agency_id != panel.agency_id:
            raise not_found("spare part")
        if spare.quantity <= 0:
            raise conflict("stock-empty", f"There is no {spare.name} left in the stock; write in what came first.")
        spare.quantity -= 1
        spare.rev += 1
        batch = batch or spare.batch
        session.add(spare)
        note_change(session, "spare", spare.id)
    session.add(
        WorkOrderPart(**new.model_dump(exclude={"batch", "client_id"}), batch=batch, work_order_id=order.id, at=at)
    )
    words = f"{new.name}: {new.old_serial or '?'} → {new.new_serial or '?'}"
    return write(session, caller, order, Step.PART, words, at)


def _verified(session: Session, caller: Caller, order: WorkOrder, panel: Panel, at: datetime) -> WorkOrder:
    found = verify(session, panel, repository.alarms(session, order.id), at)
    if not found.is_well:
        return order
    order.state, order.verified_at, order.verification = OrderState.VERIFIED, at, found.model_dump(mode="json")
    return write(session, caller, order, Step.VERIFIED, "", at)


def _for_change(session: Session, caller: Caller, order_id: UUID, expected: Expected) -> tuple[WorkOrder, Panel]:
    order, panel = order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    expected.check(order.rev)
    if order.closed_at is not None:
        raise closed()
    return order, panel


def _assign(
    session: Session, caller: Caller, order: WorkOrder, panel: Panel, user_id: UUID | None, at: datetime
) -> None:
    name = ""
    if user_id is not None:
        known = {user.id: user for user in repository.technicians(session, panel.agency_id)}
        if user_id not in known:
            raise invalid("wrong-person", "This person does not work for the panel's agency.")
        name = known[user_id].display_name
    order.assigned_to = user_id
    write(session, caller, order, Step.ASSIGNED, name, at)


def _alarm_for(session: Session, caller: Caller, panel: Panel, alarm_id: UUID) -> Alarm:
    row = alarms.alarm_of(session, caller, alarm_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    if row.panel_id not in (panel.id, None) or row.site_id != panel.site_id:
        raise invalid("alarm-elsewhere", "This alarm is of another panel; make a work order there.")
    return row


def _name(row: Alarm, caller: Caller) -> str:
    if row.code not in set(FaultCode):
        return row.code
    name = getattr(CATALOGUE[FaultCode(row.code)].name, caller.language)
    return f"{name} ({row.subject})" if row.subject else str(name)


def is_new_form(session: Session, caller: Caller, order: WorkOrder, client_id: UUID | None, at: datetime) -> bool:
    """Tell whether a form counts: one that was kept without a link and is sent twice counts once.

    The order must be locked. A form without an id always counts.

    Raises:
        Problem: 409 when the id belongs to a form of another order.
    """
    if client_id is None:
        return True
    if is_counted(session, order, client_id):
        return False
    session.add(WorkOrderForm(id=client_id, work_order_id=order.id, user_id=caller.user_id, at=at))
    session.flush()
    return True


def is_counted(session: Session, order: WorkOrder, client_id: UUID) -> bool:
    """Tell whether a form of this id counted for this order before.

    Raises:
        Problem: 409 when the id belongs to a form of another order.
    """
    known = repository.form(session, client_id)
    if known is not None and known.work_order_id != order.id:
        raise conflict("form-elsewhere", "A form with this id was sent for another work order; give it a new id.")
    return known is not None


def once(
    session: Session, caller: Caller, order_id: UUID, client_id: UUID | None, at: datetime, do: Callable[[], object]
) -> None:
    """Do what a form asks, unless the form of this id was done before.

    Raises:
        Problem: 404, 403, 409; whatever `do` raises, and then the form has not counted.
    """
    order, _ = order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    if is_new_form(session, caller, order, client_id, at):
        do()


def write(session: Session, caller: Caller, order: WorkOrder, what: Step, text: str, at: datetime) -> WorkOrder:
    """Write a step into an order's history and into the audit log; the order must be locked."""
    entry = WorkOrderEntry(work_order_id=order.id, at=at, user_id=caller.user_id, what=what)
    entry.note = text.strip()
    session.add(entry)
    panel = repository.panel(session, order.panel_id)
    agency_id = panel.agency_id if panel is not None else None
    audit(session, caller, Action.WORK_ORDER_CHANGED, "work_order", order.id, name=f"{order.number} {order.title}",
          agency_id=agency_id, after={"step": what, "note": entry.note})  # fmt: skip
    return touched(session, order)


def touched(session: Session, order: WorkOrder) -> WorkOrder:
    """Raise an order's revision and tell whoever looks at it; the order must be locked."""
    order.rev += 1
    session.add(order)
    session.flush()
    note_change(session, "order", order.id)
    return order


def closed() -> Problem:
    """Return the 409 of an order that takes nothing more."""
    return conflict("order-closed", "This work order is closed; make another one.")

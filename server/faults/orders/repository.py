"""Queries about work orders."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, or_, select

from server.db import Session
from server.edge import Slice
from server.seen import Seen
from server.tables import (
    Alarm,
    Panel,
    Site,
    SparePart,
    User,
    WorkOrder,
    WorkOrderAlarm,
    WorkOrderEntry,
    WorkOrderForm,
    WorkOrderPart,
)

NUMBER_TRIES = 10


def order(session: Session, order_id: UUID, *, lock: bool = False) -> WorkOrder | None:
    """Return a work order."""
    return session.get(WorkOrder, order_id, with_for_update=lock or None)


def add_numbered(session: Session, row: WorkOrder) -> WorkOrder:
    """Add a work order with the number after the last one; two that are made at once get one each.

    Raises:
        IntegrityError: others were faster, again and again.
    """
    for attempt in range(NUMBER_TRIES):
        row.number = (session.exec(select(func.max(WorkOrder.number))).one() or 0) + 1
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            if attempt == NUMBER_TRIES - 1:
                raise
        else:
            return row
    return row


def orders(
    session: Session, seen: Seen, part: Slice, *, is_open: bool | None, panel_id: UUID | None, mine: UUID | None
) -> list[WorkOrder]:
    """Return work orders, newest first, one more than the page holds; `mine`: assigned to that person."""
    statement = (
        select(WorkOrder)
        .join(Panel, col(Panel.id) == col(WorkOrder.panel_id))
        .where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
        .order_by(col(WorkOrder.id).desc())
        .limit(part.limit + 1)
    )
    if is_open is not None:
        closed = col(WorkOrder.closed_at)
        statement = statement.where(closed.is_(None) if is_open else closed.is_not(None))
    if panel_id is not None:
        statement = statement.where(WorkOrder.panel_id == panel_id)
    if mine is not None:
        statement = statement.where(WorkOrder.assigned_to == mine)
    if part.before is not None:
        statement = statement.where(col(WorkOrder.id) < part.before)
    return list(session.exec(statement))


def alarms(session: Session, order_id: UUID) -> list[Alarm]:
    """Return the alarms that an order is to close."""
    statement = select(Alarm).join(WorkOrderAlarm, col(WorkOrderAlarm.alarm_id) == col(Alarm.id))
    return list(session.exec(statement.where(WorkOrderAlarm.work_order_id == order_id).order_by(col(Alarm.id))))


def open_order_of(session: Session, alarm_ids: Collection[UUID]) -> dict[UUID, WorkOrder]:
    """Return the order that is to close an alarm, for those of some alarms that have one."""
    statement = (
        select(WorkOrderAlarm.alarm_id, WorkOrder)
        .join(WorkOrder, col(WorkOrder.id) == col(WorkOrderAlarm.work_order_id))
        .where(col(WorkOrderAlarm.alarm_id).in_(list(alarm_ids)), col(WorkOrder.closed_at).is_(None))
    )
    return dict(iter(session.exec(statement)))


def history(session: Session, order_id: UUID) -> list[WorkOrderEntry]:
    """Return an order's history, oldest first."""
    statement = select(WorkOrderEntry).where(WorkOrderEntry.work_order_id == order_id).order_by(col(WorkOrderEntry.id))
    return list(session.exec(statement))


def form(session: Session, client_id: UUID) -> WorkOrderForm | None:
    """Return a form that counted."""
    return session.get(WorkOrderForm, client_id)


def parts(session: Session, order_id: UUID) -> list[WorkOrderPart]:
    """Return the parts that were changed, in order."""
    statement = select(WorkOrderPart).where(WorkOrderPart.work_order_id == order_id).order_by(col(WorkOrderPart.id))
    return list(session.exec(statement))


def spare(session: Session, spare_id: UUID) -> SparePart | None:
    """Return a spare part, locked."""
    return session.get(SparePart, spare_id, with_for_update=True)


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


def places(session: Session, panel_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return the names of panels and of their sites."""
    statement = select(Panel, Site).join(Site, col(Site.id) == col(Panel.site_id))
    found = session.exec(statement.where(col(Panel.id).in_(list(panel_ids))))
    return {row.id: (row.name, site.name) for row, site in found}


def user(session: Session, user_id: UUID) -> User | None:
    """Return a person."""
    return session.get(User, user_id)


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return people's names."""
    return {row.id: row.display_name for row in session.exec(select(User).where(col(User.id).in_(list(ids))))}


def technicians(session: Session, agency_id: UUID) -> list[User]:
    """Return people of an agency, and of the whole installation, who may be given a work order."""
    statement = select(User).where(or_(User.agency_id == agency_id, col(User.agency_id).is_(None)))
    return list(session.exec(statement.where(col(User.disabled_at).is_(None)).order_by(col(User.display_name))))

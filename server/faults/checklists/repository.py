"""Queries about ticked steps."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select

from server.db import Session
from server.tables import WorkOrderTick


def tick(session: Session, order_id: UUID, step: str) -> WorkOrderTick | None:
    """Return what was said last of a step."""
    return session.get(WorkOrderTick, (order_id, step))


def ticks(session: Session, order_id: UUID) -> dict[str, WorkOrderTick]:
    """Return what was said last of each step of an order."""
    found = session.exec(select(WorkOrderTick).where(WorkOrderTick.work_order_id == order_id))
    return {row.step: row for row in found}

"""Queries about photos."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, func, select

from server.db import Session
from server.tables import WorkOrderPhoto


def photo(session: Session, photo_id: UUID) -> WorkOrderPhoto | None:
    """Return a photo."""
    return session.get(WorkOrderPhoto, photo_id)


def photos(session: Session, order_id: UUID) -> list[WorkOrderPhoto]:
    """Return an order's photos, oldest first."""
    statement = select(WorkOrderPhoto).where(WorkOrderPhoto.work_order_id == order_id)
    return list(session.exec(statement.order_by(col(WorkOrderPhoto.id))))


def count(session: Session, order_id: UUID) -> int:
    """Return how many photos an order has."""
    return session.exec(select(func.count()).where(WorkOrderPhoto.work_order_id == order_id)).one()


def remove(session: Session, row: WorkOrderPhoto) -> None:
    """Delete a photo's row."""
    session.delete(row)
    session.flush()

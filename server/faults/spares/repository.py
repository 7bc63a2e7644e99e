"""Queries about spare parts."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.edge import Slice
from server.seen import Seen
from server.tables import SparePart


def spare(session: Session, spare_id: UUID, *, lock: bool = False) -> SparePart | None:
    """Return a kind of spare part."""
    return session.get(SparePart, spare_id, with_for_update=lock or None)


def spares(session: Session, seen: Seen, part: Slice, *, short: bool = False) -> list[SparePart]:
    """Return kinds of spare parts, newest first, one more than the page holds; `short`: those that run out."""
    statement = select(SparePart).where(seen.of(col(SparePart.agency_id))).order_by(col(SparePart.id).desc())
    if short:
        statement = statement.where(col(SparePart.quantity) < col(SparePart.least_quantity))
    if part.before is not None:
        statement = statement.where(col(SparePart.id) < part.before)
    return list(session.exec(statement.limit(part.limit + 1)))

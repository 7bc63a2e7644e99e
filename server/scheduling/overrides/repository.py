"""Queries about overrides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select

from server.db import Session
from server.edge import Slice
from server.scheduling.targets import repository as targets
from server.seen import Seen
from server.tables import OverrideRow, Panel


def override(session: Session, override_id: UUID, *, lock: bool = False) -> OverrideRow | None:
    """Return an override; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(OverrideRow, override_id, with_for_update=lock or None)


def overrides(
    session: Session, seen: Seen, panel: Panel | None, at: datetime, part: Slice, *, past: bool
) -> list[OverrideRow]:
    """Return overrides that are over at a time, or those that are not, newest first, one more than the page holds."""
    over = or_(col(OverrideRow.ended_at).is_not(None), col(OverrideRow.ends_at) <= at)
    statement = select(OverrideRow).where(over if past else ~over)
    statement = statement.order_by(col(OverrideRow.id).desc()).limit(part.limit + 1)
    statement = statement.where(seen.of(col(OverrideRow.agency_id)))
    if panel is not None:
        statement = statement.where(targets.overrides_mean(panel))
    if part.before is not None:
        statement = statement.where(col(OverrideRow.id) < part.before)
    return list(session.exec(statement))


def of_panel(session: Session, panel: Panel, since: datetime) -> list[OverrideRow]:
    """Return the overrides of a panel that last beyond a time and were not ended, by id."""
    statement = (
        select(OverrideRow)
        .where(col(OverrideRow.ended_at).is_(None), col(OverrideRow.ends_at) > since, targets.overrides_mean(panel))
        .order_by(col(OverrideRow.id))
    )
    return list(session.exec(statement))

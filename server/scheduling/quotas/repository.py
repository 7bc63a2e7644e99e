"""Queries about quotas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlmodel import col, delete, select

from server.db import Session
from server.tables import Agency, PanelQuota


def of_panel(session: Session, panel_id: UUID) -> list[tuple[PanelQuota, Agency]]:
    """Return the quotas of a panel with their agencies, by agency."""
    statement = (
        select(PanelQuota, Agency)
        .join(Agency, col(Agency.id) == col(PanelQuota.agency_id))
        .where(PanelQuota.panel_id == panel_id)
        .order_by(col(PanelQuota.agency_id))
    )
    return list(session.exec(statement).all())


def replace(session: Session, panel_id: UUID, permille: Mapping[UUID, int]) -> None:
    """Put new quotas in the place of all old ones of a panel."""
    session.exec(delete(PanelQuota).where(col(PanelQuota.panel_id) == panel_id))
    session.add_all(PanelQuota(panel_id=panel_id, agency_id=one, permille=part) for one, part in permille.items())
    session.flush()


def open_agencies(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these agencies there are, and not closed."""
    statement = select(Agency.id).where(col(Agency.id).in_(list(ids)), col(Agency.closed_at).is_(None))
    return set(session.exec(statement))

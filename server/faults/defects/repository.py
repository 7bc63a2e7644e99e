"""Rows of what people reported."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.tables import Fault, Kiosk, Panel
from server.tables.faults import FaultSource


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


def kiosk_of(session: Session, panel_id: UUID) -> Kiosk | None:
    """Return the kiosk in use behind a panel."""
    enrolled = col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None)
    return session.exec(select(Kiosk).where(Kiosk.panel_id == panel_id, *enrolled)).first()


def standing(session: Session, panel_id: UUID, code: str, part: str) -> Fault | None:
    """Return what was reported of a part of a panel and stands, locked."""
    wanted = Fault.panel_id == panel_id, Fault.code == code, Fault.subject == part, Fault.source == FaultSource.PERSON
    statement = select(Fault).where(*wanted, col(Fault.cleared_at).is_(None))
    return session.exec(statement.with_for_update()).first()

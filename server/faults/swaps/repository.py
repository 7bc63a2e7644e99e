"""Queries about swaps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.tables import EnrolmentCode, Kiosk, KioskCommand, KioskStatus, Panel, Swap, User

MOST = 50


def panel(session: Session, panel_id: UUID, *, lock: bool = False) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id, with_for_update=lock or None)


def swap(session: Session, swap_id: UUID, *, lock: bool = False) -> Swap | None:
    """Return a swap."""
    return session.get(Swap, swap_id, with_for_update=lock or None)


def running(session: Session, panel_id: UUID) -> Swap | None:
    """Return the swap that runs at a panel."""
    return session.exec(select(Swap).where(Swap.panel_id == panel_id, Swap.state == "running")).first()


def swaps(session: Session, panel_id: UUID) -> list[Swap]:
    """Return a panel's swaps, the newest first."""
    return list(session.exec(select(Swap).where(Swap.panel_id == panel_id).order_by(col(Swap.id).desc()).limit(MOST)))


def kiosk(session: Session, kiosk_id: UUID | None) -> Kiosk | None:
    """Return a kiosk."""
    return session.get(Kiosk, kiosk_id) if kiosk_id is not None else None


def kiosk_behind(session: Session, panel_id: UUID) -> Kiosk | None:
    """Return the kiosk that drives a panel."""
    return session.exec(select(Kiosk).where(Kiosk.panel_id == panel_id)).first()


def status(session: Session, kiosk_id: UUID) -> KioskStatus | None:
    """Return what a kiosk last said."""
    return session.get(KioskStatus, kiosk_id)


def has_code(session: Session, kiosk_id: UUID, at: datetime) -> bool:
    """Tell whether a code of a kiosk is in force."""
    statement = select(EnrolmentCode.id).where(
        EnrolmentCode.kiosk_id == kiosk_id,
        EnrolmentCode.expires_at > at,
        col(EnrolmentCode.refused_at).is_(None),
        col(EnrolmentCode.frozen_at).is_(None),
    )
    return session.exec(statement).first() is not None


def last_command(session: Session, panel_id: UUID, name: str, since: datetime) -> KioskCommand | None:
    """Return the newest command of a name that a panel's kiosk was given since a time."""
    statement = select(KioskCommand).where(
        KioskCommand.panel_id == panel_id, KioskCommand.name == name, KioskCommand.asked_at >= since
    )
    return session.exec(statement.order_by(col(KioskCommand.id).desc())).first()


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return people's names."""
    return {row.id: row.display_name for row in session.exec(select(User).where(col(User.id).in_(list(ids))))}

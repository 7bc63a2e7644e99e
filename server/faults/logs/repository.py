"""Rows of kiosks' logs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlmodel import col, delete, func, select

from server.db import Session
from server.tables import KioskCommand, KioskLog, Panel


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


def command(session: Session, command_id: UUID) -> KioskCommand | None:
    """Return a command."""
    return session.get(KioskCommand, command_id)


def newest_command(session: Session, panel_id: UUID, name: str) -> KioskCommand | None:
    """Return the newest command of a name to a panel's kiosk."""
    statement = select(KioskCommand).where(KioskCommand.panel_id == panel_id, KioskCommand.name == name)
    return session.exec(statement.order_by(col(KioskCommand.id).desc()).limit(1)).first()


def count(session: Session, command_id: UUID) -> int:
    """Return how many messages came for a command."""
    return session.exec(select(func.count()).where(KioskLog.command_id == command_id)).one()


def newest(session: Session, panel_id: UUID, most: int) -> list[KioskLog]:
    """Return the newest messages of a panel's log, oldest first."""
    statement = select(KioskLog).where(KioskLog.panel_id == panel_id).order_by(col(KioskLog.id).desc()).limit(most)
    return list(reversed(session.exec(statement).all()))


def every(session: Session, panel_id: UUID) -> Iterator[KioskLog]:
    """Yield all kept messages of a panel's log, oldest first."""
    statement = select(KioskLog).where(KioskLog.panel_id == panel_id).order_by(col(KioskLog.id))
    yield from session.exec(statement.execution_options(yield_per=100))


def forget(session: Session, before: datetime) -> None:
    """Delete what came before a time."""
    session.exec(delete(KioskLog).where(col(KioskLog.taken_at) < before))

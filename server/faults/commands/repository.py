"""Queries about commands to kiosks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.edge import Slice
from server.tables import Kiosk, KioskCommand, KioskStatus, Panel, User


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


def kiosk_of(session: Session, panel_id: UUID) -> tuple[Kiosk, KioskStatus | None] | None:
    """Return the kiosk in use behind a panel, and what it last said."""
    statement = (
        select(Kiosk, KioskStatus)
        .outerjoin(KioskStatus, col(KioskStatus.kiosk_id) == col(Kiosk.id))
        .where(Kiosk.panel_id == panel_id, col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None))
    )
    found = session.exec(statement).first()
    return (found[0], found[1]) if found is not None else None


def command(session: Session, command_id: UUID) -> KioskCommand | None:
    """Return a command, locked."""
    return session.get(KioskCommand, command_id, with_for_update=True)


def commands(session: Session, panel_id: UUID, part: Slice) -> list[KioskCommand]:
    """Return a panel's commands, newest first, one more than the page holds."""
    statement = select(KioskCommand).where(KioskCommand.panel_id == panel_id)
    statement = statement.order_by(col(KioskCommand.id).desc()).limit(part.limit + 1)
    if part.before is not None:
        statement = statement.where(col(KioskCommand.id) < part.before)
    return list(session.exec(statement))


def unanswered(session: Session, states: Iterable[str], before: datetime) -> list[KioskCommand]:
    """Return commands in some states whose time was over before a time, locked."""
    statement = select(KioskCommand).where(col(KioskCommand.state).in_(list(states)), KioskCommand.expires_at < before)
    return list(session.exec(statement.limit(500).with_for_update()))


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return people's names."""
    return {row.id: row.display_name for row in session.exec(select(User).where(col(User.id).in_(list(ids))))}

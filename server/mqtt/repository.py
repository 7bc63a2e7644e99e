"""What the link asks of the database: which kiosks may speak, and the epoch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from server.tables import Kiosk, KioskStatus, Mark
from server.tables.boards import BoardSource

EPOCH = "broker-epoch"


def known_kiosks(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these kiosks are enrolled and not revoked."""
    found = select(Kiosk.id).where(
        col(Kiosk.id).in_(list(ids)), col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None)
    )
    return set(session.exec(found))


def password_lines(session: Session) -> list[str]:
    """Return the password file's lines of every kiosk and every other system that may connect."""
    lines = select(Kiosk.mqtt_password_line).where(
        col(Kiosk.mqtt_password_line).is_not(None), col(Kiosk.revoked_at).is_(None)
    )
    lines = lines.order_by(col(Kiosk.id))
    sources = select(BoardSource.mqtt_password_line).where(col(BoardSource.revoked_at).is_(None))
    sources = sources.order_by(col(BoardSource.id))
    return [line for line in session.exec(lines) if line is not None] + list(session.exec(sources))


def read_epoch(session: Session) -> UUID | None:
    """Return the mark that the broker should hold, or None before the first one."""
    mark = session.get(Mark, EPOCH)
    return UUID(mark.value) if mark is not None else None


def write_epoch(session: Session, epoch: UUID) -> None:
    """Remember the mark that the broker should hold from now on."""
    mark = session.get(Mark, EPOCH) or Mark(name=EPOCH, value="")
    mark.value = str(epoch)
    session.add(mark)


def note_heard(session: Session, known: set[UUID], heard: dict[UUID, datetime]) -> None:
    """See that every known kiosk has a status row, and write when it was last heard."""
    found = session.exec(select(KioskStatus).where(col(KioskStatus.kiosk_id).in_(list(known))))
    rows = {row.kiosk_id: row for row in found}
    for kiosk_id in known:
        row = rows.get(kiosk_id) or KioskStatus(kiosk_id=kiosk_id)
        at = heard.get(kiosk_id)
        if at is not None and (row.heard_at is None or at > row.heard_at):
            row.heard_at = at
        session.add(row)

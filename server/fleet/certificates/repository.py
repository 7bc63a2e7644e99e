"""Queries about certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from server.tables import Certificate, Kiosk


def certificate(session: Session, serial: str, *, lock: bool = False) -> Certificate | None:
    """Return a certificate by its serial number."""
    return session.get(Certificate, serial, with_for_update=lock or None)


def certificates(session: Session, kiosk_id: UUID) -> list[Certificate]:
    """Return a kiosk's certificates, newest first."""
    statement = select(Certificate).where(Certificate.kiosk_id == kiosk_id)
    return list(session.exec(statement.order_by(col(Certificate.issued_at).desc(), col(Certificate.serial))))


def standing(session: Session, kiosk_ids: Sequence[UUID]) -> dict[UUID, Certificate]:
    """Return each kiosk's newest certificate that is not blocked."""
    good = select(Certificate).where(col(Certificate.kiosk_id).in_(kiosk_ids), col(Certificate.blocked_at).is_(None))
    return {row.kiosk_id: row for row in session.exec(good.order_by(col(Certificate.issued_at)))}


def kiosk_by_serial(session: Session, serial: str, at: datetime) -> Kiosk | None:
    """Return the kiosk of a certificate that is neither over nor blocked, unless the kiosk was revoked."""
    statement = (
        select(Kiosk)
        .join(Certificate, col(Certificate.kiosk_id) == col(Kiosk.id))
        .where(
            Certificate.serial == serial,
            col(Certificate.blocked_at).is_(None),
            col(Certificate.not_after) > at,
            col(Kiosk.revoked_at).is_(None),
        )
    )
    return session.exec(statement).first()

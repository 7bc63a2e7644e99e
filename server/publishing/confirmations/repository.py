"""Queries about what people said to be still right, and which panels show it."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.tables import AiredRevision, Confirmation, Kiosk, Panel, Revision, User


def confirmations(session: Session, notice_id: UUID, most: int) -> list[tuple[Confirmation, int, str]]:
    """Return what was said of a notice, newest first, each with the revision's number and the person's name."""
    statement = (
        select(Confirmation, Revision.number, User.display_name)
        .join(Revision, col(Revision.id) == col(Confirmation.revision_id))
        .join(User, col(User.id) == col(Confirmation.confirmed_by))
        .where(Confirmation.notice_id == notice_id)
        .order_by(col(Confirmation.confirmed_at).desc(), col(Confirmation.id).desc())
        .limit(most)
    )
    return list(session.exec(statement).all())


def panels_showing(session: Session, notice_id: UUID, revision: int) -> list[Panel]:
    """Return the panels whose kiosks were ever assigned a revision of a notice, by name."""
    kiosks = select(AiredRevision.kiosk_id).where(
        AiredRevision.notice_id == notice_id, AiredRevision.revision == revision
    )
    shown = select(Kiosk.panel_id).where(col(Kiosk.id).in_(kiosks), col(Kiosk.revoked_at).is_(None))
    statement = select(Panel).where(col(Panel.id).in_(shown))
    return list(session.exec(statement.order_by(col(Panel.name), col(Panel.id))))

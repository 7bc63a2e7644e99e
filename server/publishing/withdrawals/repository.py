"""Queries about withdrawals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from server.seen import Seen
from server.tables import Kiosk, NoticeWithdrawal, Panel, SignedDocument, Site
from server.tables.trust import DocumentState
from server.trust.kinds import Kind

MOST = 200


class Place(NamedTuple):
    """A kiosk with the panel and the site that it stands at."""

    kiosk_id: UUID
    panel_id: UUID
    site: str


def withdrawal(session: Session, withdrawal_id: UUID, *, lock: bool = False) -> NoticeWithdrawal | None:
    """Return a withdrawal."""
    return session.get(NoticeWithdrawal, withdrawal_id, with_for_update=lock or None)


def of_notice(session: Session, notice_id: UUID) -> list[NoticeWithdrawal]:
    """Return the withdrawals of a notice, the newest first."""
    statement = select(NoticeWithdrawal).where(NoticeWithdrawal.notice_id == notice_id)
    return list(session.exec(statement.order_by(col(NoticeWithdrawal.id).desc())))


def seen(session: Session, by: Seen) -> list[NoticeWithdrawal]:
    """Return the withdrawals of agencies that a person sees, the newest first."""
    statement = select(NoticeWithdrawal).where(by.of(col(NoticeWithdrawal.agency_id)))
    return list(session.exec(statement.order_by(col(NoticeWithdrawal.id).desc()).limit(MOST)))


def documents(session: Session, ids: Iterable[UUID]) -> dict[UUID, SignedDocument]:
    """Return documents by id."""
    found = session.exec(select(SignedDocument).where(col(SignedDocument.id).in_(list(ids))))
    return {row.id: row for row in found}


def sealed(session: Session) -> list[SignedDocument]:
    """Return all withdrawals that an approver signed, the newest first."""
    statement = select(SignedDocument).where(
        SignedDocument.kind == Kind.WITHDRAWAL, SignedDocument.state == DocumentState.SEALED
    )
    return list(session.exec(statement.order_by(col(SignedDocument.sealed_at).desc(), col(SignedDocument.id).desc())))


def places(session: Session) -> list[Place]:
    """Return every enrolled kiosk that drives a panel."""
    statement = (
        select(Kiosk.id, Panel.id, Site.slug)
        .join(Panel, col(Panel.id) == col(Kiosk.panel_id))
        .join(Site, col(Site.id) == col(Panel.site_id))
        .where(col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None))
    )
    return [Place(*row) for row in session.exec(statement)]


def site_by_slug(session: Session, slugs: Iterable[str]) -> dict[str, Site]:
    """Return sites by their short names."""
    return {row.slug: row for row in session.exec(select(Site).where(col(Site.slug).in_(list(slugs))))}

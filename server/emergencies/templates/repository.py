"""Queries about prepared warnings and the releases that they stand in."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.seen import EVERYTHING, Seen
from server.tables import Notice, SignedDocument, WarningTemplate
from server.tables.trust import DocumentState
from server.trust.kinds import Kind


def sealed(session: Session) -> list[tuple[str, str]]:
    """Return digest and kind of every sealed release and withdrawal, oldest first."""
    statement = (
        select(SignedDocument.digest, SignedDocument.kind)
        .where(
            SignedDocument.state == DocumentState.SEALED,
            col(SignedDocument.kind).in_([Kind.RELEASE, Kind.WITHDRAWAL]),
        )
        .order_by(col(SignedDocument.sealed_at), col(SignedDocument.id))
    )
    return [(digest, kind) for digest, kind in session.exec(statement)]


def payload(session: Session, digest: str) -> bytes:
    """Return what a sealed document says."""
    return session.exec(select(SignedDocument.payload).where(SignedDocument.digest == digest)).one()


def templates(session: Session, seen: Seen = EVERYTHING, *, retired: bool = False) -> list[WarningTemplate]:
    """Return prepared warnings in the order in which they were made."""
    statement = select(WarningTemplate).where(seen.of(col(WarningTemplate.agency_id))).order_by(col(WarningTemplate.id))
    if not retired:
        statement = statement.where(col(WarningTemplate.retired_at).is_(None))
    return list(session.exec(statement))


def template(session: Session, template_id: UUID) -> WarningTemplate | None:
    """Return a prepared warning; nobody else changes it until the transaction ends."""
    return session.get(WarningTemplate, template_id, with_for_update=True)


def of_word(session: Session, agency_id: UUID, word: str) -> WarningTemplate | None:
    """Return an agency's prepared warning of a word, retired ones too."""
    statement = select(WarningTemplate).where(WarningTemplate.agency_id == agency_id, WarningTemplate.word == word)
    return session.exec(statement).first()


def of_notice(session: Session, notice_id: UUID) -> WarningTemplate | None:
    """Return the prepared warning that a notice is."""
    return session.exec(select(WarningTemplate).where(WarningTemplate.notice_id == notice_id)).first()


def notices(session: Session, ids: list[UUID]) -> dict[UUID, Notice]:
    """Return notices."""
    return {row.id: row for row in session.exec(select(Notice).where(col(Notice.id).in_(ids)))}

"""Queries on roots, signed documents and their signatures."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.tables import DocumentSignature, Kiosk, RootDocument, SignedDocument
from server.tables.trust import DocumentState


def newest_root(session: Session) -> RootDocument | None:
    """Return the root with the greatest version."""
    return session.exec(select(RootDocument).order_by(col(RootDocument.version).desc()).limit(1)).first()


def roots(session: Session) -> list[RootDocument]:
    """Return all roots, the newest first."""
    return list(session.exec(select(RootDocument).order_by(col(RootDocument.version).desc())))


def root_of_version(session: Session, version: int) -> RootDocument | None:
    """Return the root of a version."""
    return session.exec(select(RootDocument).where(RootDocument.version == version)).first()


def document(session: Session, document_id: UUID, *, lock: bool = False) -> SignedDocument | None:
    """Return a document; with `lock`, nobody else signs it until the transaction ends."""
    return session.get(SignedDocument, document_id, with_for_update=lock or None, populate_existing=lock)


def documents_by_digest(session: Session, digests: Iterable[str]) -> dict[str, SignedDocument]:
    """Return documents by the digests of their payloads."""
    statement = select(SignedDocument).where(col(SignedDocument.digest).in_(list(digests)))
    return {row.digest: row for row in session.exec(statement)}


def open_documents(session: Session, most: int) -> list[SignedDocument]:
    """Return documents that collect signatures, the newest first."""
    statement = select(SignedDocument).where(SignedDocument.state == DocumentState.OPEN)
    return list(session.exec(statement.order_by(col(SignedDocument.id).desc()).limit(most)))


def sealed(session: Session, kind: str) -> list[SignedDocument]:
    """Return the sealed documents of a kind, the oldest first."""
    statement = select(SignedDocument).where(SignedDocument.kind == kind, SignedDocument.state == DocumentState.SEALED)
    return list(session.exec(statement.order_by(col(SignedDocument.sealed_at), col(SignedDocument.id))))


def signatures(session: Session, document_id: UUID) -> list[DocumentSignature]:
    """Return the signatures of a document in the order in which they came."""
    statement = select(DocumentSignature).where(DocumentSignature.document_id == document_id)
    return list(session.exec(statement.order_by(col(DocumentSignature.id))))


def kiosk_ids(session: Session) -> list[UUID]:
    """Return all enrolled kiosks that were not revoked."""
    enrolled = col(Kiosk.enrolled_at).is_not(None) & col(Kiosk.revoked_at).is_(None)
    return list(session.exec(select(Kiosk.id).where(enrolled)))

"""Queries on roots, signed documents and their signatures."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.tables import DocumentSignature, Kiosk, Panel, RootDocument, SignedDocument, Site
from server.tables.trust import DocumentState


def newest_root(session: Session, *, training: bool = False) -> RootDocument | None:
    """Return the root with the greatest version; `training`: of the chain of the training sites."""
    statement = select(RootDocument).where(RootDocument.training == training)
    return session.exec(statement.order_by(col(RootDocument.version).desc()).limit(1)).first()


def roots(session: Session) -> list[RootDocument]:
    """Return all roots, those of training sites behind the others, of each chain the newest first."""
    order = col(RootDocument.training), col(RootDocument.version).desc()
    return list(session.exec(select(RootDocument).order_by(*order)))


def root_of_version(session: Session, version: int, *, training: bool) -> RootDocument | None:
    """Return the root of a version of one of the two chains."""
    statement = select(RootDocument).where(RootDocument.version == version, RootDocument.training == training)
    return session.exec(statement).first()


def training_of(session: Session, slugs: Iterable[str]) -> frozenset[bool]:
    """Tell whether sites are training sites: what is said of any of them; a name that is no site's says nothing."""
    return frozenset(session.exec(select(Site.training).where(col(Site.slug).in_(list(slugs)))))


def is_training_panel(session: Session, panel_id: UUID) -> bool:
    """Tell whether a panel stands at a training site."""
    statement = select(Site.training).join(Panel, col(Panel.site_id) == col(Site.id)).where(Panel.id == panel_id)
    return bool(session.exec(statement).first())


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


def kiosk_ids(session: Session, *, training: bool = False) -> list[UUID]:
    """Return all enrolled kiosks that were not revoked: those of training sites, or all others."""
    enrolled = col(Kiosk.enrolled_at).is_not(None) & col(Kiosk.revoked_at).is_(None)
    of_training = select(Panel.id).join(Site, col(Panel.site_id) == col(Site.id)).where(col(Site.training))
    there = col(Kiosk.panel_id).in_(of_training)
    here = there if training else col(Kiosk.panel_id).is_(None) | ~there
    return list(session.exec(select(Kiosk.id).where(enrolled, here)))

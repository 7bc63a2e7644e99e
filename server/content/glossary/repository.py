"""Queries about the glossary."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, func, select

from playlists.language import fold
from server.db import Session
from server.edge import Slice
from server.tables import GlossaryNote, GlossaryTerm


def term(session: Session, term_id: UUID, *, lock: bool = False) -> GlossaryTerm | None:
    """Return a term; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(GlossaryTerm, term_id, with_for_update=lock or None)


def term_of_key(session: Session, key: str) -> GlossaryTerm | None:
    """Return the term of a Vietnamese phrase, archived or not."""
    return session.exec(select(GlossaryTerm).where(GlossaryTerm.vi_key == key)).first()


def terms(session: Session, part: Slice, words: str = "", *, archived: bool = False) -> list[GlossaryTerm]:
    """Return terms whose words hold all that was looked for, newest first, one more than the page holds."""
    statement = select(GlossaryTerm).order_by(col(GlossaryTerm.id).desc()).limit(part.limit + 1)
    when = col(GlossaryTerm.archived_at)
    statement = statement.where(when.is_not(None) if archived else when.is_(None))
    if part.before is not None:
        statement = statement.where(col(GlossaryTerm.id) < part.before)
    for word in fold(words).split():
        statement = statement.where(col(GlossaryTerm.search_folded).contains(word, autoescape=True))
    return list(session.exec(statement))


def in_use(session: Session, most: int) -> list[GlossaryTerm]:
    """Return the terms that are not archived, in the order of the alphabet."""
    statement = select(GlossaryTerm).where(col(GlossaryTerm.archived_at).is_(None))
    return list(session.exec(statement.order_by(col(GlossaryTerm.vi_key)).limit(most)))


def count(session: Session) -> int:
    """Return how many terms there are, archived ones too."""
    return session.exec(select(func.count()).select_from(GlossaryTerm)).one()


def notes(session: Session, term_ids: Iterable[UUID], agency_id: UUID | None) -> dict[UUID, list[GlossaryNote]]:
    """Return the agencies' remarks by term; with an agency, its own only."""
    found: dict[UUID, list[GlossaryNote]] = {one: [] for one in term_ids}
    statement = select(GlossaryNote).where(col(GlossaryNote.term_id).in_(list(found)))
    if agency_id is not None:
        statement = statement.where(GlossaryNote.agency_id == agency_id)
    for row in session.exec(statement.order_by(col(GlossaryNote.id))):
        found[row.term_id].append(row)
    return found


def note_of(session: Session, term_id: UUID, agency_id: UUID) -> GlossaryNote | None:
    """Return an agency's remark on a term."""
    statement = select(GlossaryNote).where(GlossaryNote.term_id == term_id, GlossaryNote.agency_id == agency_id)
    return session.exec(statement).first()

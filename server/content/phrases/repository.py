"""Queries about phrases."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.seen import Seen
from server.tables import User
from server.tables.boards import Phrase, PhraseState


def phrase(session: Session, phrase_id: UUID, *, lock: bool = False) -> Phrase | None:
    """Return a phrase; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(Phrase, phrase_id, with_for_update=lock or None)


def by_key(session: Session, agency_id: UUID, key: str) -> Phrase | None:
    """Return an agency's phrase of a key."""
    return session.exec(select(Phrase).where(Phrase.agency_id == agency_id, Phrase.key == key)).first()


def phrases(session: Session, seen: Seen, *, archived: bool = False) -> list[Phrase]:
    """Return the phrases of an agency, or of all, by key."""
    statement = select(Phrase).order_by(col(Phrase.key), col(Phrase.id))
    statement = statement.where(seen.of(col(Phrase.agency_id)))
    if not archived:
        statement = statement.where(col(Phrase.archived_at).is_(None))
    return list(session.exec(statement))


def approved(session: Session, agency_id: UUID, keys: Iterable[str]) -> list[Phrase]:
    """Return those of an agency's phrases with these keys that were approved."""
    wanted = select(Phrase).where(
        Phrase.agency_id == agency_id, col(Phrase.key).in_(list(keys)), Phrase.state == PhraseState.APPROVED
    )
    return list(session.exec(wanted))


def names(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people."""
    found = session.exec(select(User).where(col(User.id).in_(list(user_ids))))
    return {user.id: user.display_name for user in found}

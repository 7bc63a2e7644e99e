"""Queries on the register of reviewers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, delete, select

from server.seen import Seen
from server.tables import User, UserLanguage


def registered(session: Session, seen: Seen, language: str | None = None) -> list[tuple[User, UserLanguage]]:
    """Return who reviews what, by name; people of an agency and those of the whole installation, or of all."""
    statement = select(User, UserLanguage).join(UserLanguage, col(UserLanguage.user_id) == col(User.id))
    statement = statement.where(col(User.disabled_at).is_(None))
    statement = statement.where(seen.of(col(User.agency_id)) | col(User.agency_id).is_(None))
    if language is not None:
        statement = statement.where(UserLanguage.language == language)
    return list(session.exec(statement.order_by(col(User.display_name), col(User.id), col(UserLanguage.language))))


def languages(session: Session, user_id: UUID) -> list[str]:
    """Return the languages that a person reviews."""
    statement = select(UserLanguage.language).where(UserLanguage.user_id == user_id)
    return list(session.exec(statement.order_by(col(UserLanguage.language))))


def forget(session: Session, user_id: UUID, languages: Iterable[str]) -> None:
    """Take languages from a person's entry."""
    gone = (col(UserLanguage.user_id) == user_id) & col(UserLanguage.language).in_(list(languages))
    session.exec(delete(UserLanguage).where(gone))

"""Queries on comments."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, func, select

from server.tables import Comment, User


def comment(session: Session, comment_id: UUID, *, lock: bool = False) -> Comment | None:
    """Return a comment."""
    return session.get(Comment, comment_id, with_for_update=lock or None)


def comments(session: Session, notice_id: UUID) -> list[tuple[Comment, str]]:
    """Return the comments of a notice with their authors' names, oldest first."""
    statement = select(Comment, User.display_name).join(User, col(User.id) == col(Comment.created_by))
    return list(session.exec(statement.where(Comment.notice_id == notice_id).order_by(col(Comment.id))))


def author(session: Session, user_id: UUID) -> str:
    """Return a person's name."""
    return session.exec(select(User.display_name).where(User.id == user_id)).one()


def open_threads(session: Session, notice_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many threads of notices are not resolved; a notice without any is left out."""
    statement = (
        select(Comment.notice_id, func.count())
        .where(
            col(Comment.notice_id).in_(list(notice_ids)),
            col(Comment.answers_id).is_(None),
            col(Comment.resolved_at).is_(None),
        )
        .group_by(col(Comment.notice_id))
    )
    return dict(session.exec(statement).all())

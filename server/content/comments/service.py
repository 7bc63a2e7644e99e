"""Decisions about comments: everybody who sees a notice reads them, those who edit notices write them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from playlists.language import Language
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content.comments import repository
from server.content.comments.schemas import CommentNew
from server.content.notices import service as notices
from server.db import Session
from server.errors import not_found
from server.tables import Comment, Notice


def add(session: Session, caller: Caller, notice_id: UUID, new: CommentNew) -> Comment:
    """Say something about a notice, or in a thread about it; an answer opens a resolved thread again.

    Raises:
        Problem: 404, 403.
    """
    notice = notices.notice_of(session, caller, notice_id, Permission.COMMENT)
    first = _thread(session, notice, new.answers_id) if new.answers_id is not None else None
    language = Language(first.language) if first is not None and first.language is not None else new.language
    row = say(session, caller, notice, new.text, language, first)
    if first is not None and first.resolved_at is not None:
        _resolve(session, caller, first, None)
    return row


def say(
    session: Session, caller: Caller, notice: Notice, text: str, language: Language | None, first: Comment | None = None
) -> Comment:
    """Write a comment for somebody whose right was checked."""
    row = Comment(
        notice_id=notice.id,
        revision=notice.newest,
        language=language,
        answers_id=first.id if first is not None else None,
        text=text,
        created_by=caller.user_id,
    )
    session.add(row)
    session.flush()
    note_change(session, "notice", notice.id)
    return row


def resolve(session: Session, caller: Caller, notice_id: UUID, comment_id: UUID, at: datetime | None) -> Comment:
    """Say that a thread is dealt with, or with None that it is not.

    Raises:
        Problem: 404, 403.
    """
    notice = notices.notice_of(session, caller, notice_id, Permission.COMMENT)
    first = _thread(session, notice, comment_id)
    if (first.resolved_at is None) != (at is None):
        _resolve(session, caller, first, at)
    return first


def _thread(session: Session, notice: Notice, comment_id: UUID) -> Comment:
    """Return the first comment of the thread that a comment is in."""
    row = repository.comment(session, comment_id)
    if row is not None and row.answers_id is not None:
        row = repository.comment(session, row.answers_id)
    if row is None or row.notice_id != notice.id:
        raise not_found("comment")
    return row


def _resolve(session: Session, caller: Caller, row: Comment, at: datetime | None) -> None:
    row.resolved_at, row.resolved_by = at, caller.user_id if at is not None else None
    row.rev += 1
    session.add(row)
    note_change(session, "notice", row.notice_id)

"""Comments over HTTP."""

from __future__ import annotations

from uuid import UUID

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.comments import repository, service
from server.content.comments.schemas import CommentNew, CommentShown
from server.content.notices import service as notices
from server.db import Session
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.tables import Comment

router = Router(prefix="/api/v1/notices/{notice_id}/comments", tags=["notices"])


@router.get("")
def comments(notice_id: UUID, caller: CallerDep, session: ReadSession) -> list[CommentShown]:
    """List what was said about a notice, oldest first."""
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    return [_shown(row, author) for row, author in repository.comments(session, notice.id)]


@router.post("", status_code=201)
def add(notice_id: UUID, new: CommentNew, caller: CallerDep, session: WriteSession) -> CommentShown:
    """Say something about a notice, about one language of it, or in a thread."""
    return _with_author(session, service.add(session, caller, notice_id, new))


@router.post("/{comment_id}/resolve")
def resolve(
    notice_id: UUID, comment_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> CommentShown:
    """Say that a thread is dealt with."""
    return _with_author(session, service.resolve(session, caller, notice_id, comment_id, parts.clock()))


@router.post("/{comment_id}/reopen")
def reopen(notice_id: UUID, comment_id: UUID, caller: CallerDep, session: WriteSession) -> CommentShown:
    """Say that a thread is not dealt with."""
    return _with_author(session, service.resolve(session, caller, notice_id, comment_id, None))


def _with_author(session: Session, row: Comment) -> CommentShown:
    return _shown(row, repository.author(session, row.created_by))


def _shown(row: Comment, author: str) -> CommentShown:
    return CommentShown.model_validate(row.model_dump() | {"author": author})

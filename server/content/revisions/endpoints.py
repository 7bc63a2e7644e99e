"""Revisions of notices over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.notices import repository
from server.content.notices import service as notices
from server.content.notices.schemas import NoticeShown, RevisionShown
from server.content.notices.shown import notice_shown, revisions_shown
from server.content.revisions import service
from server.content.revisions.schemas import DifferenceShown
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router

router = Router(prefix="/api/v1/notices/{notice_id}/revisions", tags=["notices"])


@router.get("")
def revisions(notice_id: UUID, caller: CallerDep, session: ReadSession) -> list[RevisionShown]:
    """List the revisions of a notice, newest first."""
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    return revisions_shown(session, notice, repository.revisions(session, notice.id))


@router.get("/{number}")
def revision(notice_id: UUID, number: int, caller: CallerDep, session: ReadSession) -> RevisionShown:
    """Show one revision of a notice."""
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    return revisions_shown(session, notice, [service.revision_of(session, notice, number)])[0]


@router.get("/{number}/diff/{other}")
def difference(notice_id: UUID, number: int, other: int, caller: CallerDep, session: ReadSession) -> DifferenceShown:
    """Tell what differs between a revision and another one: texts word by word, in each language."""
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    return service.difference(session, notice, number, other)


@router.post("/{number}/restore")
def restore(
    notice_id: UUID,
    number: int,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> NoticeShown:
    """Bring an earlier revision back: it becomes the newest one, and nothing of the history is lost."""
    row = notices.restore_revision(session, caller, notice_id, number, expected, parts.clock())
    tag(response, row.rev)
    return notice_shown(session, row)

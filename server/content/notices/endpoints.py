"""Notices over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from playlists.language import Language, fold
from playlists.notice import ContentClass, NoticeKind
from playlists.variant import VariantState
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.content.notices import repository, service
from server.content.notices.repository import Sought, Waits
from server.content.notices.schemas import (
    NoticeChange,
    NoticeIds,
    NoticeNew,
    NoticeShown,
    NoticeWhole,
    StateAsked,
    VariantAsked,
)
from server.content.notices.shown import notice_shown, notice_whole, notices_shown
from server.db import Session
from server.edge import Expected, IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.tables import Notice

router = APIRouter(prefix="/api/v1", tags=["notices"])
MOST_DAYS = 3660


def _sought(
    caller: CallerDep,
    parts: PartsDep,
    q: Annotated[str, Query(max_length=120, description="Words of any language; case and accents do not matter")] = "",
    agency_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[NoticeKind | None, Query()] = None,
    language: Annotated[Language | None, Query(description="Which `state` is of; left out: any")] = None,
    state: Annotated[VariantState | None, Query()] = None,
    subject_id: Annotated[UUID | None, Query()] = None,
    task_id: Annotated[UUID | None, Query()] = None,
    content_class: Annotated[ContentClass | None, Query()] = None,
    responsible: Annotated[str, Query(max_length=120, description="Part of the responsible person's name")] = "",
    mandate: Annotated[str, Query(max_length=120, description="Part of the ordering document's number")] = "",
    valid: Annotated[bool, Query(description="Only what is valid now")] = False,
    expiring_days: Annotated[int | None, Query(ge=0, le=MOST_DAYS, description="Ends within so many days")] = None,
    mine: Annotated[bool, Query(description="Only what the caller made")] = False,
    waits: Annotated[Waits | None, Query(description="Waits for translation, or for the caller's review")] = None,
    archived: Annotated[bool, Query()] = False,
) -> Sought:
    """Return which notices are asked for."""
    caller.require(Permission.SEE, agency_id=agency_id, what="agency")
    at = parts.clock()
    return Sought(
        agency_id=agency_id or caller.agency_id,
        words=fold(q),
        kind=kind,
        language=language,
        state=state,
        subject_id=subject_id,
        task_id=task_id,
        content_class=content_class,
        responsible=fold(responsible),
        mandate=fold(mandate),
        created_by=caller.user_id if mine else None,
        valid_at=at if valid or expiring_days is not None else None,
        ends_before=at + timedelta(days=expiring_days) if expiring_days is not None else None,
        archived=archived,
        waits=waits,
        waits_for=caller.user_id,
    )


SoughtDep = Annotated[Sought, Depends(_sought)]
"""The filters of a list of notices."""


@router.post("/notices", status_code=201)
def create_notice(
    new: NoticeNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> NoticeShown:
    """Make a notice. Vietnamese is the source; the other languages may come later."""
    return _answer(session, response, service.create_notice(session, caller, new, parts.clock()))


@router.get("/notices")
def notices(caller: CallerDep, session: ReadSession, asked: PageAsked, sought: SoughtDep) -> Page[NoticeShown]:
    """List notices, newest first."""
    caller.require(Permission.SEE)
    rows = repository.notices(session, asked, sought)
    shown = notices_shown(session, rows)
    return asked.page(rows, lambda row: shown[row.id], lambda row: row.id)


@router.get("/notices/{notice_id}")
def notice(notice_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> NoticeWhole:
    """Show one notice with all its revisions."""
    row = service.notice_of(session, caller, notice_id, Permission.SEE)
    tag(response, row.rev)
    return notice_whole(session, row)


@router.put("/notices/{notice_id}", operation_id="replace_notice")
@router.patch("/notices/{notice_id}", operation_id="change_notice")
def change_notice(
    notice_id: UUID,
    change: NoticeChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> NoticeShown:
    """Change what is sent and leave the rest; a real change makes a new revision.

    An `If-Match` of an older revision is laid beside what came since: 412 names the fields that both changed.
    """
    row = service.change_notice(session, caller, notice_id, change, expected, parts.clock())
    return _answer(session, response, row)


@router.put("/notices/{notice_id}/variants/{language}")
def change_variant(
    notice_id: UUID,
    language: Language,
    asked: VariantAsked,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> NoticeShown:
    """Write one language of a notice and leave the others, as a translator does."""
    change = NoticeChange(variants={language: asked})
    row = service.change_notice(session, caller, notice_id, change, expected, parts.clock())
    return _answer(session, response, row)


@router.post("/notices/{notice_id}/variants/{language}/state")
def step_variant(
    notice_id: UUID,
    language: Language,
    asked: StateAsked,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> NoticeShown:
    """Hand a language over (`translated`), review it (`reviewed`, by another person who is registered) or reopen it."""
    row = service.step_variant(session, caller, notice_id, language, asked.state, expected, parts.clock())
    return _answer(session, response, row)


@router.post("/notices/{notice_id}/duplicate", status_code=201)
def duplicate_notice(
    notice_id: UUID, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> NoticeShown:
    """Make a notice that says the same, with a history of its own."""
    return _answer(session, response, service.duplicate_notice(session, caller, notice_id, parts.clock()))


@router.post("/notices/{notice_id}/archive")
def archive_notice(
    notice_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> NoticeShown:
    """Put a notice into the archive; nothing is lost, and what is on air stays there."""
    row = service.archive_notice(session, caller, notice_id, parts.clock(), expected)
    return _answer(session, response, row)


@router.post("/notices/{notice_id}/restore")
def restore_notice(
    notice_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> NoticeShown:
    """Take a notice back from the archive."""
    return _answer(session, response, service.archive_notice(session, caller, notice_id, None, expected))


@router.post("/notices/archive")
def archive_notices(asked: NoticeIds, caller: CallerDep, session: WriteSession, parts: PartsDep) -> list[NoticeShown]:
    """Put several notices into the archive: all or none."""
    return _archived(session, caller, asked, parts.clock())


@router.post("/notices/restore")
def restore_notices(asked: NoticeIds, caller: CallerDep, session: WriteSession) -> list[NoticeShown]:
    """Take several notices back from the archive: all or none."""
    return _archived(session, caller, asked, None)


def _archived(session: Session, caller: Caller, asked: NoticeIds, at: datetime | None) -> list[NoticeShown]:
    wanted = dict.fromkeys(asked.notice_ids)
    rows = [service.archive_notice(session, caller, one, at, Expected(None)) for one in wanted]
    return list(notices_shown(session, rows).values())


def _answer(session: Session, response: Response, row: Notice) -> NoticeShown:
    tag(response, row.rev)
    return notice_shown(session, row)

"""Notices over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse

from playlists.language import Language, fold
from playlists.notice import ContentClass, NoticeKind
from playlists.variant import VariantState
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.content.notices import listing, repository, service
from server.content.notices.legibility import Sight, told
from server.content.notices.repository import Sought, Waits
from server.content.notices.schemas import (
    AdviceAsked,
    CheckShown,
    NoticeChange,
    NoticeCheck,
    NoticeIds,
    NoticeNew,
    NoticeSaved,
    NoticeShown,
    NoticeWhole,
    StateAsked,
    VariantAsked,
)
from server.content.notices.service import Saved
from server.content.notices.shown import notice_shown, notice_whole, notices_shown
from server.db import Session
from server.edge import Expected, IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.office.sheet import XLSX, write_sheet
from server.parts import Parts, PartsDep
from server.routes import Router
from server.spreadsheet import csv_lines
from server.tables import Notice

router = Router(prefix="/api/v1", tags=["notices"])
MOST_DAYS = 3660
MOST_SHEET_ROWS = 10_000


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
        seen=caller.seen.only(agency_id),
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
def create_notice(new: NoticeNew, caller: CallerDep, response: Response, parts: PartsDep) -> NoticeSaved:
    """Make a notice. Vietnamese is the source; the other languages may come later.

    The answer says what was put right in the texts, and what could not be read on the agency's panels.
    """
    with parts.db.write() as session:
        saved = service.create_notice(session, caller, new, parts.clock())
        shown, sight = notice_shown(session, saved.notice), service.sight(session, saved.notice)
    return _told(parts, response, saved, shown, sight)


@router.get("/notices")
def notices(caller: CallerDep, session: ReadSession, asked: PageAsked, sought: SoughtDep) -> Page[NoticeShown]:
    """List notices, newest first."""
    caller.require(Permission.SEE)
    rows = repository.notices(session, asked, sought)
    shown = notices_shown(session, rows)
    return asked.page(rows, lambda row: shown[row.id], lambda row: row.id)


@router.get("/notices.csv", response_class=StreamingResponse)
def notices_csv(caller: CallerDep, parts: PartsDep, sought: SoughtDep) -> StreamingResponse:
    """Export the list of notices for a spreadsheet, with the same filters."""
    caller.require(Permission.SEE)
    headers = {"Content-Disposition": 'attachment; filename="notices.csv"'}
    body = csv_lines(listing.HEAD, _lines(parts, sought))
    return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/notices.xlsx", response_class=Response)
def notices_xlsx(caller: CallerDep, parts: PartsDep, sought: SoughtDep) -> Response:
    """Export the list of notices as a workbook, with the same filters; at most 10,000 of them."""
    caller.require(Permission.SEE)
    rows = islice(_lines(parts, sought), MOST_SHEET_ROWS)
    content = write_sheet("notices", listing.HEAD, rows, [listing.WIDTH] * len(listing.HEAD))
    headers = {"Content-Disposition": 'attachment; filename="notices.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


def _lines(parts: Parts, sought: Sought) -> Iterator[list[str]]:
    before: UUID | None = None
    while True:
        with parts.db.read() as session:
            rows, before = listing.lines(session, sought, before)
        yield from rows
        if before is None:
            return


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
    response: Response,
    parts: PartsDep,
) -> NoticeSaved:
    """Change what is sent and leave the rest; a real change makes a new revision.

    An `If-Match` of an older revision is laid beside what came since: 412 names the fields that both changed.
    """
    return _change(parts, caller, notice_id, change, expected, response)


@router.put("/notices/{notice_id}/variants/{language}")
def change_variant(
    notice_id: UUID,
    language: Language,
    asked: VariantAsked,
    caller: CallerDep,
    expected: IfMatch,
    response: Response,
    parts: PartsDep,
) -> NoticeSaved:
    """Write one language of a notice and leave the others, as a translator does."""
    return _change(parts, caller, notice_id, NoticeChange(variants={language: asked}), expected, response)


@router.post("/notices/check")
def check_new(asked: NoticeCheck, caller: CallerDep, parts: PartsDep) -> CheckShown:
    """Tell what saving would say, and save nothing: what is put right in texts, and what could not be read where."""
    with parts.db.read() as session:
        whole, remarks, sight = service.checked(session, caller, asked)
    return told(parts.measurements, whole, remarks, sight)


@router.get("/notices/{notice_id}/check")
def check(notice_id: UUID, caller: CallerDep, parts: PartsDep) -> CheckShown:
    """Tell whether people can read a notice as it is saved, on the panels that it is meant for."""
    with parts.db.read() as session:
        notice = service.notice_of(session, caller, notice_id, Permission.SEE)
        whole, sight = service.held_of(session, notice).whole, service.sight(session, notice)
    return told(parts.measurements, whole, [], sight)


@router.post("/notices/{notice_id}/advice", status_code=204)
def dismiss_advice(notice_id: UUID, asked: AdviceAsked, caller: CallerDep, session: WriteSession) -> None:
    """Put advice aside: it is not given again for this revision. What blocks cannot be put aside."""
    service.dismiss_advice(session, caller, notice_id, asked.advice)


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


def _change(
    parts: Parts, caller: Caller, notice_id: UUID, change: NoticeChange, expected: Expected, response: Response
) -> NoticeSaved:
    with parts.db.write() as session:
        saved = service.change_notice(session, caller, notice_id, change, expected, parts.clock())
        shown, sight = notice_shown(session, saved.notice), service.sight(session, saved.notice)
    return _told(parts, response, saved, shown, sight)


def _told(parts: Parts, response: Response, saved: Saved, shown: NoticeShown, sight: Sight) -> NoticeSaved:
    """Measure after the transaction is over, and answer with what was found."""
    tag(response, shown.rev)
    check = told(parts.measurements, saved.whole, saved.remarks, sight)
    return NoticeSaved(**dict(shown), **dict(check))


def _answer(session: Session, response: Response, row: Notice) -> NoticeShown:
    tag(response, row.rev)
    return notice_shown(session, row)

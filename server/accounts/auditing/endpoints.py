"""The audit log over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse

from playlists.language import fold
from playlists.trust.fingerprint import in_words
from server.accounts.auditing import service
from server.accounts.auditing.schemas import EntriesShown, HeadCompared, HeadKept, HeadShown
from server.accounts.calling import CallerDep
from server.accounts.permissions import Caller, Permission
from server.audit import repository
from server.audit.actions import Action
from server.audit.repository import Sought
from server.audit.service import audit, signed_head
from server.edge import ReadSession
from server.office.sheet import XLSX, write_sheet
from server.parts import Parts, PartsDep
from server.routes import Router
from server.spreadsheet import csv_lines

router = Router(prefix="/api/v1/audit", tags=["audit"])
MOST_ROWS, MOST_SHEET_ROWS = 1_000_000, 10_000
WIDTHS = [8, 24, 18, 24, 28, 16, 20, 14, 38, 30, 20, 40, 40, 20]


def _sought(
    caller: CallerDep,
    session: ReadSession,
    q: Annotated[str, Query(max_length=120, description="Words; case and accents do not matter")] = "",
    user_id: Annotated[UUID | None, Query(description="Who did it")] = None,
    action: Annotated[str, Query(max_length=60, description="Such as hold.set, or hold for all of them")] = "",
    object_kind: Annotated[str, Query(max_length=40)] = "",
    object_id: Annotated[str, Query(max_length=80)] = "",
    since: Annotated[datetime | None, Query(alias="from", examples=["2026-11-01T00:00:00Z"])] = None,
    until: Annotated[datetime | None, Query(alias="to", examples=["2026-12-01T00:00:00Z"])] = None,
) -> Sought:
    """Return which entries are asked for, among those that the caller reads."""
    readable = service.readable(session, caller)
    return Sought(readable, tuple(fold(q).split()), user_id, action, object_kind, object_id, since, until)


SoughtDep = Annotated[Sought, Depends(_sought)]


@router.get("")
def entries(
    session: ReadSession,
    sought: SoughtDep,
    before: Annotated[int | None, Query(ge=1, le=1 << 53, description="`next_before` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EntriesShown:
    """List who did what, newest first."""
    rows = repository.entries(session, sought, before, limit + 1)
    more = rows[limit - 1].number if len(rows) > limit else None
    return EntriesShown(items=[service.shown(row) for row in rows[:limit]], next_before=more)


@router.get("/log.csv", response_class=StreamingResponse)
def as_csv(caller: CallerDep, parts: PartsDep, sought: SoughtDep) -> StreamingResponse:
    """Export the log for a spreadsheet, with the same filters; the export itself is written down."""
    _note(parts, caller, "csv")
    body = csv_lines(service.HEAD, service.lines(parts.db, sought, MOST_ROWS))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/log.xlsx", response_class=Response)
def as_xlsx(caller: CallerDep, parts: PartsDep, sought: SoughtDep) -> Response:
    """Export the newest 10,000 entries as a workbook, with the same filters; the export itself is written down."""
    _note(parts, caller, "xlsx")
    content = write_sheet("audit", service.HEAD, service.lines(parts.db, sought, MOST_SHEET_ROWS), WIDTHS)
    return Response(content, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="audit.xlsx"'})


@router.get("/head")
def head(caller: CallerDep, session: ReadSession, parts: PartsDep) -> HeadShown:
    """Give the log's head, signed by the server: who keeps it sees later whether anything was cut off or rewritten."""
    caller.require(Permission.SEE_AUDIT_HEAD)
    found, at = repository.head(session), parts.clock()
    envelope = signed_head(found, parts.server_key, at).decode()
    return HeadShown(number=found.number, sha256=found.sha256, words=in_words(found.sha256), at=at, envelope=envelope)


@router.post("/head/compare")
def compare(kept: HeadKept, caller: CallerDep, session: ReadSession) -> HeadCompared:
    """Tell whether the log still holds what a kept head says."""
    caller.require(Permission.SEE_AUDIT_HEAD)
    return service.compare(session, kept)


def _note(parts: Parts, caller: Caller, form: str) -> None:
    with parts.db.write() as session:
        audit(session, caller, Action.AUDIT_EXPORTED, "audit", form)

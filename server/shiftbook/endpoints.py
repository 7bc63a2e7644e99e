"""The shift book over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse

from playlists.instant import format_instant
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.shiftbook import repository, service
from server.shiftbook.schemas import HandoverNew, HandoverShown, NoteNew, NoteShown, ShiftBook
from server.spreadsheet import csv_lines
from server.tables import ShiftHandover

router = Router(prefix="/api/v1/shift", tags=["shift book"])
MOST_ROWS = 2_000
SiteAsked = Annotated[UUID, Query()]


@router.get("")
def book(caller: CallerDep, session: ReadSession, parts: PartsDep, site_id: SiteAsked) -> ShiftBook:
    """Show what is open at a site, the notes of the last two weeks, and the last handovers."""
    site = service.site_of(session, caller, site_id, Permission.SEE)
    return service.book(session, site, parts.clock())


@router.post("/notes", status_code=201)
def add_note(new: NoteNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> NoteShown:
    """Write a line for those who come after."""
    row = service.add_note(session, caller, new.site_id, new.text, parts.clock())
    return NoteShown(id=row.id, name=caller.display_name, written_at=row.written_at, text=row.text)


@router.post("/handovers", status_code=201)
def hand_over(new: HandoverNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> HandoverShown:
    """Hand a shift over: what is open now is written down, and whoever comes next takes it."""
    return _shown(session, service.hand_over(session, caller, new.site_id, new.note, parts.clock()))


@router.post("/handovers/{handover_id}/take")
def take_over(handover_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> HandoverShown:
    """Take a shift that was handed over."""
    return _shown(session, service.take_over(session, caller, handover_id, parts.clock()))


@router.get("/log.csv", response_class=StreamingResponse)
def log_csv(caller: CallerDep, session: ReadSession, site_id: SiteAsked) -> StreamingResponse:
    """Return a site's handovers as CSV, newest first, one line for each thing that was open. Times are UTC."""
    site = service.site_of(session, caller, site_id, Permission.SEE)
    rows = repository.handovers(session, site.id, MOST_ROWS)
    people = repository.people(session, {one for row in rows for one in (row.given_by, row.taken_by) if one})
    names = {key: row.display_name for key, row in people.items()}
    lines = list(_lines([service.shown(row, names) for row in rows]))
    head = ("given_at", "given_by", "taken_at", "taken_by", "note", "sort", "title", "detail", "where", "state",
            "severity", "since_at")  # fmt: skip
    headers = {"Content-Disposition": 'attachment; filename="shift-book.csv"'}
    return StreamingResponse(csv_lines(head, lines), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: list[HandoverShown]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        taken = format_instant(row.taken_at) if row.taken_at is not None else ""
        begin = (format_instant(row.given_at), row.given_name, taken, row.taken_name or "", row.note)
        for one in row.open_things:
            yield (*begin, one.sort, one.title, one.detail, one.where, one.state, one.severity,
                   format_instant(one.since_at))  # fmt: skip
        if not row.open_things:
            yield (*begin, "", "", "", "", "", "", "")


def _shown(session: Session, row: ShiftHandover) -> HandoverShown:
    people = repository.people(session, {one for one in (row.given_by, row.taken_by) if one})
    return service.shown(row, {key: one.display_name for key, one in people.items()})

"""Alarms over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from playlists.alarm.rule import rule_of
from playlists.fault import CATALOGUE
from playlists.instant import format_instant
from playlists.language import Language
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, Slice, WriteSession, tag
from server.faults.alarms import repository, service
from server.faults.alarms.repository import View
from server.faults.alarms.schemas import AlarmShown, AlarmStory, CodeShown, NoteAsked, ShelveAsked, SiteDelays
from server.faults.alarms.showing import in_words, shown, story
from server.parts import PartsDep
from server.routes import Router
from server.spreadsheet import csv_lines
from server.tables import Alarm

router = Router(prefix="/api/v1", tags=["faults"])
MOST_ROWS = 10_000
_AT_ONCE = 200

ViewAsked = Annotated[View, Query(description="now: what wants somebody; hidden; following; past")]
Words = Annotated[str, Query(max_length=200, description="words in names of panels, sites and faults")]


@router.get("/alarms")
def alarms(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    parts: PartsDep,
    view: ViewAsked = View.NOW,
    panel_id: UUID | None = None,
    q: Words = "",
) -> Page[AlarmShown]:
    """List alarms, newest first."""
    at = parts.clock()
    sought = service.sought(caller, view, at, panel_id=panel_id, q=q, session=session)
    rows = repository.alarms(session, sought, asked)
    said = {row.id: one for row, one in zip(rows, shown(session, rows, at), strict=True)}
    return asked.page(rows, lambda row: said[row.id], lambda row: row.id)


@router.get("/alarms.csv", response_class=StreamingResponse)
def alarms_csv(
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    view: ViewAsked = View.NOW,
    panel_id: UUID | None = None,
    q: Words = "",
) -> StreamingResponse:
    """Export alarms for a spreadsheet, newest first, at most 10,000."""
    at = parts.clock()
    sought = service.sought(caller, view, at, panel_id=panel_id, q=q, session=session)
    language = Language(caller.language)

    def rows() -> Iterator[Sequence[object]]:
        before: UUID | None = None
        for _ in range(MOST_ROWS // _AT_ONCE):
            with parts.db.read() as own:
                found = repository.alarms(own, sought, Slice(before, _AT_ONCE))[:_AT_ONCE]
                for one in shown(own, found, at):
                    yield _row(one, language)
            if len(found) < _AT_ONCE:
                return
            before = found[-1].id

    head = ["site", "panel", "alarm", "code", "subject", "severity", "state", "since_at", "active_at"]
    head += ["acknowledged_at", "acknowledged_by", "started_at", "returned_at", "ended_at", "raises", "detail"]
    headers = {"Content-Disposition": 'attachment; filename="alarms.csv"'}
    return StreamingResponse(csv_lines(head, rows()), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/alarms/{alarm_id}")
def alarm(alarm_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep) -> AlarmStory:
    """Show an alarm with its log and what follows from it."""
    row = service.alarm_of(session, caller, alarm_id, Permission.SEE)
    return _story(session, response, row, parts)


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge(
    alarm_id: UUID, asked: NoteAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> AlarmStory:  # fmt: skip
    """Say that one has seen an alarm and takes care of it."""
    row = service.acknowledge(session, caller, alarm_id, asked.note, parts.clock(), expected)
    return _story(session, response, row, parts)


@router.post("/alarms/{alarm_id}/start")
def start(
    alarm_id: UUID, asked: NoteAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> AlarmStory:  # fmt: skip
    """Say that one works on an alarm."""
    row = service.start(session, caller, alarm_id, asked.note, parts.clock(), expected)
    return _story(session, response, row, parts)


@router.post("/alarms/{alarm_id}/shelve")
def shelve(
    alarm_id: UUID, asked: ShelveAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> AlarmStory:  # fmt: skip
    """Hide an alarm until a time."""
    row = service.shelve(session, caller, alarm_id, asked, parts.clock(), expected)
    return _story(session, response, row, parts)


@router.post("/alarms/{alarm_id}/unshelve")
def unshelve(
    alarm_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> AlarmStory:
    """Show a hidden alarm again."""
    row = service.unshelve(session, caller, alarm_id, parts.clock(), expected)
    return _story(session, response, row, parts)


@router.post("/alarms/{alarm_id}/reset")
def reset(
    alarm_id: UUID, asked: NoteAsked, caller: CallerDep, expected: IfMatch, session: WriteSession,
    response: Response, parts: PartsDep,
) -> AlarmStory:  # fmt: skip
    """Let a latched alarm go whose condition is gone."""
    row = service.reset(session, caller, alarm_id, asked.note, parts.clock(), expected)
    return _story(session, response, row, parts)


@router.get("/sites/{site_id}/alarm-delays")
def delays(site_id: UUID, caller: CallerDep, session: ReadSession) -> SiteDelays:
    """Show the codes whose delays at a site are not the usual ones."""
    return service.delays(session, caller, site_id)


@router.put("/sites/{site_id}/alarm-delays")
def set_delays(
    site_id: UUID, asked: SiteDelays, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> SiteDelays:
    """Give a site delays of its own."""
    return service.set_delays(session, caller, site_id, asked, parts.clock())


@router.get("/fault-codes")
def fault_codes(caller: CallerDep) -> list[CodeShown]:
    """List every code with its severity, delays, words, and what other systems call it."""
    caller.require(Permission.SEE)
    return [
        CodeShown(
            code=code,
            severity=said.severity,
            x733_event_type=said.event,
            ntcip1203_bit=said.sign.bit,
            on_delay_s=rule_of(code).on_delay_s,
            off_delay_s=rule_of(code).off_delay_s,
            **in_words(code),
        )
        for code, said in CATALOGUE.items()
    ]


def _story(session: Session, response: Response, row: Alarm, parts: PartsDep) -> AlarmStory:
    tag(response, row.rev)
    return story(session, row, parts.clock())


def _row(one: AlarmShown, language: Language) -> Sequence[object]:
    times = (one.acknowledged_at, one.started_at, one.returned_at, one.ended_at)
    acknowledged, started, returned, ended = (format_instant(at) if at is not None else None for at in times)
    active = format_instant(one.active_at) if one.active_at is not None else None
    place = (one.site_name, one.panel_name, one.names[language], one.code, one.subject, one.severity, one.state)
    begun = (format_instant(one.since_at), active, acknowledged, one.acknowledged_by_name, started, returned, ended)
    return (*place, *begun, one.raises, one.detail)

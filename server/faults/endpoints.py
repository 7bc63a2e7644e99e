"""Faults and readings over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from playlists.instant import format_instant
from playlists.language import Language
from playlists.wire.messages import Health
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import Page, PageAsked, ReadSession, Slice, tag
from server.errors import not_found
from server.faults import repository, service
from server.faults.alarms.showing import in_words
from server.faults.schemas import EventShown, FaultShown, FaultStory, HealthShown, ReadingShown
from server.parts import PartsDep
from server.routes import Router
from server.spreadsheet import csv_lines
from server.tables import Fault
from server.tables.faults import FaultWord

router = Router(prefix="/api/v1", tags=["faults"])
MOST_ROWS = 10_000
_AT_ONCE = 200

Open = Annotated[bool | None, Query(description="true: open ones; false: cleared ones; missing: both")]
Words = Annotated[str, Query(max_length=200, description="words in names of panels, sites and faults")]


@router.get("/faults")
def faults(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    open: Open = None,  # noqa: A002 - the parameter's public name
    panel_id: UUID | None = None,
    q: Words = "",
) -> Page[FaultShown]:
    """List faults, newest first."""
    sought = service.sought(session, caller, is_open=open, panel_id=panel_id, q=q)
    rows = repository.faults(session, sought, asked)
    shown = {row.id: one for row, one in zip(rows, _shown(session, rows), strict=True)}
    return asked.page(rows, lambda row: shown[row.id], lambda row: row.id)


@router.get("/faults.csv", response_class=StreamingResponse)
def faults_csv(
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    open: Open = None,  # noqa: A002 - the parameter's public name
    panel_id: UUID | None = None,
    q: Words = "",
) -> StreamingResponse:
    """Export faults for a spreadsheet, newest first, at most 10,000."""
    sought = service.sought(session, caller, is_open=open, panel_id=panel_id, q=q)
    language = Language(caller.language)

    def rows() -> Iterator[Sequence[object]]:
        before: UUID | None = None
        for _ in range(MOST_ROWS // _AT_ONCE):
            with parts.db.read() as own:
                found = repository.faults(own, sought, Slice(before, _AT_ONCE))[:_AT_ONCE]
                for one in _shown(own, found):
                    yield _row(one, language)
            if len(found) < _AT_ONCE:
                return
            before = found[-1].id

    head = ["site", "panel", "fault", "code", "subject", "severity", "since_at", "cleared_at", "detail"]
    headers = {"Content-Disposition": 'attachment; filename="faults.csv"'}
    return StreamingResponse(csv_lines(head, rows()), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/faults/{fault_id}")
def fault(fault_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> FaultStory:
    """Show a fault with its history."""
    row = service.fault_of(session, caller, fault_id, Permission.SEE)
    return _story(session, response, row)


@router.get("/panels/{panel_id}/health")
def health(panel_id: UUID, caller: CallerDep, session: ReadSession) -> HealthShown:
    """Show the newest readings of a panel's kiosk."""
    panel = repository.panel(session, panel_id)
    if panel is None:
        raise not_found("panel")
    caller.require(Permission.SEE, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    status = repository.status_of_panel(session, panel_id)
    said = Health.model_validate(status.health) if status is not None and status.health else None
    return HealthShown(
        panel_id=panel_id,
        online=status is not None and status.online,
        since_at=status.changed_at if status is not None else None,
        read_at=status.health_at if status is not None else None,
        readings=[ReadingShown(**reading.model_dump()) for reading in said.readings] if said is not None else [],
    )


def _story(session: Session, response: Response, row: Fault) -> FaultStory:
    tag(response, row.rev)
    history = [EventShown(at=event.at, what=FaultWord(event.what)) for event in repository.history(session, row.id)]
    return FaultStory(**_shown(session, [row])[0].model_dump(), history=history)


def _shown(session: Session, rows: Sequence[Fault]) -> list[FaultShown]:
    places = repository.places(session, [row.panel_id for row in rows])
    found = []
    for row in rows:
        place = places.get(row.panel_id)
        extra = {
            **in_words(row.code),
            "panel_name": place.panel if place is not None else None,
            "site_name": place.site if place is not None else None,
        }
        found.append(FaultShown.model_validate(row.model_dump() | extra))
    return found


def _row(one: FaultShown, language: Language) -> Sequence[object]:
    since, cleared = (format_instant(at) if at is not None else None for at in (one.since_at, one.cleared_at))
    place = (one.site_name, one.panel_name, one.names[language], one.code, one.subject, str(one.severity))
    return (*place, since, cleared, one.detail)

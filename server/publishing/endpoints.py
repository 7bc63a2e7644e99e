"""Publications, and what panels show, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, cast
from uuid import UUID

from fastapi import Header, Query, Request, Response

from playlists.wire import topics
from playlists.wire.messages import Command, CommandName
from playlists.wire.topics import DOWN_MANNER, Down
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session, new_id
from server.edge import ReadSession, WriteSession, span
from server.errors import conflict, not_found
from server.fleet import captures
from server.jobs import repository as jobs
from server.parts import PartsDep
from server.publishing import repository, service, showing
from server.publishing.holdings import Holdings
from server.publishing.schemas import (
    NowShown,
    PlannedShown,
    PublicationAsked,
    PublicationShown,
    TimelineShown,
    WallPanel,
    WatchAnswer,
)
from server.publishing.showing import Pictures
from server.routes import Router
from server.tables import Publication
from server.tables.publishing import PublicationState

router = Router(prefix="/api/v1", tags=["publishing"])
LONGEST_TIMELINE = timedelta(days=31)
WATCH_S = 30


def holdings_of(request: Request) -> Holdings:
    """Return the opened manifests of the application that a request came to."""
    return cast("Holdings", request.app.state.holdings)


@router.post("/publications", status_code=202)
def publish(
    asked: PublicationAsked,
    caller: CallerDep,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> PublicationShown:
    """Render what is missing, and give every kiosk its manifest. The same key again is the same publication."""
    row, _ = service.publish(session, caller, asked.panel_ids, idempotency_key, parts.clock(), parts.settings.approval)
    response.headers["Location"] = f"/api/v1/publications/{row.id}"
    return _publication(session, row)


@router.get("/publications/{publication_id}")
def publication(publication_id: UUID, caller: CallerDep, session: ReadSession) -> PublicationShown:
    """Tell how far a publication is."""
    return _publication(session, service.publication_of(session, caller, publication_id))


@router.get("/wall")
def wall(request: Request, caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[WallPanel]:
    """Show every panel of the caller with what is on it now."""
    return [one.shown for one in showing.wall(session, holdings_of(request), caller, parts.clock())]


@router.get("/panels/{panel_id}/now")
def now(panel_id: UUID, request: Request, caller: CallerDep, session: ReadSession, parts: PartsDep) -> NowShown:
    """Tell what a panel shows now: as planned, and as its kiosk reports."""
    panel = showing.panel_of(session, caller, panel_id, Permission.SEE)
    proven = parts.exchange.broker.authenticated
    return showing.now_of(session, holdings_of(request), panel, parts.clock(), authenticated=proven)


@router.get("/panels/{panel_id}/timeline")
def timeline(
    panel_id: UUID,
    request: Request,
    caller: CallerDep,
    session: ReadSession,
    start: Annotated[datetime, Query(alias="from", examples=["2026-11-23T00:00:00Z"])],
    end: Annotated[datetime, Query(alias="to", examples=["2026-11-24T00:00:00Z"])],
) -> TimelineShown:
    """List what a panel will show between two times, at most a month apart."""
    panel = showing.panel_of(session, caller, panel_id, Permission.SEE)
    begin, finish = span(start, end, LONGEST_TIMELINE)
    found, complete = showing.airings(session, holdings_of(request), panel, begin, finish)
    return TimelineShown(panel_id=panel.id, airings=[PlannedShown.of(one) for one in found], complete=complete)


@router.get("/panels/{panel_id}/expected.jpg", response_class=Response)
def expected(panel_id: UUID, request: Request, caller: CallerDep, parts: PartsDep) -> Response:
    """Draw what a panel should show now."""
    at = parts.clock()
    with parts.db.read() as session:
        panel = showing.panel_of(session, caller, panel_id, Permission.SEE)
        due = showing.due_at(session, holdings_of(request), panel, at)
    picture = cast("Pictures", request.app.state.pictures).expected(due, at) if due is not None else None
    if picture is None:
        raise not_found("picture: nothing that was published is due on this panel now")
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=1"})


@router.get("/panels/{panel_id}/capture.jpg", response_class=Response)
def capture(panel_id: UUID, caller: CallerDep, parts: PartsDep) -> Response:
    """Give the newest capture that the panel's kiosk made of its screen."""
    with parts.db.read() as session:
        panel = showing.panel_of(session, caller, panel_id, Permission.SEE)
        kiosk = repository.kiosks_of(session, [panel.id]).get(panel.id)
    try:
        content = captures.path_of(parts.captures_dir, kiosk.id).read_bytes() if kiosk is not None else b""
    except FileNotFoundError:
        content = b""
    if not content:
        raise not_found("capture")
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, no-cache"})


@router.post("/panels/{panel_id}/watch", status_code=202)
def watch(panel_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> WatchAnswer:
    """Ask the panel's kiosk for captures during the next half minute, because somebody looks."""
    panel = showing.panel_of(session, caller, panel_id, Permission.SEE)
    kiosk = repository.kiosks_of(session, [panel.id]).get(panel.id)
    if kiosk is None:
        raise conflict("no-kiosk", f"No kiosk is enrolled behind {panel.name}.")
    at = parts.clock()
    command = Command(
        id=new_id(), at=at, name=CommandName.WATCH, expires_at=showing.until(at, WATCH_S), seconds=WATCH_S
    )
    parts.exchange.publish(topics.down(kiosk.id, Down.COMMAND), command, DOWN_MANNER[Down.COMMAND])
    return WatchAnswer(command_id=command.id, until_at=command.expires_at)


def _publication(session: Session, row: Publication) -> PublicationShown:
    job = jobs.get(session, row.job_id) if row.job_id is not None else None
    return PublicationShown(
        id=row.id,
        state=PublicationState(row.state),
        panel_ids=[UUID(text) for text in row.panel_ids],
        job_id=row.job_id,
        progress_permille=job.progress_permille if job is not None else 0,
        message=job.message if job is not None else "",
        error=row.error,
        sentences=row.sentences,
        warnings=row.warnings,
        created_at=row.created_at,
        assigned_at=row.assigned_at,
    )

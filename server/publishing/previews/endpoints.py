"""Previews over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from playlists.document import Document
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller
from server.db import Session
from server.edge import ReadSession, span
from server.errors import not_found
from server.parts import PartsDep
from server.publishing import repository
from server.publishing.endpoints import holdings_of
from server.publishing.previews import service
from server.publishing.previews.schemas import ExplanationShown, PreviewShown, Source
from server.routes import Router
from server.scheduling.targets import service as targets
from server.tables import Panel

router = Router(prefix="/api/v1", tags=["previews"])
LONGEST = timedelta(days=62)
LONGEST_AIRINGS = timedelta(days=2)
From = Annotated[datetime, Query(alias="from", examples=["2026-11-23T00:00:00Z"])]
To = Annotated[datetime, Query(alias="to", examples=["2026-11-24T00:00:00Z"])]


@router.get("/panels/{panel_id}/preview")
def preview(
    panel_id: UUID,
    request: Request,
    caller: CallerDep,
    session: ReadSession,
    start: From,
    end: To,
    source: Source = Source.DRAFT,
    airings: bool = False,
) -> PreviewShown:
    """Tell who is on a panel between two times, why, and what is displaced; with `airings` item by item.

    What is held or withdrawn is left out, as the kiosk does, and listed as `resting`.
    """
    panel = _panel(session, caller, panel_id)
    asked = span(start, end, LONGEST_AIRINGS if airings else LONGEST)
    plan = service.planned(session, holdings_of(request), panel, source, asked[0])
    return service.preview(panel, source, plan, asked, airings=airings)


@router.get("/panels/{panel_id}/explain")
def explain(
    panel_id: UUID,
    request: Request,
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    at: Annotated[datetime | None, Query(description="a time with an offset; now when missing")] = None,
    source: Source = Source.DRAFT,
) -> ExplanationShown:
    """Tell what a panel shows at one time, why, and what it displaces."""
    panel = _panel(session, caller, panel_id)
    asked = parts.clock() if at is None else at
    moment, _ = span(asked, asked + timedelta(seconds=1), LONGEST)
    plan = service.planned(session, holdings_of(request), panel, source, moment)
    return service.explanation(panel, source, plan.document if plan is not None else None, moment)


@router.get("/panels/{panel_id}/timeline.json", response_model_exclude_defaults=True)
def timeline_document(
    panel_id: UUID,
    request: Request,
    caller: CallerDep,
    session: ReadSession,
    response: Response,
    parts: PartsDep,
    source: Source = Source.DRAFT,
) -> Document:
    """Give a panel's plan as the document that `bangtin timeline explain` reads."""
    panel = _panel(session, caller, panel_id)
    plan = service.planned(session, holdings_of(request), panel, source, parts.clock())
    if plan is None:
        raise not_found("assigned manifest of this panel")
    response.headers["Content-Disposition"] = f'attachment; filename="{panel.slug}.timeline.json"'
    return plan.document


def _panel(session: Session, caller: Caller, panel_id: UUID) -> Panel:
    return targets.visible_panel(session, caller, repository.panel(session, panel_id))

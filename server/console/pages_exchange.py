"""Copying a span of the schedule, and its exchange with other programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse

from server.console import repository
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.db import Session
from server.edge import ReadSession, Slice
from server.routes import Router
from server.scheduling.feeds import repository as feeds
from server.scheduling.targets import service as targets
from server.scheduling.targets.schemas import Targets

router = Router(route_class=PageRoute, include_in_schema=False)


@router.get("/schedule/exchange")
def exchange(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show how to copy days, and where the schedule goes to and comes from."""
    offered = targets.offered(session, page.caller)
    today = page.now.astimezone(HOME_ZONE).date()
    monday = today - timedelta(days=today.weekday())
    return page.render(
        "exchange.html",
        "schedule",
        panels=offered.panels,
        sites=offered.sites,
        offered={"panels": offered.panels, "sites": offered.sites, "tags": offered.tags, "chosen": ""},
        playlists=repository.playlists(session, page.caller.seen, most=500),
        agencies=repository.agencies(session, page.caller.seen),
        feeds=_feeds(page, session),
        week={"first": monday, "last": monday + timedelta(days=6), "to": monday + timedelta(days=7)},
    )


def _feeds(page: Page, session: Session) -> list[dict[str, Any]]:
    rows = feeds.feeds(session, page.caller.seen, Slice(limit=100, before=None))
    meant = Targets(
        panels=[row.panel_id for row in rows if row.panel_id is not None],
        sites=[row.site_id for row in rows if row.site_id is not None],
    )
    names = repository.place_names(session, [meant])
    return [
        {
            "id": row.id,
            "rev": row.rev,
            "name": row.name,
            "place": names.get(row.panel_id or row.site_id or UUID(int=0), "—"),
            "made": page.texts.say("made at %(when)s", when=page.texts.when(row.created_at, page.now, HOME_ZONE)),
        }
        for row in rows
    ]

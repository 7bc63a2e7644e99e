"""What entries refer to and what stands above them: dayparts, and urgent playlists."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from playlists.instant import format_instant
from server.accounts.permissions import Permission
from server.console import planned, repository
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import WEEKDAYS, Texts, mark
from server.db import Session
from server.edge import ReadSession, Slice
from server.scheduling.overrides import repository as overrides
from server.scheduling.overrides import service as override_service
from server.scheduling.overrides.schemas import OverrideShown, OverrideState
from server.scheduling.targets import service as targets

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LENGTHS = (15, 30, 60, 120, 240, 720, 1440)
LONGER = (30, 120)
STATES = {
    OverrideState.ACTIVE: mark("On the panels"),
    OverrideState.PLANNED: mark("Planned"),
    OverrideState.ENDED: mark("Over"),
}


@router.get("/schedule/dayparts")
def dayparts(page: PageDep, session: ReadSession, archived: bool = False) -> HTMLResponse:
    """List dayparts, each with its form."""
    rows = repository.dayparts(session, page.caller.agency_id, archived=archived)
    used = repository.entries_by_daypart(session, [row.id for row in rows])
    texts = page.texts
    return page.render(
        "dayparts.html",
        "schedule",
        archived=archived,
        agencies=repository.agencies(session, page.caller.agency_id),
        weekdays=[texts.say(name) for name in WEEKDAYS],
        rows=[
            {
                "id": row.id,
                "name": row.name,
                "rev": row.rev,
                "words": planned.windows_words(texts, row.windows),
                "used": texts.count("%(num)s entry uses it", "%(num)s entries use it", used.get(row.id, 0))
                if row.id in used
                else texts.say("No entry uses it"),
                "in_use": row.id in used,
                "windows": json.dumps(row.windows),
                "exceptions": json.dumps(row.exceptions),
                "editable": page.may(Permission.EDIT_SCHEDULE) and page.caller.sees(row.agency_id),
            }
            for row in rows
        ],
    )


@router.get("/schedule/urgent")
def urgent(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show what is urgent now and to come, and the form for more."""
    offered = targets.offered(session, page.caller)
    tz = zone(offered.sites[0].time_zone) if offered.sites else HOME_ZONE
    return page.render(
        "urgent.html",
        "schedule",
        current=_overrides(page, session, tz, past=False),
        past=_overrides(page, session, tz, past=True),
        playlists=repository.playlists(session, page.caller.agency_id, most=500),
        agencies=repository.agencies(session, page.caller.agency_id),
        offered={"panels": offered.panels, "sites": offered.sites, "tags": offered.tags, "chosen": ""},
        zone=str(tz),
        lengths=[(minutes, page.texts.say("in %(span)s", span=length(page.texts, minutes))) for minutes in LENGTHS],
        longer=[(minutes, page.texts.say("%(span)s longer", span=length(page.texts, minutes))) for minutes in LONGER],
    )


def length(texts: Texts, minutes: int) -> str:
    """Return minutes as people say them: 30 minutes, 2 hours."""
    if minutes % 60:
        return texts.count("%(num)s minute", "%(num)s minutes", minutes)
    return texts.count("%(num)s hour", "%(num)s hours", minutes // 60)


def _overrides(page: Page, session: Session, tz: ZoneInfo, *, past: bool) -> list[dict[str, Any]]:
    part = Slice(limit=30 if past else 200, before=None)
    rows = overrides.overrides(session, page.caller.agency_id, None, page.now, part, past=past)
    shown = override_service.shown(session, rows, page.now)
    names = repository.place_names(session, [one.targets for one in shown])
    return [_override(page, one, planned.where(page.texts, one.targets, names), tz) for one in shown]


def _override(page: Page, one: OverrideShown, where: str, tz: ZoneInfo) -> dict[str, Any]:
    state = STATES[one.state]
    return {
        "id": one.id,
        "rev": one.rev,
        "playlist": one.playlist_name,
        "where": where,
        "state": one.state.value,
        "state_words": page.texts.say(state),
        "times": _times(page, one.starts_at, one.ended_at or one.ends_at, tz),
        "ends_at": format_instant(one.ends_at),
        "reason": one.reason,
        "editable": page.may(Permission.PUBLISH) and page.caller.sees(one.agency_id),
    }


def _times(page: Page, starts_at: datetime, ends_at: datetime, tz: ZoneInfo) -> str:
    texts = page.texts
    begins, ends = texts.when(starts_at, page.now, tz), texts.when(ends_at, page.now, tz)
    return texts.say("From %(began)s to %(ended)s", began=begins, ended=ends)

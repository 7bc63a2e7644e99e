"""What entries refer to and what stands above them: dayparts, hours, special days, and what is urgent."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.daypart import ALWAYS, zone
from playlists.instant import format_instant
from playlists.special_day import DayKind
from server.accounts.permissions import Permission
from server.console import planned, repository
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import WEEKDAYS, Texts, mark
from server.db import Session
from server.edge import ReadSession, Slice
from server.fleet import repository as fleet_rows
from server.fleet import service as fleet
from server.routes import Router
from server.scheduling.essential_only import repository as essential_rows
from server.scheduling.essential_only import service as essential_service
from server.scheduling.overrides import repository as overrides
from server.scheduling.overrides import service as override_service
from server.scheduling.overrides.schemas import OverrideShown, OverrideState
from server.scheduling.special_days import service as special
from server.scheduling.special_days.proposals import FIRST_YEAR, LAST_YEAR
from server.scheduling.targets import service as targets
from server.seen import EVERYTHING
from server.tables import Agency, Panel, Site

router = Router(route_class=PageRoute, include_in_schema=False)
LENGTHS = (15, 30, 60, 120, 240, 720, 1440)
LONGER = (30, 120)
LATE_MONTH = 10
"""From this month on the next year's special days are shown first: they are confirmed before it begins."""
KINDS = {
    DayKind.DAY_OFF: mark("day off"),
    DayKind.WORKING_DAY: mark("swapped working day"),
    DayKind.OBSERVANCE: mark("day with a name, worked as usual"),
}
STATES = {
    OverrideState.ACTIVE: mark("On the panels"),
    OverrideState.PLANNED: mark("Planned"),
    OverrideState.ENDED: mark("Over"),
}


@router.get("/schedule/dayparts")
def dayparts(page: PageDep, session: ReadSession, archived: bool = False) -> HTMLResponse:
    """List dayparts, each with its form."""
    rows = repository.dayparts(session, page.caller.seen, archived=archived)
    used = repository.entries_by_daypart(session, [row.id for row in rows])
    texts = page.texts
    return page.render(
        "dayparts.html",
        "schedule",
        archived=archived,
        agencies=repository.agencies(session, page.caller.seen),
        weekdays=[texts.say(name) for name in WEEKDAYS],
        calendars=repository.calendars(session),
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
                "calendar": row.calendar_id,
                "days_off": json.dumps(row.day_off_windows),
                "editable": page.caller.may(Permission.EDIT_SCHEDULE, agency_id=row.agency_id),
            }
            for row in rows
        ],
    )


@router.get("/schedule/urgent")
def urgent(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show what is urgent now and to come, and the form for more."""
    offered = targets.offered(session, page.caller)
    sites = repository.sites(session, page.caller.seen)
    tz = zone(offered.sites[0].time_zone) if offered.sites else HOME_ZONE
    return page.render(
        "urgent.html",
        "schedule",
        current=_overrides(page, session, tz, past=False),
        past=_overrides(page, session, tz, past=True),
        essential=essential_pieces(page, session, tz),
        sites=sites,
        playlists=repository.playlists(session, page.caller.seen, most=500),
        agencies=repository.agencies(session, page.caller.seen),
        offered={"panels": offered.panels, "sites": offered.sites, "tags": offered.tags, "chosen": ""},
        zone=str(tz),
        lengths=[(minutes, page.texts.say("in %(span)s", span=length(page.texts, minutes))) for minutes in LENGTHS],
        longer=[(minutes, page.texts.say("%(span)s longer", span=length(page.texts, minutes))) for minutes in LONGER],
    )


def essential_pieces(page: Page, session: Session, tz: ZoneInfo) -> list[dict[str, Any]]:
    """Return the times of essential notices only that are on or to come."""
    rows = essential_rows.rows(session, page.caller.seen, page.now, Slice(limit=50, before=None), past=False)
    shown = essential_service.shown(session, rows, page.now)
    names = {
        row.id: row.name for row in essential_rows.sites(session, {one for each in shown for one in each.site_ids})
    }
    pieces = []
    for one in shown:
        state = STATES[one.state]
        pieces.append(
            {
                "id": one.id,
                "rev": one.rev,
                "where": page.texts.listed(names[site_id] for site_id in one.site_ids if site_id in names),
                "state": one.state.value,
                "state_words": page.texts.say(state),
                "times": _times(page, one.starts_at, one.ends_at, tz),
                "reason": one.reason,
                "editable": page.may(Permission.PUBLISH),
            }
        )
    return pieces


@router.get("/schedule/hours")
def hours(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show when panels are lit, what tags they carry and how agencies share them."""
    panels = repository.panels(session, page.caller.seen)
    sites = repository.sites_by_id(session, {panel.site_id for panel in panels})
    quotas = repository.quotas(session, [panel.id for panel in panels])
    tags = fleet_rows.tags(session, [panel.id for panel in panels])
    agencies = repository.agencies(session, EVERYTHING) if page.may(Permission.EDIT_FLEET) else []
    return page.render(
        "hours.html",
        "schedule",
        weekdays=[page.texts.say(name) for name in WEEKDAYS],
        calendars=repository.calendars(session),
        rows=[
            _site(page, site)
            | {
                "panels": [
                    _panel(page, panel, tags.get(panel.id, []), _shares(page, quotas.get(panel.id, {}), agencies))
                    for panel in panels
                    if panel.site_id == site.id
                ]
            }
            for site in sorted(sites.values(), key=lambda one: one.name)
        ],
    )


def _site(page: Page, site: Site) -> dict[str, Any]:
    place = fleet.place_of(site)
    known = place is not None
    return {
        "id": site.id,
        "name": site.name,
        "rev": site.rev,
        "own": page.caller.sees(site.agency_id, site.id),
        "latitude": f"{place.latitude_microdegrees / 1_000_000:.6f}" if place is not None else "",
        "longitude": f"{place.longitude_microdegrees / 1_000_000:.6f}" if place is not None else "",
        "place_words": "" if known else page.texts.say("Place unknown: no hours by sunrise or sunset here"),
    }


def _panel(page: Page, panel: Panel, tags: list[str], shares: list[dict[str, Any]]) -> dict[str, Any]:
    windows = panel.operating_hours or [ALWAYS.model_dump(mode="json")]
    return {
        "id": panel.id,
        "name": panel.name,
        "rev": panel.rev,
        "words": planned.windows_words(page.texts, windows),
        "windows": json.dumps(windows),
        "exceptions": json.dumps(panel.hours_exceptions),
        "calendar": panel.hours_calendar_id,
        "days_off": json.dumps(panel.hours_day_off_windows),
        "tags": tags,
        "quotas": shares,
    }


def _shares(page: Page, permille: dict[UUID, int], agencies: list[Agency]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "permille": permille.get(one.id),
            "percent": page.texts.percent(permille.get(one.id, 0)),
        }
        for one in agencies
    ]


@router.get("/schedule/special-days")
def special_days(
    page: PageDep,
    session: ReadSession,
    calendar: UUID | None = None,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
) -> HTMLResponse:
    """Show a year of a calendar of special days."""
    calendars = repository.calendars(session)
    chosen = next((row for row in calendars if row.id == calendar), calendars[0] if calendars else None)
    local = page.now.astimezone(HOME_ZONE)
    number = year or min(local.year + (local.month >= LATE_MONTH), LAST_YEAR)
    shown = special.year_of(session, chosen, number) if chosen is not None else None
    confirmed = ""
    if shown is not None and shown.confirmed_at is not None:
        confirmed = page.texts.say(
            "Confirmed at %(when)s", when=page.texts.when(shown.confirmed_at, page.now, HOME_ZONE)
        )
    return page.render(
        "special_days.html",
        "schedule",
        calendars=calendars,
        calendar=chosen,
        kinds=[(kind.value, page.texts.say(KINDS[kind])) for kind in DayKind],
        weekdays=[page.texts.say(name) for name in WEEKDAYS],
        year={
            "number": number,
            "rev": shown.rev if shown is not None else 0,
            "dates": json.dumps([one.model_dump(mode="json") for one in shown.dates] if shown is not None else []),
            "is_proposal": shown is not None and shown.is_proposal,
            "confirmed": confirmed,
        },
    )


def length(texts: Texts, minutes: int) -> str:
    """Return minutes as people say them: 30 minutes, 2 hours."""
    if minutes % 60:
        return texts.count("%(num)s minute", "%(num)s minutes", minutes)
    return texts.count("%(num)s hour", "%(num)s hours", minutes // 60)


def _overrides(page: Page, session: Session, tz: ZoneInfo, *, past: bool) -> list[dict[str, Any]]:
    part = Slice(limit=30 if past else 200, before=None)
    rows = overrides.overrides(session, page.caller.seen, None, page.now, part, past=past)
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
        "editable": page.caller.may(Permission.PUBLISH, agency_id=one.agency_id),
    }


def _times(page: Page, starts_at: datetime, ends_at: datetime, tz: ZoneInfo) -> str:
    texts = page.texts
    begins, ends = texts.when(starts_at, page.now, tz), texts.when(ends_at, page.now, tz)
    return texts.say("From %(began)s to %(ended)s", began=begins, ended=ends)

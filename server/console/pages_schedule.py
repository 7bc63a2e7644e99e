"""The schedule: the calendar, what it shows, and the form of an entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from playlists.language import fold
from server.accounts.permissions import Permission
from server.console import day as days
from server.console import planned, repository
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.planned import Bar
from server.console.texts import WEEKDAYS, mark
from server.db import Session
from server.edge import ReadSession, Slice
from server.errors import invalid
from server.routes import Router
from server.scheduling.entries import service as entries
from server.scheduling.essential_only import repository as essential_rows
from server.scheduling.plans import service as plans
from server.scheduling.targets import repository as target_rows
from server.scheduling.targets import service as targets
from server.tables import Panel, ScheduleEntryRow, Site

router = Router(route_class=PageRoute, include_in_schema=False)
LONGEST = timedelta(days=62)
SOON = timedelta(days=14)
MOST_PANELS = 200
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Q = Annotated[str, Query(max_length=200)]
REPEATS = (
    ("once", mark("once"), ""),
    ("always", mark("on every day of the daypart"), ""),
    ("daily", mark("daily"), mark("days")),
    ("weekly", mark("weekly"), mark("weeks")),
    ("monthly", mark("monthly on this date"), mark("months")),
    ("monthly_last", mark("on the last day of the month"), mark("months")),
    ("monthly_nth", mark("monthly on a weekday"), mark("months")),
    ("yearly", mark("yearly"), mark("years")),
    ("custom", mark("by a rule of its own"), ""),
)
"""What the form calls a rule, its name, and what "every N" counts."""
ORDINALS = (
    ("1", mark("the first")),
    ("2", mark("the second")),
    ("3", mark("the third")),
    ("4", mark("the fourth")),
    ("5", mark("the fifth")),
    ("-1", mark("the last")),
)
BANDS = (("20", mark("Low")), ("50", mark("Normal")), ("80", mark("High")), ("own", mark("Another number")))
VIEWS = {
    "today": mark("Today"),
    "prev": mark("Before"),
    "next": mark("Next"),
    "resourceTimelineDay": mark("Day"),
    "resourceTimelineWeek": mark("Week"),
    "resourceTimelineMonth": mark("Month"),
    "timeGridDay": mark("Day"),
    "timeGridWeek": mark("Week"),
    "dayGridMonth": mark("Month"),
    "listDay": mark("Day"),
    "listWeek": mark("Week"),
}


@dataclass(frozen=True)
class Shown:
    """Which panels the calendar shows, with their sites."""

    panels: list[Panel]
    sites: dict[UUID, Site]
    which: str = ""


@router.get("/schedule")
def show_calendar(page: PageDep, session: ReadSession, q: Q = "", which: Q = "") -> HTMLResponse:
    """Show the calendar of all panels, of a site's, or of one."""
    shown = _shown(page, session, which)
    every = targets.offered(session, page.caller)
    today = page.now.astimezone(HOME_ZONE).date()
    first = shown.sites[shown.panels[0].site_id].time_zone if shown.panels else "Asia/Ho_Chi_Minh"
    ending = repository.ending(session, page.caller.seen, today, today + SOON)
    said = planned.rules(session, page.texts, ending)
    names = repository.playlist_names(session, [row.playlist_id for row in ending])
    return page.render(
        "schedule.html",
        "schedule",
        q=q,
        which=which,
        panels=every.panels,
        panel_ids=[panel.id for panel in shown.panels if page.caller.sees(panel.agency_id, panel.site_id)],
        sites=[
            {"id": site.id, "name": site.name, "panels": [one for one in every.panels if one.site_id == site.id]}
            for site in every.sites
        ],
        summary=_summary(page, shown),
        essential=_essential(page, session),
        rows=json.dumps([{"id": str(panel.id), "title": panel.name} for panel in shown.panels]),
        offset=_offset(first, page.now),
        view_words=json.dumps({name: page.texts.say(word) for name, word in VIEWS.items()}),
        new_href=_new_href(shown),
        no_entries=not repository.any_entry(session, page.caller.seen),
        ending=[
            {
                "href": f"/schedule/entries/{row.id}",
                "name": names[row.playlist_id],
                "words": said[row.id],
                "ends": page.texts.say("ends %(date)s", date=page.texts.day(date.fromisoformat(row.last_on or ""))),
            }
            for row in ending
        ],
    )


@router.get("/schedule/instances")
def instances(
    page: PageDep,
    session: ReadSession,
    first: Annotated[date, Query(alias="from")],
    end: Annotated[date, Query(alias="to")],
    q: Q = "",
    which: Q = "",
) -> dict[str, Any]:
    """List what lies on panels between two local dates, as the calendar's script takes it."""
    if not first < end <= first + LONGEST:
        raise invalid("invalid-span", "Ask for at least a day and at most two months.")
    shown = _shown(page, session, which)
    made = [
        (
            str(panel.id),
            plans.draft(session, panel, days.bounds_of(first, zone(shown.sites[panel.site_id].time_zone))[0]),
        )
        for panel in shown.panels
    ]
    bars = planned.bars([(panel_id, document.plan()) for panel_id, document in made], first, end)
    known = _known(page, session, bars)
    wanted = fold(q).split()
    kept = {key for key, one in known.items() if all(word in fold(f"{one['title']} {one['note']}") for word in wanted)}
    return {
        "entries": known,
        "events": [
            planned.written(bar, known[bar.subject]) if bar.subject else planned.written(bar, {})
            for bar in bars
            if not bar.subject or bar.subject in kept
        ],
    }


@router.get("/schedule/entries/new")
def new_entry(
    page: PageDep,
    session: ReadSession,
    panel: Q = "",
    day: Annotated[date | None, Query(alias="date")] = None,
    start: Annotated[str, Query(pattern=r"^\d\d:\d\d$")] = "07:00",
    end: Annotated[str, Query(pattern=r"^\d\d:\d\d$")] = "10:00",
) -> HTMLResponse:
    """Show an empty entry."""
    page.caller.require(Permission.EDIT_SCHEDULE)
    chosen = day or page.now.astimezone(HOME_ZONE).date()
    preset = {
        "date": chosen.isoformat(),
        "start": start,
        "end": end,
        "repeat": "once" if day is not None else "weekly",
        "weekdays": [CODES[chosen.weekday()]] if day is not None else CODES[:5],
    }
    return _form(page, session, page.texts.say("New entry"), "", preset, panel)


@router.get("/schedule/entries/{entry_id}")
def entry(entry_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show an entry's form."""
    row = entries.entry_of(session, page.caller, entry_id, Permission.EDIT_SCHEDULE)
    shown = entries.shown(session, [row])[0]
    today = page.now.astimezone(HOME_ZONE).date()
    preset = {"date": today.isoformat(), "start": "07:00", "end": "10:00", "repeat": "once", "weekdays": []}
    return _form(page, session, shown.playlist_name, shown.model_dump_json(), preset, "")


def _form(
    page: Page, session: Session, heading: str, document: str, preset: dict[str, Any], panel: str
) -> HTMLResponse:
    texts = page.texts
    offered = targets.offered(session, page.caller)
    zones = sorted({site.time_zone for site in offered.sites})
    return page.render(
        "entry.html",
        "schedule",
        heading=heading,
        entry=document,
        back=f"/schedule?{urlencode({'which': f'panel:{panel}'})}" if panel else "/schedule",
        preset=preset,
        playlists=repository.playlists(session, page.caller.seen, most=500),
        offered={"panels": offered.panels, "sites": offered.sites, "tags": offered.tags, "chosen": panel},
        dayparts=[
            {"id": row.id, "name": row.name, "words": planned.windows_words(texts, row.windows)}
            for row in repository.dayparts(session, page.caller.seen)
        ],
        agencies=repository.agencies(session, page.caller.seen),
        calendars=repository.calendars(session),
        repeats=[(value, texts.say(name), texts.say(unit) if unit else "") for value, name, unit in REPEATS],
        ordinals=[(value, texts.say(name)) for value, name in ORDINALS],
        bands=[(value, texts.say(name)) for value, name in BANDS],
        weekdays=[(code, texts.say(name)) for code, name in zip(CODES, WEEKDAYS, strict=True)],
        zone_words=texts.listed(zones) or "Asia/Ho_Chi_Minh",
    )


def _shown(page: Page, session: Session, which: str) -> Shown:
    panels = target_rows.usable(session, page.caller.seen)
    kind, _, wanted = which.partition(":")
    if kind == "panel":
        panels = [panel for panel in panels if str(panel.id) == wanted]
    elif kind == "site":
        panels = [panel for panel in panels if str(panel.site_id) == wanted]
    sites = target_rows.sites(session, {panel.site_id for panel in panels})
    ordered = sorted(panels, key=lambda panel: (sites[panel.site_id].name, panel.name))[:MOST_PANELS]
    return Shown(ordered, sites, which)


def _known(page: Page, session: Session, bars: list[Bar]) -> dict[str, dict[str, Any]]:
    """Return what the calendar says of entries and overrides, by id."""
    rows = repository.entries_by_id(session, {UUID(bar.subject) for bar in bars if bar.kind == "entry"})
    urgent = repository.overrides_by_id(session, {UUID(bar.subject) for bar in bars if bar.kind == "override"})
    meant = target_rows.entry_targets(session, rows) | target_rows.override_targets(session, urgent)
    said = planned.rules(session, page.texts, rows.values())
    names = repository.place_names(session, meant.values())
    played = {row.playlist_id for row in rows.values()} | {one.playlist_id for one in urgent.values()}
    titles = repository.playlist_names(session, played)
    shown = {one.id: one for one in entries.shown(session, list(rows.values()))}
    known: dict[str, dict[str, Any]] = {}
    for row in rows.values():
        known[str(row.id)] = {
            "title": titles[row.playlist_id],
            "note": row.note,
            "when": said[row.id],
            "where": planned.where(page.texts, meant[row.id], names),
            "standing": planned.standing(page.texts, row.priority, row.weight),
            "href": f"/schedule/entries/{row.id}",
            "editable": page.caller.may(Permission.EDIT_SCHEDULE, agency_id=row.agency_id),
            "movable": page.caller.may(Permission.EDIT_SCHEDULE, agency_id=row.agency_id) and _movable(row),
            "repeating": _repeats(row),
            "entry": shown[row.id].model_dump(mode="json"),
            "today": page.now.astimezone(HOME_ZONE).date().isoformat(),
        }
    for one in urgent.values():
        known[str(one.id)] = {
            "title": titles[one.playlist_id],
            "note": one.reason,
            "when": one.reason,
            "where": planned.where(page.texts, meant[one.id], names),
            "standing": page.texts.say("Urgent, above the schedule"),
            "href": f"/schedule/urgent#override-{one.id}",
            "editable": page.caller.may(Permission.EDIT_SCHEDULE, agency_id=one.agency_id),
            "movable": False,
            "repeating": False,
        }
    return known


def _essential(page: Page, session: Session) -> str:
    rows = essential_rows.rows(session, page.caller.seen, page.now, Slice(limit=20, before=None), past=False)
    on = [row for row in rows if row.starts_at <= page.now]
    if not on:
        return ""
    site_ids = {one for ids in essential_rows.site_ids(session, [row.id for row in on]).values() for one in ids}
    names = page.texts.listed(row.name for row in essential_rows.sites(session, site_ids))
    return page.texts.say("Only essential notices are shown at %(sites)s.", sites=names)


def _movable(row: ScheduleEntryRow) -> bool:
    """Tell whether an entry has hours of its own by the clock: what follows a daypart or the sun is moved there."""
    hours = row.own_window or {}
    return row.daypart_id is None and not any("sun" in hours.get(end, "") for end in ("start", "end"))


def _repeats(row: ScheduleEntryRow) -> bool:
    return row.recurrence is None or bool(row.recurrence.get("rrule") or row.recurrence.get("rdate"))


def _summary(page: Page, shown: Shown) -> str:
    counted = page.texts.count("%(num)s panel", "%(num)s panels", len(shown.panels))
    zones = page.texts.listed(sorted({site.time_zone for site in shown.sites.values()}))
    return page.texts.say("%(panels)s · times of the site (%(zone)s)", panels=counted, zone=zones) if zones else ""


def _offset(time_zone: str, now: datetime) -> str:
    text = now.astimezone(zone(time_zone)).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def _new_href(shown: Shown) -> str:
    if shown.which.startswith("panel:") and shown.panels:
        return f"/schedule/entries/new?{urlencode({'panel': str(shown.panels[0].id)})}"
    return "/schedule/entries/new"

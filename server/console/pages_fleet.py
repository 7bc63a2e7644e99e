"""Pages about panels: the wall, one panel, the progress of a publication."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from playlists.daypart import zone
from playlists.wire.messages import Health
from server.console import pages_faults, pages_roster, repository, wall, words
from server.console.approvals import lists as approvals
from server.console.page import Page, PageDep, PageRoute
from server.console.repository import Fleet
from server.console.texts import WEEKDAYS
from server.console.words import Said
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.publishing import service as publishing
from server.publishing import showing
from server.publishing.endpoints import holdings_of
from server.publishing.schemas import WallPanel
from server.routes import Router
from server.seen import seen_of
from server.tables import Panel

router = Router(route_class=PageRoute, include_in_schema=False)
Q = Annotated[str, Query(max_length=200)]


@router.get("/")
def show_wall(page: PageDep, session: ReadSession, q: Q = "", site: Q = "") -> HTMLResponse:
    """Show every panel of the caller as a card."""
    panels, fleet = _panels(page, session)
    kept = [panel for panel in panels if wall.matches(panel, q, site, fleet)]
    return page.render(
        "wall.html",
        "wall",
        q=q,
        site=site,
        any_panels=bool(panels),
        all_panel_ids=[panel.panel_id for panel in panels],
        summary=wall.summary(page.texts, panels, fleet),
        sites=sorted(fleet.sites.values(), key=lambda one: one.name),
        cards=[wall.card(page.texts, panel, fleet, page.now) for panel in kept],
        asks_me=approvals.asking_count(page, session),
        thin_weekends=pages_roster.thin_weekends(page, session),
    )


@router.get("/panels/{panel_id}/card")
def show_card(panel_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one card of the wall anew."""
    panels, fleet = _panels(page, session, panel_id)
    return page.render("one_card.html", "wall", card=wall.card(page.texts, panels[0], fleet, page.now))


@router.get("/panels/{panel_id}")
def show_panel(panel_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one panel: picture, week, condition, faults, plays."""
    panels, fleet = _panels(page, session, panel_id)
    panel = fleet.panels[0]
    readings, when = _readings(page, fleet, panel)
    return page.render(
        "panel.html",
        "wall",
        card=wall.card(page.texts, panels[0], fleet, page.now),
        panel=_facts(panel, fleet),
        playlists=repository.playlists(session, seen_of(panel.agency_id), most=500),
        entries=_entries(page, session, panel),
        weekdays=[page.texts.say(day) for day in WEEKDAYS],
        plays=_plays(page, session, panel, fleet),
        faults=pages_faults.of_panel(page, session, panel_id),
        readings=readings,
        readings_when=when,
        kiosk_facts=_kiosk_facts(page, fleet, panel),
        no_faults=page.texts.say("No open faults; every check that was reported is in order."),
    )


@router.get("/publications/{publication_id}")
def show_publication(publication_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show how far a publication has come, in words; pages ask for this until it is done."""
    row = publishing.publication_of(session, page.caller, publication_id)
    job = repository.job(session, row.job_id)
    panels, fleet = _panels(page, session)
    named = [panel for panel in panels if str(panel.panel_id) in set(row.panel_ids)]
    progress = words.progress(page.texts, row, job, [(panel, fleet.kiosks.get(panel.panel_id)) for panel in named])
    return page.render("progress.html", "wall", progress=progress)


def _panels(page: Page, session: Session, panel_id: UUID | None = None) -> tuple[Sequence[WallPanel], Fleet]:
    asked = [panel_id] if panel_id is not None else None
    found = showing.wall(session, holdings_of(page.request), page.caller, page.now, asked)
    if panel_id is not None and not found:
        raise not_found("panel")
    known = {one.panel.id: (one.kiosk, one.status) for one in found if one.kiosk is not None}
    return [one.shown for one in found], repository.fleet(session, [one.panel for one in found], page.now, known)


def _facts(panel: Panel, fleet: Fleet) -> dict[str, object]:
    return {
        "facts": f"{panel.width}×{panel.height} · {panel.fps} fps · {panel.slug}",
        "default_playlist_id": panel.default_playlist_id,
        "time_zone": fleet.sites[panel.site_id].time_zone,
        "rev": panel.rev,
    }


def _entries(page: Page, session: Session, panel: Panel) -> list[dict[str, object]]:
    rows = repository.entries(session, panel)
    names = repository.playlist_names(session, {row.playlist_id for row in rows} | {panel.default_playlist_id})
    return [
        {
            "document": json.dumps(
                {
                    "id": str(row.id),
                    "playlist_id": str(row.playlist_id),
                    "priority": row.priority,
                    **window,
                }
            ),
            "playlist": names[row.playlist_id],
            "hours": f"{window['start']}–{window['end']}",
            "days": page.texts.weekdays(window["weekdays"]),
            "rank": page.texts.say("priority %(number)s", number=row.priority),
        }
        for row, window in ((row, row.own_window or {}) for row in rows)
    ]


def _plays(page: Page, session: Session, panel: Panel, fleet: Fleet) -> list[dict[str, str]]:
    rows = repository.plays(session, panel.id)
    titles = repository.notice_titles(session, [row.notice_id for row in rows])
    tz = zone(fleet.sites[panel.site_id].time_zone)
    return [
        {
            "began": f"{page.texts.date(row.started_at, tz)} {page.texts.clock(row.started_at, tz, seconds=True)}",
            "title": titles.get(row.notice_id or UUID(int=0), "—"),
            "language": page.texts.language_name(row.language),
            "lasted": page.texts.span(round((row.ended_at - row.started_at).total_seconds() * 1000)),
        }
        for row in rows
    ]


def _readings(page: Page, fleet: Fleet, panel: Panel) -> tuple[list[Said], str]:
    status = fleet.statuses.get(panel.id)
    if status is None or status.health_at is None:
        return [], ""
    try:
        health = Health.model_validate(status.health)
    except ValidationError:
        return [], ""
    when = page.texts.when(status.health_at, page.now, zone(fleet.sites[panel.site_id].time_zone))
    return [words.reading(page.texts, one) for one in health.readings], page.texts.say("As of %(when)s", when=when)


def _kiosk_facts(page: Page, fleet: Fleet, panel: Panel) -> list[tuple[str, str]]:
    kiosk, status, say = fleet.kiosks.get(panel.id), fleet.statuses.get(panel.id), page.texts.say
    if kiosk is None:
        return []
    tz = zone(fleet.sites[panel.site_id].time_zone)
    state = status.state if status is not None else {}
    facts = [
        (say("Name"), kiosk.slug),
        (say("Assigned"), say("no. %(seq)s", seq=kiosk.assigned_seq) if kiosk.assigned_seq else "—"),
        (say("Installed"), say("no. %(seq)s", seq=state["installed_seq"]) if state.get("installed_seq") else "—"),
    ]
    if status is not None and status.heard_at is not None:
        facts.append((say("Last heard from"), page.texts.when(status.heard_at, page.now, tz)))
    if status is not None and status.agent:
        facts.append((say("Program"), status.agent))
    if state.get("player"):
        facts.append((say("Player"), str(state["player"])))
    if "clock_trusted" in state:
        facts.append((say("Clock"), say("trusted") if state["clock_trusted"] else say("not trusted")))
    return facts

"""A panel's day: what is on when, why, and what it displaces; as published, or as the draft would have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from playlists.daypart import zone
from playlists.document import Document
from playlists.instant import from_millis
from playlists.plan import Layer
from server.console import day as days
from server.console import planned, repository
from server.console.page import Page, PageDep, PageRoute
from server.console.preview import Moment, Names, Preview
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.publishing.endpoints import holdings_of
from server.publishing.previews import service as previews
from server.publishing.previews.schemas import Source
from server.publishing.previews.service import Left
from server.publishing.resting import Why
from server.routes import Router
from server.scheduling.targets import service as targets
from server.tables import Panel, Site

router = Router(route_class=PageRoute, include_in_schema=False)
Clock = Annotated[str, Query(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


@dataclass(frozen=True)
class Asked:
    """Whose day is asked for; without a plan where nothing was published yet."""

    panel: Panel
    site: Site
    day: date
    draft: bool
    plan: Preview | None
    left: tuple[Left, ...] = ()

    @property
    def tz(self) -> ZoneInfo:
        """The zone of the panel's site."""
        return zone(self.site.time_zone)


@router.get("/schedule/day")
def show_any_day(page: PageDep, session: ReadSession) -> Response:
    """Lead to the day of the first panel."""
    panels = repository.panels(session, page.caller.seen)
    if not panels:
        return RedirectResponse("/schedule", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"/panels/{panels[0].id}/day?draft=1", HTTPStatus.SEE_OTHER)


@router.get("/panels/{panel_id}/day")
def show_day(
    panel_id: UUID,
    page: PageDep,
    session: ReadSession,
    asked_day: Annotated[date | None, Query(alias="date")] = None,
    at: Clock | None = None,
    draft: bool = False,
) -> HTMLResponse:
    """Show a day of a panel."""
    asked = _asked(page, session, panel_id, asked_day, draft=draft)
    tz = asked.tz
    today = page.now.astimezone(tz).date()
    first, end = days.bounds_of(asked.day, tz)
    clock = at or (page.now.astimezone(tz).strftime("%H:%M") if asked.day == today else "08:00")
    moment = days.moment_of(asked.day, time.fromisoformat(clock), tz)
    context: dict[str, object] = {"lines": [], "remark": "", "summary": ""}
    if asked.plan is not None:
        stretches = asked.plan.stretches(asked.day)
        summary = days.summary(page.texts, stretches)
        context |= {
            "lines": days.lines(page.texts, stretches, tz, page.now),
            "lanes": days.lanes(page.texts, stretches, asked.day, tz),
            "summary": summary,
            "strip_words": summary,
            "minutes": (end - first) // days.MINUTE,
            "now_minute": (page.now - first) // days.MINUTE if first <= page.now < end else None,
            "chosen_minute": (moment - first) // days.MINUTE,
            "chosen_clock": clock,
            "moment": _moment(page, asked.plan.moment(asked.day, moment), moment, tz),
        }
    return page.render(
        "day.html",
        "schedule",
        panel={"id": asked.panel.id, "name": asked.panel.name, "site": asked.site.name},
        panels=repository.panels(session, page.caller.seen),
        day=_day(page, asked, today),
        draft=draft,
        left=[_left(page, one) for one in asked.left],
        **context,
    )


@router.get("/panels/{panel_id}/day/moment")
def show_moment(
    panel_id: UUID,
    page: PageDep,
    session: ReadSession,
    at: Clock,
    asked_day: Annotated[date | None, Query(alias="date")] = None,
    draft: bool = False,
) -> HTMLResponse:
    """Explain one moment of a day."""
    asked = _asked(page, session, panel_id, asked_day, draft=draft)
    if asked.plan is None:
        raise not_found("assigned manifest of this panel")
    moment = days.moment_of(asked.day, time.fromisoformat(at), asked.tz)
    shown = _moment(page, asked.plan.moment(asked.day, moment), moment, asked.tz)
    return page.render("day_moment.html", "schedule", moment=shown)


def _left(page: Page, one: Left) -> dict[str, str]:
    held = one.why is Why.HELD
    return {
        "title": one.title,
        "href": f"/notices/{one.notice_id}/off-air",
        "tag": page.texts.say("held") if held else page.texts.say("withdrawn"),
        "words": page.texts.say("in the playlist %(name)s", name=one.playlist),
    }


def _asked(page: Page, session: Session, panel_id: UUID, day: date | None, *, draft: bool) -> Asked:
    row = repository.panels_by_id(session, [panel_id])
    panel = targets.visible_panel(session, page.caller, row[0] if row else None)
    site = repository.sites_by_id(session, [panel.site_id])[panel.site_id]
    chosen = day or page.now.astimezone(zone(site.time_zone)).date()
    source = Source.DRAFT if draft else Source.ASSIGNED
    since = days.bounds_of(chosen, zone(site.time_zone))[0]
    found = previews.planned(session, holdings_of(page.request), panel, source, since)
    if found is None:
        return Asked(panel, site, chosen, draft, None)
    plan = Preview(found.document, _names(page, session, found.document))
    return Asked(panel, site, chosen, draft, plan, found.left)


def _names(page: Page, session: Session, document: Document) -> Names:
    entries = repository.entries_by_id(session, [UUID(one.id) for one in document.entries])
    hrefs = {
        str(entry_id): f"/schedule/entries/{entry_id}"
        for entry_id, row in entries.items()
        if page.caller.sees(row.agency_id)
    }
    hrefs |= {one.id: f"/schedule/urgent#override-{one.id}" for one in document.overrides}
    rules = {str(entry_id): said for entry_id, said in planned.rules(session, page.texts, entries.values()).items()}
    items = [UUID(item.id) for playlist in document.playlists for item in playlist.items]
    covers = {(str(item_id), code): cover for (item_id, code), cover in repository.item_covers(session, items).items()}
    return Names(rules, hrefs, covers)


def _day(page: Page, asked: Asked, today: date) -> dict[str, object]:
    def to(day: date, *, draft: bool) -> str:
        return f"/panels/{asked.panel.id}/day?{urlencode({'date': day.isoformat(), 'draft': int(draft)})}"

    one = timedelta(days=1)
    return {
        "date": asked.day.isoformat(),
        "words": page.texts.long_date(asked.day),
        "is_today": asked.day == today,
        "today": to(today, draft=asked.draft),
        "before": to(asked.day - one, draft=asked.draft),
        "after": to(asked.day + one, draft=asked.draft),
        "published": to(asked.day, draft=False),
        "draft": to(asked.day, draft=True),
    }


def _moment(page: Page, one: Moment, at: datetime, tz: ZoneInfo) -> dict[str, object]:
    texts, content = page.texts, one.piece.content
    what = days.kind(texts, one.owner.layer)
    begins, ends = (texts.clock(from_millis(ms), tz, seconds=True) for ms in (one.piece.start_ms, one.piece.end_ms))
    named = [party for party in one.under if party.name]
    return {
        "heading": texts.say("Why is this on at %(clock)s?", clock=texts.clock(at, tz)),
        "cover": one.cover,
        "title": content.item.title if content is not None else what,
        "language": texts.language_name(content.language) if content is not None else "",
        "hours": f"{begins}–{ends}" if content is not None else "",
        "why": _why(page, one.owner, days.hours_of(texts, one.stretch, tz), shares=len(one.stretch.on) > 1),
        "rule": one.owner.rule,
        "href": one.owner.href,
        "under": [
            texts.say("%(name)s (%(layer)s)", name=party.name, layer=days.kind(texts, party.layer)) for party in named
        ],
    }


def _why(page: Page, on: days.Party, hours: str, *, shares: bool) -> str:
    say = page.texts.say
    if on.layer is Layer.DARK:
        return say("It lies outside the panel's operating hours (%(hours)s).", hours=hours)
    if on.layer is Layer.SAFE_LOOP:
        return say("Nothing is planned that can be played, and no default playlist is chosen.")
    if on.layer is Layer.DEFAULT:
        return say(
            "Nothing else is planned, so the default playlist %(name)s is on (%(hours)s).", name=on.name, hours=hours
        )
    if on.layer is Layer.OVERRIDE:
        return say("%(name)s is urgent and stands above the schedule (%(hours)s).", name=on.name, hours=hours)
    why = say("The schedule puts %(name)s here (%(hours)s).", name=on.name, hours=hours)
    return f"{why} {say('It shares the airtime with others of the same priority.')}" if shares else why

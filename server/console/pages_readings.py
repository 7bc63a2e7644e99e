"""What a panel's kiosk measured, drawn: a day, a week, thirty days; with the same as a table for each reading."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from playlists.instant import format_instant
from playlists.language import Language
from server.console import chart, repository, words
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import mark
from server.edge import ReadSession
from server.faults.readings import service
from server.faults.readings.service import Point, Series
from server.routes import Router

router = Router(route_class=PageRoute, include_in_schema=False)
PERIODS = ((1, mark("24 hours")), (7, mark("7 days")), (30, mark("30 days")))
_Days = Annotated[int, Query(ge=1, le=90)]


@router.get("/panels/{panel_id}/readings")
def show_readings(panel_id: UUID, page: PageDep, session: ReadSession, days: _Days = 1) -> HTMLResponse:
    """Show every reading of a panel over the last days."""
    panel = service.panel_of(session, page.caller, panel_id)
    site = repository.sites_by_id(session, [panel.site_id])[panel.site_id]
    tz, start = zone(site.time_zone), page.now - timedelta(days=days)
    found = service.history(session, panel.id, start, page.now)
    return page.render(
        "readings.html",
        "faults",
        panel=panel,
        site=site,
        days=days,
        periods=[(count, page.texts.say(name)) for count, name in PERIODS],
        export=f"from={format_instant(start)}&to={format_instant(page.now)}",
        readings=[_drawn(page, one, days, tz) for one in found],
        width=chart.WIDTH,
        height=chart.HEIGHT,
        left=chart.LEFT,
        bottom=chart.HEIGHT - chart.BOTTOM,
        right=chart.WIDTH - chart.RIGHT,
        top=chart.TOP,
    )


def _drawn(page: Page, one: Series, days: int, tz: ZoneInfo) -> dict[str, Any]:
    texts, last = page.texts, one.points[-1]
    start = page.now - timedelta(days=days)
    sign = "," if texts.language is Language.VI else "."
    unit = f" {one.unit}" if one.unit else ""
    return {
        "name": words.check_name(texts, one.name),
        "key": one.name,
        "last": f"{texts.number(last.mean)}{unit}",
        "least": f"{texts.number(min(at.least for at in one.points))}{unit}",
        "most": f"{texts.number(max(at.most for at in one.points))}{unit}",
        "chart": chart.draw(one.points, one.grain_s, start, page.now, tz, sign),
        "rows": [
            (name, *(f"{texts.number(value)}{unit}" for value in values))
            for name, values in _table(page, one.points, days, tz)
        ],
    }


def _table(page: Page, points: list[Point], days: int, tz: ZoneInfo) -> list[tuple[str, tuple[int, int, int]]]:
    """Return least, mean and most of each hour of a day, else of each day, newest first."""
    groups: dict[str, list[Point]] = {}
    for one in points:
        name = page.texts.date(one.begin_at, tz) if days > 1 else f"{one.begin_at.astimezone(tz):%d/%m %H}:00"
        groups.setdefault(name, []).append(one)
    return [
        (name, (min(at.least for at in of), round(sum(at.mean for at in of) / len(of)), max(at.most for at in of)))
        for name, of in reversed(groups.items())
    ]

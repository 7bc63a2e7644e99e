"""Reports for officials: how much of its hours each panel was lit with the right content, by month, and what broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.daypart import midnight_of, zone
from playlists.instant import format_instant
from playlists.language import Language
from server.console import repository
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import Texts, mark, texts_of
from server.db import Session
from server.edge import ReadSession
from server.errors import invalid
from server.reports.availability import service
from server.reports.availability.repository import Asked
from server.reports.availability.schemas import Availability, PanelFigures
from server.routes import Router
from server.tables import Site

router = Router(route_class=PageRoute, include_in_schema=False)
MONTHS = 13
MOST_OUTAGES = 500
PARTS = (
    ("right", mark("Lit with the right content")),
    ("wrong", mark("Dark or wrong")),
    ("power", mark("Without power")),
    ("unknown", mark("Not known")),
)
"""The parts of the due hours, in the order of the bar."""
Month = Annotated[str | None, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


@router.get("/reports")
def show_reports(page: PageDep, session: ReadSession, month: Month = None, site: UUID | None = None) -> HTMLResponse:
    """Show the figures of a month for all panels, by site."""
    return page.render("reports.html", "reports", **_month(page, session, month, site))


@router.get("/reports/print")
def print_reports(page: PageDep, session: ReadSession, month: Month = None, site: UUID | None = None) -> HTMLResponse:
    """Show the figures of a month for A4, in Vietnamese."""
    page = replace(page, texts=texts_of(Language.VI))
    return page.render("reports_record.html", "reports", **_month(page, session, month, site))


@router.get("/reports/panels/{panel_id}")
def show_panel(panel_id: UUID, page: PageDep, session: ReadSession, month: Month = None) -> HTMLResponse:
    """Show when one panel was not right in a month, and by what."""
    tz = _zone_of_panel(session, panel_id)
    first = _first_day(page, month, tz)
    found = service.of_panel(session, page.caller, panel_id, _asked(first, tz), page.now)
    rows = [
        {
            "from": page.texts.stamp(one.from_at, tz),
            "lasted": page.texts.span(int((one.to_at - one.from_at) / timedelta(milliseconds=1))),
            "name": one.names.get(page.texts.language) or page.texts.say("No power"),
            "part": one.subject,
        }
        for one in found.items[-MOST_OUTAGES:]
    ]
    return page.render(
        "report_panel.html", "reports", one=_line(page.texts, found.figures), rows=rows, **_choice(page, first, tz)
    )


def _month(page: Page, session: Session, month: str | None, site: UUID | None) -> dict[str, Any]:
    sites = [one for one in repository.sites(session, page.caller.seen) if not one.training]
    tz = _zone(sites, site)
    first = _first_day(page, month, tz)
    asked = _asked(first, tz)
    found = service.availability(session, page.caller, asked, site, page.now)
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found.items:
        groups.setdefault(one.site_name, []).append(_line(page.texts, one))
    query = {"from": format_instant(asked.start), "to": format_instant(asked.end)}
    export = "&".join(f"{name}={value}" for name, value in (query | ({"site_id": str(site)} if site else {})).items())
    return {
        "groups": list(groups.items()),
        "totals": _totals(page.texts, found.items),
        "parts": _used(page.texts, found, tz),
        "export": export,
        "sites": sites,
        "site": site,
        "legend": [(kind, page.texts.say(name)) for kind, name in PARTS],
        "printed": page.texts.stamp(page.now, tz),
        "zone": tz.key,
        **_choice(page, first, tz),
    }


def _zone(sites: Sequence[Site], site_id: UUID | None) -> ZoneInfo:
    """Return the zone whose months are meant: the chosen site's, else the first one's."""
    chosen = next((one for one in sites if one.id == site_id), sites[0] if sites else None)
    return zone(chosen.time_zone if chosen is not None else "UTC")


def _zone_of_panel(session: Session, panel_id: UUID) -> ZoneInfo:
    site_ids = [one.site_id for one in repository.panels_by_id(session, [panel_id])]
    return _zone(list(repository.sites_by_id(session, site_ids).values()), None)


def _first_day(page: Page, month: str | None, tz: ZoneInfo) -> date:
    today = page.now.astimezone(tz).date()
    first = date.fromisoformat(f"{month}-01") if month is not None else today.replace(day=1)
    if first > today:
        raise invalid("future-month", "This month has not begun. Choose one that has.")
    return first


def _asked(first: date, tz: ZoneInfo) -> Asked:
    following = (first + timedelta(days=31)).replace(day=1)
    return Asked(midnight_of(first, tz).astimezone(UTC), midnight_of(following, tz).astimezone(UTC))


def _choice(page: Page, first: date, tz: ZoneInfo) -> dict[str, Any]:
    months, at = [], page.now.astimezone(tz).date().replace(day=1)
    for _ in range(MONTHS):
        months.append((f"{at:%Y-%m}", f"{at:%m/%Y}"))
        at = (at - timedelta(days=1)).replace(day=1)
    if f"{first:%Y-%m}" not in {value for value, _ in months}:
        months.append((f"{first:%Y-%m}", f"{first:%m/%Y}"))
    return {"months": months, "month": f"{first:%Y-%m}", "month_name": f"{first:%m/%Y}"}


def _line(texts: Texts, one: PanelFigures) -> dict[str, Any]:
    """Return a panel's figures in words, with the parts of its bar in permille of the due hours."""
    lengths = (one.right_s, one.not_right_s, one.no_power_s, one.unknown_s)
    due = sum(lengths)
    return {
        "id": one.panel_id,
        "name": one.panel_name,
        "site": one.site_name,
        "is_counted": one.hours_s is not None,
        "share": _share(texts, one.at_least_permille),
        "at_most": _share(texts, one.at_most_permille),
        "is_sure": one.at_least_permille == one.at_most_permille,
        "bar": _bar(texts, lengths),
        "due": _long(texts, due),
        "planned": _long(texts, one.planned_s) if one.planned_s else "",
        "no_power": _long(texts, one.no_power_s) if one.no_power_s else "",
        "power_cuts": one.power_cuts,
        "longest": _long(texts, one.longest_power_cut_s) if one.longest_power_cut_s else "",
        "failures": one.failures,
        "mtbf": _long(texts, one.mtbf_s),
        "mtta": _long(texts, one.mtta_s),
        "mttr": _long(texts, one.mttr_s),
        "recurring": [(again.names[texts.language], again.subject, again.times) for again in one.recurring],
        "parts_used": one.parts_used,
    }


def _bar(texts: Texts, lengths: Sequence[int]) -> list[tuple[str, float, float, str, str]]:
    """Return the parts that are not empty: kind, begin and width in permille, name, length in words."""
    found, at, due = [], 0.0, sum(lengths)
    for (kind, name), length in zip(PARTS, lengths, strict=True):
        if length:
            width = length * 1000 / due
            found.append((kind, at, width, texts.say(name), _long(texts, length)))
            at += width
    return found


def _totals(texts: Texts, items: Sequence[PanelFigures]) -> dict[str, Any]:
    due = sum(one.right_s + one.not_right_s + one.no_power_s + one.unknown_s for one in items)
    right, unknown = sum(one.right_s for one in items), sum(one.unknown_s for one in items)
    return {
        "share": _share(texts, right * 1000 // due if due else None),
        "at_most": _share(texts, (right + unknown) * 1000 // due if due else None),
        "no_power": _long(texts, sum(one.no_power_s for one in items)),
        "failures": sum(one.failures for one in items),
        "panels": sum(one.hours_s is not None for one in items),
    }


def _used(texts: Texts, found: Availability, tz: ZoneInfo) -> list[dict[str, Any]]:
    names = {one.panel_id: one.panel_name for one in found.items}
    return [
        {
            "at": texts.date(one.at, tz),
            "name": one.name,
            "batch": one.batch,
            "serials": f"{one.old_serial or '?'} → {one.new_serial or '?'}",
            "panel": names.get(one.panel_id, ""),
            "order_id": one.order_id,
            "number": one.order_number,
        }
        for one in found.parts
    ]


def _share(texts: Texts, permille: int | None) -> str:
    if permille is None:
        return "—"
    text = f"{permille / 10:.1f}"
    return f"{text.replace('.', ',') if texts.language is Language.VI else text} %"


def _long(texts: Texts, seconds: int | None) -> str:
    """Return a length in hours and minutes: nobody reads the seconds of a month."""
    if seconds is None:
        return "—"
    if 60 <= seconds < 3570:
        return texts.say("%(minutes)s min", minutes=round(seconds / 60))
    return texts.span((seconds if seconds < 60 else round(seconds / 60) * 60) * 1000)

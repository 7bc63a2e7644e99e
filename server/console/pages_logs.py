"""A kiosk's log, read along while it is written: begin and end, filter, download."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from playlists.wire.messages import LogLevel
from server.console import repository
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import mark
from server.edge import ReadSession
from server.faults.commands import repository as commands
from server.faults.logs import service
from server.faults.logs.schemas import LineShown
from server.routes import Router

router = Router(route_class=PageRoute, include_in_schema=False)
LENGTHS = ((300, mark("5 minutes")), (900, mark("15 minutes")), (1800, mark("30 minutes")))
_TONES = {LogLevel.ERROR: "bad", LogLevel.WARNING: "warn"}
_LEVELS = {
    LogLevel.DEBUG: mark("detail"),
    LogLevel.INFO: mark("note"),
    LogLevel.WARNING: mark("warning"),
    LogLevel.ERROR: mark("error"),
}
Q = Annotated[str, Query(max_length=200)]


@router.get("/panels/{panel_id}/log")
def show_log(panel_id: UUID, page: PageDep, session: ReadSession, q: Q = "", serious: bool = False) -> HTMLResponse:
    """Show what a panel's kiosk wrote down, newest first."""
    panel = service.panel_of(session, page.caller, panel_id)
    site = repository.sites_by_id(session, [panel.site_id])[panel.site_id]
    found = commands.kiosk_of(session, panel_id)
    tz, until = zone(site.time_zone), service.running_until(session, panel_id, page.now)
    lines = service.newest(session, panel_id, q=q, serious=serious)
    return page.render(
        "log.html",
        "faults",
        panel=panel,
        site=site,
        q=q,
        serious=serious,
        online=found is not None and found[1] is not None and found[1].online,
        until=f"{until.astimezone(tz):%H:%M}" if until is not None else "",
        lengths=[(seconds, page.texts.say(name)) for seconds, name in LENGTHS],
        lines=[_line(page, one, tz) for one in reversed(lines)],
    )


def _line(page: Page, one: LineShown, tz: ZoneInfo) -> dict[str, Any]:
    return {
        "when": f"{one.at.astimezone(tz):%d/%m %H:%M:%S}",
        "level": page.texts.say(_LEVELS[one.level]),
        "tone": _TONES.get(one.level, "plain"),
        "text": one.text,
        "gap": page.texts.count("%(num)s line did not arrive", "%(num)s lines did not arrive", one.left_out)
        if one.left_out
        else "",
    }

"""Pages about what is wrong: alarms that want somebody, what is hidden, what was; and announced times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse

from playlists.alarm.judge import Phase, Shown
from playlists.alarm.rule import rule_of
from playlists.alarm.window import WindowKind
from playlists.daypart import zone
from playlists.fault import FaultCode
from playlists.instant import format_instant
from server.accounts.permissions import Permission
from server.console import repository, words
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import Texts, mark
from server.db import Session
from server.edge import ReadSession, Slice
from server.faults import repository as faults
from server.faults.alarms import repository as alarms
from server.faults.alarms import service, showing
from server.faults.alarms.repository import View
from server.faults.orders import repository as orders
from server.faults.windows import repository as windows
from server.routes import Router
from server.tables import Alarm, ExpectedWindow, Panel, Site

router = Router(route_class=PageRoute, include_in_schema=False)
MOST_SHOWN = 300
MOST_PAST = 100
SHELVES = (
    (60, mark("an hour")),
    (480, mark("8 hours")),
    (1440, mark("a day")),
    (10_080, mark("a week")),
)
WINDOW_LENGTHS = ((60, mark("an hour")), (240, mark("4 hours")), (480, mark("8 hours")), (1440, mark("a day")))
_STATES = {
    Shown.NEW: mark("New"),
    Shown.TAKEN: mark("Taken"),
    Shown.IN_REPAIR: mark("In repair"),
    Shown.DONE: mark("Done"),
    Shown.HIDDEN: mark("Hidden"),
}
_KINDS = {WindowKind.WORK: mark("Planned work"), WindowKind.POWER_CUT: mark("Announced power cut")}


@dataclass(frozen=True)
class Places:
    """Panels and sites by id, for the names beside an alarm."""

    panels: dict[UUID, Panel]
    sites: dict[UUID, Site]

    def zone_of(self, row: Alarm | ExpectedWindow) -> ZoneInfo:
        """Return the zone that its times are shown in."""
        return zone(self.sites[row.site_id].time_zone)

    def name(self, row: Alarm | ExpectedWindow) -> str:
        """Return where it is: panel and site, or the site as a whole."""
        site = self.sites[row.site_id].name
        panel = self.panels.get(row.panel_id) if row.panel_id is not None else None
        return f"{panel.name} · {site}" if panel is not None else site


@router.get("/faults")
def show_faults(page: PageDep, session: ReadSession, panel: UUID | None = None) -> HTMLResponse:
    """Show what wants somebody by panel, what is hidden, what was announced, and what was."""
    rows = _rows(page, session, View.NOW, panel, MOST_SHOWN)
    hidden = _rows(page, session, View.HIDDEN, panel, MOST_SHOWN)
    past = _rows(page, session, View.PAST, panel, MOST_PAST)
    announced = windows.windows(session, page.caller.seen, page.now, Slice(None, 50))
    places = _places(session, [*rows, *hidden, *past], [row for row, _ in announced])
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(places.name(row), []).append(shown(page, session, row, places))
    counted = words.fault_count(page.texts, [row.severity for row in rows])
    editable = page.may(Permission.ACKNOWLEDGE_FAULTS)
    return page.render(
        "faults.html",
        "faults",
        groups=list(groups.items()),
        hidden=[shown(page, session, row, places) for row in hidden],
        history=[_past(page, session, row, places) for row in past],
        announced=[_announced(page, row, places) for row, _ in announced],
        sites=repository.sites(session, page.caller.seen) if editable else [],
        kinds=[(kind, page.texts.say(name)) for kind, name in _KINDS.items()],
        ends=[(_later(page.now, minutes), page.texts.say(name)) for minutes, name in WINDOW_LENGTHS],
        begin=format_instant(page.now),
        summary=counted.text if counted is not None else page.texts.say("nothing to do"),
        quiet=page.texts.say("Kiosks report by themselves; this page changes as soon as one does."),
        here=f"/faults?panel={panel}" if panel is not None else "/faults",
    )


@router.get("/faults/{alarm_id}/row")
def show_fault(alarm_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one alarm anew."""
    row = service.alarm_of(session, page.caller, alarm_id, Permission.SEE)
    return page.render("one_fault.html", "faults", one=shown(page, session, row, _places(session, [row])))


def of_panel(page: Page, session: Session, panel_id: UUID) -> list[dict[str, Any]]:
    """Return what wants somebody at a panel, for the panel's page."""
    return shown_rows(page, session, _rows(page, session, View.NOW, panel_id, MOST_SHOWN))


def standing_at(session: Session, panel_id: UUID) -> list[Alarm]:
    """Return every alarm whose condition stands at a panel, also what only follows from another."""
    return alarms.raised_at(session, panel_id)


def shown_rows(page: Page, session: Session, rows: list[Alarm]) -> list[dict[str, Any]]:
    """Return alarms in words, wherever they are."""
    places = _places(session, rows)
    return [shown(page, session, row, places) for row in rows]


def shown(page: Page, session: Session, row: Alarm, places: Places) -> dict[str, Any]:
    """Return an alarm in words, with what can be done about it."""
    texts, tz, state = page.texts, places.zone_of(row), showing.state(row, page.now)
    followers = alarms.following(session, row.id)
    is_active = row.phase in (Phase.UNACKNOWLEDGED, Phase.ACKNOWLEDGED)
    return {
        "id": row.id,
        "rev": row.rev,
        "severity": row.severity,
        "severity_name": words.severity_name(texts, row.severity),
        "tone": words.severity_tone(row.severity) if is_active else "plain",
        "state": state,
        "state_name": _state(texts, row, state, page.now, tz),
        "name": words.fault_name(texts, row.code),
        "meaning": words.fault_meaning(texts, row.code),
        "first_step": words.first_step(texts, row.code),
        "panel": places.name(row),
        "panel_id": row.panel_id,
        "since": _since(texts, row, page.now, tz),
        "detail": words.detail(texts, row.subject, row.detail),
        "chattering": texts.say("Came and went %(count)s times", count=row.raises) if row.is_chattering else "",
        "taken": _taken(texts, session, row, page.now, tz),
        "order": orders.open_order_of(session, [row.id]).get(row.id),
        "following": [f"{words.fault_name(texts, one.code)} {one.subject}".strip() for one in followers],
        "can_take": row.phase in (Phase.UNACKNOWLEDGED, Phase.RETURNED),
        "is_over": row.phase == Phase.RETURNED,
        "can_start": is_active and row.started_at is None,
        "can_mend": row.code == FaultCode.PIXEL_DEFECT and row.is_raised,
        "can_reset": is_active and rule_of(row.code).is_latched and not row.is_raised,
        "can_shelve": is_active and state is not Shown.HIDDEN,
        "can_unshelve": row.shelved_until is not None and row.shelved_until > page.now,
        "shelves": [(_later(page.now, minutes), texts.say(name)) for minutes, name in SHELVES],
    }


def _rows(page: Page, session: Session, view: View, panel_id: UUID | None, most: int) -> list[Alarm]:
    sought = service.sought(page.caller, view, page.now, panel_id=panel_id, q="", session=session)
    return alarms.alarms(session, sought, Slice(None, most))[:most]


def _places(session: Session, rows: list[Alarm], announced: list[ExpectedWindow] | None = None) -> Places:
    panels = repository.panels_by_id(session, [row.panel_id for row in rows if row.panel_id is not None])
    known = {row.site_id for row in (*rows, *(announced or ()))}
    return Places({one.id: one for one in panels}, repository.sites_by_id(session, known))


def _state(texts: Texts, row: Alarm, state: Shown, now: datetime, tz: ZoneInfo) -> str:
    until = max((one for one in (row.shelved_until, row.expected_until) if one is not None), default=None)
    if state is Shown.HIDDEN and until is not None:
        return texts.say("Hidden until %(when)s", when=texts.when(until, now, tz))
    return texts.say(_STATES[state])


def _since(texts: Texts, row: Alarm, now: datetime, tz: ZoneInfo) -> str:
    began, gone = texts.when(row.since_at, now, tz), row.returned_at or row.ended_at
    if gone is None:
        lasted = texts.span(round((now - row.since_at).total_seconds() * 1000))
        return texts.say("Since %(when)s (for %(lasted)s)", when=began, lasted=lasted)
    return texts.say("From %(began)s to %(ended)s", began=began, ended=texts.when(gone, now, tz))


def _taken(texts: Texts, session: Session, row: Alarm, now: datetime, tz: ZoneInfo) -> list[str]:
    """Return what people have done about an alarm, newest last."""
    entries = [one for one in alarms.entries(session, row.id) if one.user_id is not None and one.at >= row.since_at]
    users = faults.users(session, {one.user_id for one in entries if one.user_id is not None})
    said = []
    for one in entries:
        who = users[one.user_id].display_name if one.user_id is not None else ""
        values = {"who": who, "when": texts.when(one.at, now, tz)}
        sentence = texts.say(_DEEDS[one.word], **values) if one.word in _DEEDS else ""
        said.append(f"{sentence}: “{one.note}”" if one.note else sentence)
    return said


_DEEDS = {
    "acknowledged": mark("Taken by %(who)s at %(when)s"),
    "started": mark("Work begun by %(who)s at %(when)s"),
    "shelved": mark("Hidden by %(who)s at %(when)s"),
    "unshelved": mark("Shown again by %(who)s at %(when)s"),
    "reset": mark("Reset by %(who)s at %(when)s"),
}


def _past(page: Page, session: Session, row: Alarm, places: Places) -> dict[str, str]:
    texts, tz = page.texts, places.zone_of(row)
    ended = row.returned_at or row.ended_at or page.now
    users = faults.users(session, [row.acknowledged_by] if row.acknowledged_by is not None else [])
    return {
        "name": words.fault_name(texts, row.code),
        "panel": places.name(row),
        "began": texts.stamp(row.since_at, tz),
        "ended": texts.stamp(ended, tz),
        "lasted": texts.span(max(0, round((ended - row.since_at).total_seconds() * 1000))),
        "taken": next((one.display_name for one in users.values()), ""),
    }


def _announced(page: Page, row: ExpectedWindow, places: Places) -> dict[str, Any]:
    tz = places.zone_of(row)
    times = f"{page.texts.when(row.from_at, page.now, tz)} – {page.texts.when(row.to_at, page.now, tz)}"
    name = page.texts.say(_KINDS[WindowKind(row.kind)])
    return {"id": row.id, "name": name, "where": places.name(row), "times": times, "reason": row.reason,
            "runs": row.from_at <= page.now}  # fmt: skip


def _later(now: datetime, minutes: int) -> str:
    return format_instant(now + timedelta(minutes=minutes))

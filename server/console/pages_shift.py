"""The shift book: what is open at a site, handing over and taking over with one tap, notes, and a page to print."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.alarm.judge import Shown
from playlists.daypart import zone
from server.accounts.permissions import Permission
from server.console import repository, words
from server.console.approvals import words as approval_words
from server.console.page import Page, PageDep, PageRoute
from server.console.pages_orders import STATES as ORDER_STATES
from server.console.pages_roster import ROLES
from server.console.texts import Texts, mark
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.faults.orders.schemas import OrderState
from server.roster import service as roster
from server.routes import Router
from server.shiftbook import repository as rows
from server.shiftbook import service
from server.shiftbook.schemas import HandoverShown, OpenThing, Sort
from server.tables import Site
from server.tables.emergencies import EmergencyState

router = Router(route_class=PageRoute, include_in_schema=False)
SORTS = {
    Sort.EMERGENCY: mark("Emergencies"),
    Sort.ALARM: mark("Faults"),
    Sort.HOLD: mark("Off the air"),
    Sort.APPROVAL: mark("Waits for approval"),
    Sort.ORDER: mark("Work orders"),
}
_ALARMS = {
    Shown.NEW: mark("New"),
    Shown.TAKEN: mark("Taken"),
    Shown.IN_REPAIR: mark("In repair"),
    Shown.DONE: mark("Done"),
    Shown.HIDDEN: mark("Hidden"),
}
_EMERGENCIES = {
    EmergencyState.PREPARING: mark("is being prepared"),
    EmergencyState.ASKING: mark("waits for signatures"),
    EmergencyState.RUNNING: mark("on the panels"),
}
_LINKS = {Sort.EMERGENCY: "/emergency", Sort.ALARM: "/faults", Sort.HOLD: "/notices/{id}/off-air",
          Sort.APPROVAL: "/approvals/{id}", Sort.ORDER: "/work-orders/{id}"}  # fmt: skip


@router.get("/shift")
def shift(page: PageDep, session: ReadSession, site: Annotated[UUID | None, Query()] = None) -> HTMLResponse:
    """Show a site's book; without a site, the first of the reader's."""
    page.caller.require(Permission.SEE)
    sites = repository.sites(session, page.caller.seen)
    chosen = next((one for one in sites if site is None or one.id == site), None)
    if chosen is None:
        if site is not None:
            raise not_found("site")
        return page.render("shift.html", "shift", sites=[], site=None)
    tz = zone(chosen.time_zone)
    book = service.book(session, chosen, page.now)
    handovers = [_handover(page.texts, one, page.now, tz) for one in book.handovers]
    may_keep = page.caller.may(Permission.KEEP_SHIFT_BOOK, agency_id=chosen.agency_id, site_id=chosen.id)
    return page.render(
        "shift.html",
        "shift",
        sites=sites,
        site=chosen,
        groups=_groups(page.texts, book.open_things, page.now, tz),
        count=len(book.open_things),
        waiting=next((one for one in handovers if not one["taken"]), None),
        handovers=[one for one in handovers if one["taken"]],
        notes=[
            {"name": one.name, "when": page.texts.when(one.written_at, page.now, tz), "text": one.text}
            for one in book.notes
        ],
        on_duty=_on_duty(page, session, chosen),
        may_keep=may_keep,
    )


@router.get("/shift/handovers/{handover_id}")
def printed(handover_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one handover as an A4 page in Vietnamese, with room for two signatures."""
    row = rows.handover(session, handover_id)
    if row is None:
        raise not_found("handover")
    site = service.site_of(session, page.caller, row.site_id, Permission.SEE)
    people = rows.people(session, {one for one in (row.given_by, row.taken_by) if one})
    shown = service.shown(row, {key: one.display_name for key, one in people.items()})
    tz = zone(site.time_zone)
    return page.render(
        "shift_record.html",
        "shift",
        site=site,
        one=_handover(page.texts, shown, page.now, tz),
        given=page.texts.stamp(shown.given_at, tz),
        taken=page.texts.stamp(shown.taken_at, tz) if shown.taken_at is not None else "",
        printed=page.texts.stamp(page.now, tz),
        zone=str(tz),
    )


def _on_duty(page: Page, session: Session, site: Site) -> list[dict[str, Any]]:
    found = []
    for role, name in ROLES.items():
        people = roster.on_duty(session, role, site.id, page.now)
        if people:
            found.append({"role": page.texts.say(name), "names": page.texts.listed(one.user.display_name for one in
                          people)})  # fmt: skip
    return found


def _handover(texts: Texts, one: HandoverShown, now: datetime, tz: ZoneInfo) -> dict[str, Any]:
    return {
        "id": one.id,
        "given_name": one.given_name,
        "given": texts.when(one.given_at, now, tz),
        "taken_name": one.taken_name,
        "taken": texts.when(one.taken_at, now, tz) if one.taken_at is not None else "",
        "note": one.note,
        "count": texts.count("%(num)s open thing", "%(num)s open things", len(one.open_things)),
        "groups": _groups(texts, one.open_things, now, tz),
    }


def _groups(texts: Texts, things: list[OpenThing], now: datetime, tz: ZoneInfo) -> list[dict[str, Any]]:
    """Return what is open, by sort, each in words."""
    groups = []
    for sort, name in SORTS.items():
        lines = [_line(texts, one, now, tz) for one in things if one.sort is sort]
        if lines:
            groups.append({"name": texts.say(name), "sort": sort.value, "lines": lines})
    return groups


def _line(texts: Texts, one: OpenThing, now: datetime, tz: ZoneInfo) -> dict[str, Any]:
    is_alarm = one.sort is Sort.ALARM
    return {
        "title": words.fault_name(texts, one.title) if is_alarm else one.title,
        "detail": one.detail if one.sort in (Sort.ALARM, Sort.ORDER, Sort.HOLD) else "",
        "where": one.where,
        "state": _state(texts, one),
        "severity": words.severity_name(texts, one.severity) if one.severity else "",
        "tone": words.severity_tone(one.severity) if one.severity else "plain",
        "since": texts.when(one.since_at, now, tz),
        "link": _LINKS[one.sort].format(id=one.id),
    }


def _state(texts: Texts, one: OpenThing) -> str:
    match one.sort:
        case Sort.ALARM:
            return texts.say(_ALARMS[Shown(one.state)])
        case Sort.EMERGENCY:
            state = EmergencyState(one.state)
            return texts.say(_EMERGENCIES[state]) if state in _EMERGENCIES else one.state
        case Sort.HOLD:
            return approval_words.reason(texts, one.state)
        case Sort.APPROVAL:
            return texts.say("waits for signatures")
        case Sort.ORDER:
            return texts.say(ORDER_STATES[OrderState(one.state)])

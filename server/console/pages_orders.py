"""Pages of technicians: my work orders, one order phone first, the service view of a panel, records to print."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from playlists.instant import format_instant
from playlists.language import Language
from playlists.wire.messages import PanelPicture
from server.accounts.permissions import Permission
from server.console import cabinet_grid, pages_faults, repository, words
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import Texts, mark, texts_of
from server.db import Session
from server.edge import ReadSession, Slice
from server.faults.checklists.endpoints import shown as checklist_shown
from server.faults.commands import repository as commands
from server.faults.commands import service as commanding
from server.faults.commands.schemas import Asked, CommandState
from server.faults.orders import repository as orders
from server.faults.orders import service
from server.faults.orders.endpoints import verification_of
from server.faults.orders.schemas import OrderState, Step
from server.faults.photos.endpoints import shown as photos_shown
from server.faults.photos.schemas import Moment
from server.faults.spares import repository as spares
from server.routes import Router
from server.tables import KioskCommand, Panel, WorkOrder

router = Router(route_class=PageRoute, include_in_schema=False)
MOST = 200
WAITS = ((1, mark("a day")), (3, mark("3 days")), (7, mark("a week")), (14, mark("2 weeks")), (30, mark("30 days")))
STATES = {
    OrderState.OPEN: mark("Open"),
    OrderState.STARTED: mark("Being repaired"),
    OrderState.WAITING: mark("Waiting"),
    OrderState.REPAIRED: mark("Repaired, not confirmed"),
    OrderState.VERIFIED: mark("Repair confirmed"),
    OrderState.CLOSED: mark("Done"),
    OrderState.CANCELLED: mark("Dropped"),
}
STEPS = {
    Step.MADE: mark("Order made"),
    Step.ASSIGNED: mark("Given to somebody"),
    Step.STARTED: mark("Work begun"),
    Step.WAITED: mark("Waits"),
    Step.REPAIRED: mark("Reported as repaired"),
    Step.VERIFIED: mark("Confirmed by the device"),
    Step.CLOSED: mark("Order closed"),
    Step.CANCELLED: mark("Order dropped"),
    Step.NOTED: mark("Note"),
    Step.PART: mark("Part changed"),
    Step.PHOTO: mark("Photo added"),
    Step.PHOTO_REMOVED: mark("Photo removed"),
}
MOMENTS = {
    Moment.BEFORE: mark("Before the repair"),
    Moment.AFTER: mark("After the repair"),
    Moment.OTHER: mark("Other"),
}
COMMANDS = {
    Asked.CAPTURE: mark("Take a capture"),
    Asked.REFRESH: mark("Fetch the plan"),
    Asked.RESTART_PLAYER: mark("Restart the player"),
    Asked.REBOOT: mark("Restart the computer"),
    Asked.SHOW_PICTURE: mark("Test picture"),
    Asked.LEAVE_CONTROLLER: mark("Leave the controller"),
    Asked.ACCEPT_DISPLAY: mark("Accept the display"),
    Asked.SEND_LOG: mark("Read along in the log"),
}
ANSWERS = {
    CommandState.SENT: mark("sent"),
    CommandState.ACCEPTED: mark("heard"),
    CommandState.DONE: mark("done"),
    CommandState.FAILED: mark("not possible"),
    CommandState.EXPIRED: mark("no answer"),
}
PICTURES = (
    (PanelPicture.RED, mark("red")),
    (PanelPicture.GREEN, mark("green")),
    (PanelPicture.BLUE, mark("blue")),
    (PanelPicture.WHITE, mark("white")),
    (PanelPicture.GREYS, mark("greys")),
    (PanelPicture.ROWS, mark("rows")),
    (PanelPicture.COLUMNS, mark("columns")),
    (PanelPicture.BLACK, mark("black")),
)


@router.get("/work-orders")
def show_orders(page: PageDep, session: ReadSession, panel: UUID | None = None) -> HTMLResponse:
    """Show my work orders first, then the others that run, then those that are done."""
    page.caller.require(Permission.SEE)
    seen, part = page.caller.seen, Slice(None, MOST)
    running = orders.orders(session, seen, part, is_open=True, panel_id=panel, mine=None)
    done = orders.orders(session, seen, Slice(None, 50), is_open=False, panel_id=panel, mine=None)
    mine = [row for row in running if row.assigned_to == page.caller.user_id]
    others = [row for row in running if row.assigned_to != page.caller.user_id]
    kept = spares.spares(session, seen, Slice(None, MOST)) if page.may(Permission.ACKNOWLEDGE_FAULTS) else []
    return page.render(
        "orders.html",
        "faults",
        mine=_lines(page, session, mine),
        others=_lines(page, session, others),
        done=_lines(page, session, done),
        spares=kept,
        short=[one for one in kept if one.quantity < one.least_quantity],
        agencies=repository.agencies(session, seen),
        made_at=format_instant(page.now),
    )


@router.get("/work-orders/{order_id}")
def show_order(order_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one work order with the one thing to do next on top."""
    order, panel = service.order_of(session, page.caller, order_id, Permission.SEE)
    return page.render("order.html", "faults", **_story(page, session, order, panel))


@router.get("/work-orders/{order_id}/record")
def print_record(order_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show the record of a work order for A4, in Vietnamese: its condition while it runs, then its acceptance."""
    page = replace(page, texts=texts_of(Language.VI))
    order, panel = service.order_of(session, page.caller, order_id, Permission.SEE)
    return page.render("order_record.html", "faults", **_story(page, session, order, panel))


@router.get("/panels/{panel_id}/service")
def show_service(panel_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show what a technician needs of one panel: what is wrong, what the kiosk can be asked, orders, readings."""
    panel = commanding.panel_of(session, page.caller, panel_id, Permission.SEE)
    site = repository.sites_by_id(session, [panel.site_id])[panel.site_id]
    running = orders.orders(session, page.caller.seen, Slice(None, MOST), is_open=True, panel_id=panel_id, mine=None)
    rows = commands.commands(session, panel_id, Slice(None, 12))[:12]
    names = commands.names(session, {row.asked_by for row in rows})
    found = commands.kiosk_of(session, panel_id)
    return page.render(
        "service.html",
        "faults",
        panel=panel,
        site=site,
        online=found is not None and found[1] is not None and found[1].online,
        faults=pages_faults.of_panel(page, session, panel_id),
        grid=cabinet_grid.draw(
            page.texts,
            cabinet_grid.map_of(found[1] if found is not None else None),
            pages_faults.standing_at(session, panel_id),
        ),
        orders=_lines(page, session, running),
        commands=[_command(page, row, names, zone(site.time_zone)) for row in rows],
        pictures=[(picture, page.texts.say(name)) for picture, name in PICTURES],
    )


def _lines(page: Page, session: Session, rows: list[WorkOrder]) -> list[dict[str, Any]]:
    places = orders.places(session, {row.panel_id for row in rows})
    names = orders.names(session, {row.assigned_to for row in rows if row.assigned_to is not None})
    return [
        {
            "id": row.id,
            "number": row.number,
            "title": row.title,
            "where": " · ".join(places[row.panel_id]),
            "state": state_name(page.texts, row),
            "who": names.get(row.assigned_to, "") if row.assigned_to is not None else "",
        }
        for row in rows
    ]


def state_name(texts: Texts, row: WorkOrder) -> str:
    """Return how far a work order has come, in words."""
    if row.state == OrderState.WAITING:
        return texts.say("Waiting for %(what)s", what=row.waiting_for)
    return texts.say(STATES[OrderState(row.state)])


def _story(page: Page, session: Session, order: WorkOrder, panel: Panel) -> dict[str, Any]:
    site = repository.sites_by_id(session, [panel.site_id])[panel.site_id]
    tz, texts = zone(site.time_zone), page.texts
    entries = orders.history(session, order.id)
    names = orders.names(session, {one.user_id for one in entries})
    found = verification_of(session, order, panel, page.parts)
    alarms = orders.alarms(session, order.id)
    people = orders.technicians(session, panel.agency_id)
    kept = [
        one for one in spares.spares(session, page.caller.seen, Slice(None, MOST)) if one.agency_id == panel.agency_id
    ]
    return {
        "order": order,
        "panel": panel,
        "site": site,
        "state": order.state,
        "state_name": state_name(texts, order),
        "alarms": pages_faults.shown_rows(page, session, alarms),
        "checks": [_checked(texts, one.what, one.detail, is_well=one.is_well) for one in found.checks],
        "is_well": found.is_well,
        "checked_at": texts.stamp(found.at, tz),
        "steps": [
            {
                "key": one.step,
                "text": one.sentences[Language(texts.language)],
                "is_done": one.is_done,
                "who": one.by_name,
                "when": texts.stamp(one.at, tz) if one.at is not None else "",
            }
            for one in checklist_shown(session, order).items
        ],
        "moments": [(one, texts.say(name)) for one, name in MOMENTS.items()],
        "photos": [
            {
                "id": one.id,
                "moment": texts.say(MOMENTS[one.moment]),
                "note": one.note,
                "who": one.taken_by_name,
                "when": texts.stamp(one.at, tz),
                "may_remove": one.may_remove,
            }
            for one in photos_shown(session, page.caller, order).items
        ],
        "parts": orders.parts(session, order.id),
        "spares": kept,
        "people": people,
        "owner": next((one.name for one in repository.agencies_by_id(session, [panel.agency_id])), ""),
        "estimate": _grouped(texts, order.estimate_vnd) if order.estimate_vnd is not None else "",
        "expected": texts.when(order.expected_at, page.now, tz) if order.expected_at is not None else "",
        "expected_local": order.expected_at.astimezone(tz).strftime("%Y-%m-%dT%H:%M") if order.expected_at else "",
        "who": next((one.display_name for one in people if one.id == order.assigned_to), ""),
        "waits": [(format_instant(page.now + timedelta(days=days)), texts.say(name)) for days, name in WAITS],
        "waiting_until": texts.when(order.waiting_until, page.now, tz) if order.waiting_until is not None else "",
        "history": [
            {
                "when": texts.stamp(one.at, tz),
                "what": texts.say(STEPS[Step(one.what)]),
                "who": names.get(one.user_id, ""),
                "note": one.note,
            }
            for one in entries
        ],
        "made_at": format_instant(page.now),
        "made": texts.stamp(order.created_at, tz),
        "closed": texts.stamp(order.closed_at, tz) if order.closed_at is not None else "",
        "printed": texts.stamp(page.now, tz),
        "zone": site.time_zone,
    }


def _grouped(texts: Texts, amount: int) -> str:
    """Return an amount with its thousands apart, as the language writes them."""
    return f"{amount:,}".replace(",", "." if texts.language is Language.VI else ",")


def _checked(texts: Texts, what: str, detail: str, *, is_well: bool) -> dict[str, Any]:
    code, _, subject = what.partition(" ")
    name = texts.say(_READ[code]) if code in _READ else words.fault_name(texts, code)
    text = (
        f"{texts.say('in order')} ({detail})"
        if is_well and detail
        else texts.say("in order")
        if is_well
        else texts.say(_DETAILS[detail])
        if detail in _DETAILS
        else detail
    )
    return {"name": f"{name} {subject}".strip(), "is_well": is_well, "text": text}


_READ = {
    "kiosk": mark("Kiosk is heard"),
    "cards": mark("Receiving cards that answer"),
    "brightness": mark("Brightness read back"),
}
_DETAILS = {
    "the kiosk is not heard": mark("the kiosk is not heard"),
    "the condition still stands": mark("the condition still stands"),
    "nobody has let the latched alarm go": mark("nobody has let the latched alarm go"),
    "it has not been gone for long enough": mark("it has not been gone for long enough"),
    "the panel reports this now": mark("the panel reports this now"),
}


def _command(page: Page, row: KioskCommand, names: dict[UUID, str], tz: Any) -> dict[str, str]:
    texts = page.texts
    return {
        "name": texts.say(COMMANDS[Asked(row.name)]),
        "who": names.get(row.asked_by, ""),
        "when": texts.when(row.asked_at, page.now, tz),
        "state": texts.say(ANSWERS[CommandState(row.state)]),
        "tone": {"done": "good", "failed": "bad", "expired": "bad"}.get(row.state, "plain"),
        "detail": row.detail,
    }

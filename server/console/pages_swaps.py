"""The page of a swap: another kiosk or LED controller for a panel, step by step, as kiosk and controller report it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from playlists.trust.fingerprint import in_words
from server.accounts.permissions import Permission
from server.console import repository
from server.console.page import Page, PageDep, PageRoute
from server.console.pages_kiosks import next_slug, waits
from server.console.texts import mark
from server.db import Session
from server.edge import ReadSession, Slice
from server.faults.orders import repository as orders
from server.faults.swaps import repository as swaps
from server.faults.swaps import service
from server.faults.swaps.endpoints import shown
from server.faults.swaps.schemas import StepState, SwapKind, SwapShown, SwapState, SwapStep
from server.fleet import repository as fleet
from server.routes import Router

router = Router(route_class=PageRoute, include_in_schema=False)
MOST = 50
KINDS = {SwapKind.KIOSK: mark("Kiosk"), SwapKind.CONTROLLER: mark("LED controller")}
STATES = {SwapState.RUNNING: mark("runs"), SwapState.DONE: mark("done"), SwapState.ABANDONED: mark("given up")}
STEPS = {
    SwapStep.CODE: mark("A code for the new kiosk is in force"),
    SwapStep.ENROLLED: mark("The new kiosk is enrolled and drives the panel"),
    SwapStep.OLD_SHUT_OUT: mark("The old kiosk is shut out: certificate, token, connection"),
    SwapStep.HEARD: mark("The new kiosk is heard"),
    SwapStep.STORED: mark("It has stored everything"),
    SwapStep.PLAYS: mark("It plays"),
    SwapStep.TOLD: mark("The kiosk took the new controller as right"),
    SwapStep.ANSWERS: mark("The controller answers and has a picture signal"),
    SwapStep.CARDS: mark("Every port and card is in order"),
    SwapStep.BRIGHTNESS: mark("The brightness read back is right"),
    SwapStep.VOLTAGE: mark("Voltages were read back, to compare later ones with"),
}
TONES = {
    StepState.WELL: ("good", mark("in order")),
    StepState.WAITING: ("warn", mark("waits")),
    StepState.UNKNOWN: ("plain", mark("not told by this controller")),
}


@router.get("/panels/{panel_id}/swap")
def show_swap(panel_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show the swap that runs at a panel, or how to begin one, and those before."""
    panel = service.panel_of(session, page.caller, panel_id, Permission.SEE)
    site = repository.sites_by_id(session, [panel.site_id])[panel.site_id]
    said = shown(session, swaps.swaps(session, panel.id), page.now)
    running = next((one for one in said if one.state is SwapState.RUNNING), None)
    kiosk = swaps.kiosk_behind(session, panel.id)
    open_orders = orders.orders(
        session, page.caller.seen, Slice(None, MOST), is_open=True, panel_id=panel.id, mine=None
    )
    lines = [_line(page, one, site.time_zone) for one in said]
    ended = [line for line, one in zip(lines, said, strict=True) if one is not running]
    return page.render(
        "swap.html",
        "faults",
        panel=panel,
        site=site,
        running=next((line for line, one in zip(lines, said, strict=True) if one is running), None),
        device=_device(page, session, running) if running is not None and running.kind is SwapKind.KIOSK else None,
        ended=ended,
        has_kiosk=kiosk is not None and kiosk.enrolled_at is not None,
        next_slug=next_slug(kiosk.slug) if kiosk is not None else "",
        orders=open_orders,
        server_address=(page.parts.settings.base_url or str(page.request.base_url)).rstrip("/"),
    )


def _line(page: Page, one: SwapShown, time_zone: str) -> dict[str, Any]:
    say, tz = page.texts.say, zone(time_zone)
    return {
        "id": one.id,
        "rev": one.rev,
        "kind": one.kind,
        "name": say(KINDS[one.kind]),
        "state": say(STATES[one.state]),
        "is_good": one.state is SwapState.DONE,
        "who": one.begun_by_name,
        "begun": page.texts.stamp(one.begun_at, tz),
        "ended": page.texts.stamp(one.ended_at, tz) if one.ended_at is not None else "",
        "ended_by": one.ended_by_name,
        "old": one.old_serial,
        "new": one.new_serial,
        "note": one.note,
        "order_id": one.work_order_id,
        "is_ready": all(step.state is not StepState.WAITING for step in one.steps),
        "steps": [
            {
                "key": step.step,
                "name": say(STEPS[step.step]),
                "tone": TONES[step.state][0],
                "state": say(TONES[step.state][1]),
                "detail": step.detail if step.state is not StepState.WELL else "",
            }
            for step in one.steps
        ],
    }


def _device(page: Page, session: Session, running: SwapShown) -> dict[str, Any] | None:
    new = swaps.kiosk(session, running.new_kiosk_id)
    if new is None or new.revoked_at is not None:
        return None
    code = fleet.code_of_kiosk(session, new.id, page.now)
    fingerprint = code.fingerprint if code is not None and waits(code) else None
    return {
        "id": new.id,
        "slug": new.slug,
        "is_enrolled": new.enrolled_at is not None,
        "fingerprint": fingerprint or "",
        "words": in_words(fingerprint).split() if fingerprint else [],
    }

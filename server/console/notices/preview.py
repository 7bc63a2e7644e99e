"""The page of a notice on the panels: the very segments, one language after another, and how far they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse

from server.accounts.permissions import Permission
from server.console import repository as console_rows
from server.console.notices.editor import heading_of, held_of
from server.console.page import Page, PageDep, PageRoute
from server.console.words import Said, Tone
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.publishing.renderings.schemas import RenderingShown, RenderingsShown, RenderingState
from server.publishing.renderings.service import renderings
from server.routes import Router
from server.tables import Notice, Panel

router = Router(route_class=PageRoute, include_in_schema=False)
UNDER_WAY = (RenderingState.WAITING, RenderingState.RENDERING)


@router.get("/notices/{notice_id}/preview")
def preview(notice_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show a notice on every panel of the reader's."""
    held = held_of(page, session, notice_id)
    panels = console_rows.panels(session, page.caller.seen)
    return page.render(
        "notice_preview.html",
        "notices",
        notice=heading_of(page, session, held.notice),
        faces=[_face(page, session, held.notice, panel) for panel in panels],
    )


@router.get("/notices/{notice_id}/preview/{panel_id}")
def face(notice_id: UUID, panel_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show a notice on one panel, as a piece of the page."""
    held = held_of(page, session, notice_id)
    panel = session.get(Panel, panel_id)
    if panel is None or not page.caller.sees(panel.agency_id, panel.site_id):
        raise not_found("panel")
    return page.render("notice_face.html", "notices", face=_face(page, session, held.notice, panel))


def _face(page: Page, session: Session, notice: Notice, panel: Panel) -> dict[str, Any]:
    shown = renderings(session, notice, panel)
    state = _state(shown)
    return {
        "id": f"face-{panel.id}",
        "panel_id": panel.id,
        "name": panel.name,
        "size": f"{shown.width}×{shown.height}",
        "width": shown.width,
        "height": shown.height,
        "pitch_um": shown.pitch_um or "",
        "distance_m": shown.viewing_distance_m or "",
        "state": state,
        "renew": f"/notices/{notice.id}/preview/{panel.id}",
        "api": f"POST /api/v1/notices/{notice.id}/segments",
        "may_render": page.may(Permission.EDIT_CONTENT),
        "languages": [_language(page, one) for one in shown.segments],
        "permille": sum(1000 if one.url else one.permille for one in shown.segments) // max(1, len(shown.segments)),
        "none": page.texts.say(
            "No language of this notice can be shown yet: something that its template needs is missing."
        )
        if not shown.segments
        else "",
    }


def _state(shown: RenderingsShown) -> str:
    states = [one.state for one in shown.segments]
    if any(one in UNDER_WAY for one in states):
        return "rendering"
    if RenderingState.FAILED in states:
        return "failed"
    if RenderingState.ABSENT in states:
        return "absent"
    return "ready" if states else "none"


def _language(page: Page, one: RenderingShown) -> dict[str, Any]:
    return {
        "name": page.texts.language_name(one.language),
        "url": one.url if one.state is RenderingState.READY else None,
        "seconds": max(4, round((one.duration_ms or 0) / 1000)),
        "said": _said(page, one),
    }


def _said(page: Page, one: RenderingShown) -> Said:
    say = page.texts.say
    match one.state:
        case RenderingState.READY:
            size = page.texts.size(one.size or 0)
            return Said(say("rendered, %(size)s", size=size), Tone.GOOD)
        case RenderingState.FAILED:
            return Said(one.sentences.get(page.texts.language, ""), Tone.BAD)
        case RenderingState.ABSENT:
            return Said(say("not rendered yet"))
        case RenderingState.WAITING:
            return Said(say("waits for its turn"), Tone.WARN)
        case _:
            return Said(say("%(percent)s %% rendered", percent=one.permille // 10), Tone.WARN)

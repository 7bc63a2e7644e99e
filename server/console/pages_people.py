"""Pages about logging in, one's own password, and administration."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from playlists.language import Language
from server.accounts.permissions import Permission
from server.console import repository, words
from server.console.page import COOKIE, Page, PageDep, PageRoute, language_of, render
from server.console.texts import texts_of
from server.db import Session
from server.edge import ReadSession
from server.tables.accounts import Role

router = APIRouter(route_class=PageRoute, include_in_schema=False)
YEAR_S = 365 * 24 * 3600


@router.get("/login")
def login(
    request: Request,
    lang: Annotated[Language | None, Query()] = None,
    then: Annotated[str, Query(alias="next", max_length=1000)] = "/",
) -> HTMLResponse:
    """Show the login; `lang` chooses the language and keeps it in a cookie."""
    texts = texts_of(lang) if lang is not None else language_of(request)
    answer = render(texts, "login.html", {"next": own_path(then)})
    if lang is not None:
        answer.set_cookie(COOKIE, lang.value, max_age=YEAR_S, samesite="lax", httponly=True)
    return answer


@router.get("/password")
def password(page: PageDep) -> HTMLResponse:
    """Show the form for one's own password."""
    return page.render("password.html", "password")


@router.get("/admin")
def admin(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show agencies, sites, panels, kiosks and people, and the forms that make them."""
    page.caller.require(Permission.EDIT_FLEET)
    own = page.caller.agency_id
    agencies = repository.agencies(session, own)
    names = {row.id: row.name for row in agencies}
    sites = repository.sites(session, own)
    site_names = {row.id: row.name for row in sites}
    panels = repository.panels(session, own)
    kiosks = repository.kiosks(session, own)
    driven = {panel.id: kiosk.slug for kiosk, panel in kiosks if panel is not None}
    none = page.texts.say("no kiosk")
    return page.render(
        "admin.html",
        "admin",
        agencies=agencies,
        sites=[
            {
                "id": row.id,
                "slug": row.slug,
                "name": row.name,
                "time_zone": row.time_zone,
                "agency": names.get(row.agency_id, ""),
            }
            for row in sites
        ],
        panels=[
            {
                "id": row.id,
                "slug": row.slug,
                "name": row.name,
                "site": site_names.get(row.site_id, ""),
                "width": row.width,
                "height": row.height,
                "kiosk": driven.get(row.id, none),
            }
            for row in panels
        ],
        free_panels=[row for row in panels if row.id not in driven],
        kiosks=_kiosks(page, session),
        people=_people(page, session, names) if page.may(Permission.EDIT_USERS) else [],
        roles=[(role.value, words.role_name(page.texts, role)) for role in Role],
    )


def own_path(text: str) -> str:
    """Return a path of this server to go to after the login, or the wall's."""
    parts = urlsplit(text)
    is_own = not parts.scheme and not parts.netloc and text.startswith("/") and text[1:2] not in ("/", "\\")
    return text if is_own and text.isprintable() and " " not in text else "/"


def _kiosks(page: Page, session: Session) -> list[dict[str, object]]:
    rows = repository.kiosks(session, page.caller.agency_id)
    fleet = repository.fleet(session, [panel for _, panel in rows if panel is not None])
    lines = []
    for kiosk, panel in rows:
        status = fleet.statuses.get(panel.id) if panel is not None else None
        tz = words.zone_of(fleet, panel)
        state = words.presence(page.texts, kiosk, status, page.now, tz).text
        lines.append(
            {
                "id": kiosk.id,
                "slug": kiosk.slug,
                "panel": panel.name if panel is not None else page.texts.say("no panel"),
                "state": state,
                "revoked": kiosk.revoked_at is not None,
            }
        )
    return lines


def _people(page: Page, session: Session, agencies: dict[UUID, str]) -> list[dict[str, object]]:
    whole = page.texts.say("whole installation")
    return [
        {
            "id": row.id,
            "display_name": row.display_name,
            "username": row.username,
            "role": words.role_name(page.texts, row.role),
            "agency": agencies.get(row.agency_id, "") if row.agency_id is not None else whole,
            "disabled": row.disabled_at is not None,
            "rev": row.rev,
            "me": row.id == page.caller.user_id,
        }
        for row in repository.users(session, page.caller.agency_id)
    ]

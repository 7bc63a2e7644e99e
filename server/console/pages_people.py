"""Pages about logging in, one's own password, and administration."""

from __future__ import annotations

from itertools import permutations
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from playlists.language import Language
from playlists.variant import Rule, VariantState, rules_of
from server.accounts.factors.passkeys import relying_party
from server.accounts.invitations import repository as invitation_rows
from server.accounts.paths import own_path
from server.accounts.permissions import Permission
from server.accounts.resets import repository as reset_rows
from server.console import repository, words
from server.console.notices import repository as notice_rows
from server.console.page import COOKIE, HOME_ZONE, Page, PageDep, PageRoute, is_unguarded, language_of, render
from server.console.space import GIB, space_of
from server.console.texts import mark, texts_of
from server.db import Session
from server.edge import ReadSession
from server.parts import PartsDep
from server.routes import Router
from server.seen import Seen
from server.tables import Panel, Site
from server.tables.accounts import Role

router = Router(route_class=PageRoute, include_in_schema=False)
YEAR_S = 365 * 24 * 3600
REFUSED_OUTSIDE = mark("That login was not accepted here. Ask your administrator for an invitation, or try again.")


@router.get("/login")
def login(
    request: Request,
    parts: PartsDep,
    lang: Annotated[Language | None, Query()] = None,
    then: Annotated[str, Query(alias="next", max_length=1000)] = "/",
    refused: Annotated[str | None, Query(max_length=20)] = None,
) -> HTMLResponse:
    """Show the login; `lang` chooses the language and keeps it in a cookie."""
    texts = texts_of(lang) if lang is not None else language_of(request)
    settings = parts.settings
    address = settings.base_url or str(request.base_url)
    context = {
        "next": own_path(then),
        "is_unguarded": is_unguarded(parts),
        "passkeys_work": relying_party(address).can_have_passkeys,
        "provider": settings.oidc_name if settings.oidc_issuer is not None else None,
        "refused": texts.say(REFUSED_OUTSIDE) if refused is not None else None,
    }
    answer = render(texts, "login.html", context)
    if lang is not None:
        answer.set_cookie(COOKIE, lang.value, max_age=YEAR_S, samesite="lax", httponly=True)
    return answer


@router.get("/invitation")
def invitation(request: Request, lang: Annotated[Language | None, Query()] = None) -> HTMLResponse:
    """Show the page behind an invitation's link; its secret is known to the browser only."""
    texts = texts_of(lang) if lang is not None else language_of(request)
    return render(texts, "invitation.html", {})


@router.get("/password")
def password(page: PageDep) -> HTMLResponse:
    """Show the form for one's own password."""
    return page.render("password.html", "password")


@router.get("/admin")
def admin(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show agencies, sites, panels, kiosks and people, and the forms that make them."""
    page.caller.require(Permission.EDIT_FLEET)
    own = page.caller.seen
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
        closed=repository.closed_agencies(session, own) if page.may(Permission.EDIT_AGENCIES) else [],
        space=[space_of(page, session, agency) for agency in agencies],
        usual_gib=f"{page.parts.settings.media_quota_bytes / GIB:g}",
        sites=[
            {
                "id": row.id,
                "slug": row.slug,
                "name": row.name,
                "time_zone": row.time_zone,
                "agency": names.get(row.agency_id, ""),
                "training": row.training,
                "rev": row.rev,
                "policy": _policy(row),
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
                "rev": row.rev,
                "pitch": f"{row.pitch_um / 1000:g}" if row.pitch_um is not None else "",
                "distance": row.viewing_distance_m or "",
                "optics": _optics(page, row),
            }
            for row in panels
        ],
        orders=[(",".join(codes), _order(page, codes)) for codes in permutations(Language)],
        rules=_rules(page),
        free_panels=[row for row in panels if row.id not in driven],
        kiosks=_kiosks(page, session),
        people=_people(page, session, names) if page.may(Permission.EDIT_USERS) else [],
        resets=_resets(page, session),
        invitations=_invitations(page, session),
        roles=[(role.value, words.role_name(page.texts, role)) for role in Role],
    )


def _optics(page: Page, row: Panel) -> str:
    facts = [
        f"P{row.pitch_um / 1000:g}" if row.pitch_um is not None else "",
        page.texts.say("read from %(metres)s m", metres=row.viewing_distance_m) if row.viewing_distance_m else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _order(page: Page, codes: tuple[Language, ...]) -> str:
    return page.texts.listed(page.texts.language_name(code) for code in codes)


RULES = {
    Rule.BLOCK: mark("stops publishing"),
    Rule.LEAVE_OUT: mark("is left out"),
    Rule.WARN: mark("is shown, with a warning"),
    Rule.ALLOW: mark("is shown"),
}
RULED = {
    VariantState.MISSING: (mark("A language that is missing"), (Rule.BLOCK, Rule.LEAVE_OUT)),
    VariantState.DRAFT: (mark("A draft"), tuple(Rule)),
    VariantState.STALE: (mark("A translation older than the Vietnamese text"), tuple(Rule)),
    VariantState.TRANSLATED: (mark("A translation that nobody reviewed"), tuple(Rule)),
}


def _rules(page: Page) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (state.value, page.texts.say(name), [(rule.value, page.texts.say(RULES[rule])) for rule in rules])
        for state, (name, rules) in RULED.items()
    ]


def _policy(row: Site) -> dict[str, object]:
    rules = rules_of(row.language_rules)
    return {
        "order": ",".join(row.language_order),
        "percent": row.others_at_most_percent if row.others_at_most_percent is not None else "",
        "rules": {state.value: rules[state].value for state in RULED},
    }


def _kiosks(page: Page, session: Session) -> list[dict[str, object]]:
    rows = repository.kiosks(session, page.caller.seen)
    fleet = repository.fleet(session, [panel for _, panel in rows if panel is not None], page.now)
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
    rows = repository.users(session, page.caller.seen)
    reviews = notice_rows.reviewed_languages(session, [row.id for row in rows])
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
            "invited": row.password_hash is None,
            "reviews": page.texts.listed(page.texts.language_name(code) for code in sorted(reviews[row.id])),
            "languages": [(code.value, page.texts.language_name(code), code in reviews[row.id]) for code in Language],
        }
        for row in rows
    ]


def _resets(page: Page, session: Session) -> list[dict[str, object]]:
    managed = Seen(page.caller.agencies(Permission.EDIT_USERS))
    return [
        {
            "id": row.id,
            "name": user.display_name,
            "reason": row.reason,
            "asked_by": asker.display_name,
            "when": page.texts.when(row.created_at, page.now, HOME_ZONE),
            "may_confirm": page.caller.user_id not in (row.asked_by, user.id),
        }
        for row, user, asker in reset_rows.waiting(session, managed, page.now)
    ]


def _invitations(page: Page, session: Session) -> list[dict[str, object]]:
    managed = Seen(page.caller.agencies(Permission.EDIT_USERS))
    return [
        {
            "id": row.id,
            "name": user.display_name,
            "is_reset": row.is_reset,
            "until": page.texts.when(row.expires_at, page.now, HOME_ZONE),
        }
        for row, user in invitation_rows.open_ones(session, managed, page.now)
    ]

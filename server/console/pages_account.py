"""My account: what one proves oneself with, where one is logged in, which devices and programs are let in."""

from __future__ import annotations

from datetime import datetime

from fastapi.responses import HTMLResponse

from server.accounts.agents import words_of
from server.accounts.calling import origin_of
from server.accounts.factors import repository as factors
from server.accounts.factors.passkeys import relying_party
from server.accounts.factors.rules import SIGNERS, lacking_authenticators
from server.accounts.factors.service import roles_of
from server.accounts.sessions import service as sessions
from server.accounts.tokens import repository as token_rows
from server.accounts.tokens.service import scopes_for
from server.console import pages_notify
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.scope_words import scope_name
from server.db import Session
from server.edge import ReadSession
from server.routes import Router

router = Router(route_class=PageRoute, include_in_schema=False)


@router.get("/account")
def account(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one's own account."""
    caller, roles = page.caller, roles_of(page.caller)
    held = factors.held(session, caller.user_id)
    address = page.parts.settings.base_url or str(page.request.base_url)
    return page.render(
        "account.html",
        "account",
        passkeys=[
            {
                "id": row.id,
                "name": row.name,
                "made": _day(page, row.created_at),
                "used": _when(page, row.last_used_at),
                "can_sign": row.keyid is not None,
            }
            for row in factors.passkeys(session, caller.user_id)
        ],
        held=held,
        lacking=0 if page.is_unguarded else lacking_authenticators(roles, held),
        signs=not SIGNERS.isdisjoint(roles),
        passkeys_work=relying_party(address).can_have_passkeys,
        logins=_logins(page, session),
        devices=_devices(page, session),
        tokens=[
            {
                "id": row.id,
                "name": row.name,
                "scopes": page.texts.listed(scope_name(page.texts, one) for one in row.scopes),
                "until": _day(page, row.expires_at),
                "used": _when(page, row.last_used_at),
            }
            for row in token_rows.tokens(session, caller.user_id, page.now)
        ],
        mine=pages_notify.mine(page, session),
        scopes=[(one.value, scope_name(page.texts, one)) for one in scopes_for(caller)],
    )


def _logins(page: Page, session: Session) -> list[dict[str, object]]:
    return [
        {
            "id": row.id,
            "device": words_of(row.agent) or page.texts.say("unknown program"),
            "address": row.address,
            "since": _when(page, row.created_at),
            "used": _when(page, row.last_seen_at),
            "is_this": row.id == page.caller.session_id,
        }
        for row in sessions.logins_of(session, page.parts, page.caller)
    ]


def _devices(page: Page, session: Session) -> list[dict[str, object]]:
    secret = origin_of(page.request, page.parts.settings).device
    return [
        {
            "id": row.id,
            "device": words_of(row.agent) or page.texts.say("unknown program"),
            "address": row.address,
            "used": _when(page, row.last_used_at),
            "until": _day(page, row.expires_at),
            "is_this": sessions.is_this_device(row, secret),
        }
        for row in factors.devices(session, page.caller.user_id, page.now)
    ]


def _when(page: Page, at: datetime | None) -> str:
    return page.texts.when(at, page.now, HOME_ZONE) if at is not None else page.texts.say("never")


def _day(page: Page, at: datetime) -> str:
    return page.texts.date(at, HOME_ZONE)

"""Logging in at an OpenID provider over HTTP: two addresses that a browser visits, there and back."""

from __future__ import annotations

import logging
from html import escape
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.accounts.calling import cookie_name, origin_of
from server.accounts.endpoints import set_cookies
from server.accounts.factors.endpoints import PartyDep
from server.accounts.logins import SecondStep
from server.accounts.oidc import service
from server.accounts.oidc.provider import ProviderFailed
from server.accounts.paths import own_path
from server.errors import Problem
from server.parts import Parts, PartsDep
from server.routes import Router

log = logging.getLogger(__name__)

public = Router(prefix="/api/v1/login/oidc", tags=["accounts"])
COOKIE = "bangtin_outside"
REFUSED = "/login?refused=outside"


@public.get("", response_class=RedirectResponse, status_code=303)
def begin(
    request: Request, parts: PartsDep, then: Annotated[str, Query(alias="next", max_length=1000)] = "/"
) -> Response:
    """Send the browser to the provider; what its answer must match stays in a sealed cookie."""
    try:
        there, kept = service.start(parts, parts.settings.base_url or str(request.base_url), own_path(then))
    except ProviderFailed as error:
        log.warning("the OpenID provider cannot be used: %s", error)
        return RedirectResponse(REFUSED, HTTPStatus.SEE_OTHER)
    answer = RedirectResponse(there, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        cookie_name(parts.settings, COOKIE),
        kept,
        max_age=int(service.LIFE.total_seconds()),
        httponly=True,
        secure=parts.settings.is_https,
        samesite="lax",
        path="/",
    )
    return answer


@public.get("/return", response_class=HTMLResponse)
def come_back(
    request: Request,
    parts: PartsDep,
    party: PartyDep,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Let in whom the provider vouches for, if an administrator has made them an account."""
    kept = request.cookies.get(cookie_name(parts.settings, COOKIE))
    origin = origin_of(request, parts.settings)
    try:
        done, user, then = service.come_back(parts, kept, state, code, origin, party)
    except Problem as problem:
        if problem.status is not HTTPStatus.UNAUTHORIZED:
            raise
        return _onward(parts, REFUSED)
    if isinstance(done, SecondStep):
        waiting = urlencode({"username": user.username, "ticket": done.ticket})
        return _onward(parts, f"/login?next={quote(then, safe='/')}#{waiting}")
    answer = _onward(parts, then)
    set_cookies(answer, parts, done)
    return answer


def _onward(parts: Parts, path: str) -> HTMLResponse:
    """Go on by a page of our own: a redirect from the provider's site would not carry strict cookies."""
    target = escape(path, quote=True)
    page = (
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={target}">'
        f'<title>Bảng Tin</title><a href="{target}">Bảng Tin</a>'
    )
    answer = HTMLResponse(page, headers={"Cache-Control": "no-store"})
    name, secure = cookie_name(parts.settings, COOKIE), parts.settings.is_https
    answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    return answer

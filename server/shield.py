"""What stands between the network and the application: answers' security headers, and where writes may come from."""

from __future__ import annotations

from collections.abc import MutableMapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.accounts.calling import COOKIE
from server.errors import MEDIA_TYPE, Problem
from server.fleet.kiosk.calling import CERTIFICATE_HEADER

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

_CERTIFICATE = CERTIFICATE_HEADER.lower().encode()


class SecurityHeaders:
    """Adds the headers of this page to every answer; the interactive API pages load scripts from elsewhere."""

    def __init__(self, app: ASGIApp, *, https: bool, open_paths: tuple[str, ...] = ()) -> None:
        self._app = app
        self._open_paths = open_paths
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_open = scope["path"] in self._open_paths

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    if not (is_open and name == "Content-Security-Policy"):
                        headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, sending)


class ProxyWord:
    """Lets the proxy's word of a verified certificate through, and takes it out of every other request.

    Only a proxy on this machine that may open our UNIX socket can reach us there; over TCP anybody could say it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request (ASGI)."""
        if scope["type"] in ("http", "websocket") and not _is_socket(scope):
            scope["headers"] = [one for one in scope["headers"] if one[0].lower() != _CERTIFICATE]
        await self._app(scope, receive, send)


def _is_socket(scope: Scope) -> bool:
    """Tell whether a connection came over a UNIX socket: the server's address is a path, and has no port."""
    server = scope.get("server")
    return server is not None and server[1] is None and str(server[0]).startswith("/")


class SameOrigin:
    """Refuses writes that a page of another origin makes with a visitor's cookie.

    Requests with an Authorization header, or without our cookie, prove who they are in another way.
    """

    def __init__(self, app: ASGIApp, *, base_url: str | None) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request (ASGI)."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            sentence = self._objection(scope)
            if sentence is not None:
                problem = Problem(HTTPStatus.FORBIDDEN, "foreign-origin", sentence)
                answer = JSONResponse(problem.body(scope["path"]), status_code=403, media_type=MEDIA_TYPE)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _objection(self, scope: MutableMapping[str, Any]) -> str | None:
        headers = Headers(scope=scope)
        if "authorization" in headers:
            return None
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site not in ("same-origin", "none"):
            return "This request came from a page of another site and was refused. Open the console itself."
        if origin is not None and not self._is_own(origin, headers.get("host", ""), scope.get("scheme", "http")):
            return f"This request came from {origin[:200]!r}, which is not this server's address."
        if site is None and origin is None and _has_cookie(headers):
            return "A write with a session cookie needs an Origin header; programs use Authorization: Bearer."
        return None

    def _is_own(self, origin: str, host: str, scheme: str) -> bool:
        own = {f"{scheme}://{host}".lower()}
        if self._base_url is not None:
            parts = urlsplit(self._base_url)
            own.add(f"{parts.scheme}://{parts.netloc}".lower())
        return origin.lower() in own


def _has_cookie(headers: Headers) -> bool:
    try:
        return not {COOKIE, f"__Host-{COOKIE}"}.isdisjoint(SimpleCookie(headers.get("cookie", "")))
    except CookieError:
        return True

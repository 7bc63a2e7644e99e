"""Incoming alerts over HTTP: sending one in with a feed's credential, and the inbox of those who are on duty."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from starlette.requests import ClientDisconnect

from playlists.cap.report import refused
from playlists.cap.rules import CapRule, Refused
from playlists.cap.xml import MOST_BYTES
from server.accounts.endpoints import CallerDep
from server.accounts.passwords import token_sha256
from server.accounts.permissions import Permission
from server.alerts import repository, service
from server.alerts.schemas import AlertRejection, AlertShown, AlertTaken
from server.alerts.shown import alerts_shown
from server.edge import Page, PageAsked, ReadSession, WriteSession
from server.errors import Problem
from server.keys import load_cap_key
from server.parts import PartsDep
from server.routes import Router
from server.throttle import Tally

router = Router(prefix="/api/v1", tags=["alerts"])
public = Router(prefix="/api/v1", tags=["alerts"])
BODY = {"content": {"application/cap+xml": {"schema": {"type": "string"}, "example": "<alert xmlns=…>"}}}


async def _content(request: Request) -> bytes:
    """Return the request's body, at most one byte more than an alert may have: the rest is never read."""
    content = bytearray()
    try:
        async for piece in request.stream():
            content += piece
            if len(content) > MOST_BYTES:
                break
    except ClientDisconnect:
        return b""
    return bytes(content[: MOST_BYTES + 1])


Content = Annotated[bytes, Depends(_content)]


@public.post(
    "/alerts",
    status_code=202,
    responses={
        200: {"description": "It came before, or there is nothing (more) to decide."},
        401: {"description": "No feed has this token."},
        422: {"model": AlertTaken, "description": "It broke a rule; `answer` says which."},
    },
    openapi_extra={"requestBody": {"required": True, "content": BODY["content"]}},
)
def send_alert(
    request: Request, response: Response, content: Content, session: WriteSession, parts: PartsDep
) -> AlertTaken:
    """Send a CAP 1.2 alert in, as the feed whose token the request carries (`Authorization: Bearer`).

    202: a person decides. It reaches panels by itself only where the feed is set to, by a template that two people
    released.
    """
    address = request.client.host if request.client is not None else ""
    tally = Tally(f"alerts:{address}", 20)
    parts.throttle.check(tally)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    feed = repository.feed_of_token(session, token_sha256(token.strip())) if scheme.lower() == "bearer" else None
    if feed is None:
        parts.throttle.failed(tally)
        detail = "No feed of alerts has this token. It is made on the page of feeds and sent as Authorization: Bearer."
        raise Problem(HTTPStatus.UNAUTHORIZED, "unknown-feed", detail, headers={"WWW-Authenticate": "Bearer"})
    feed.heard_at = parts.clock()
    session.add(feed)
    if len(content) > MOST_BYTES:
        error = Refused(CapRule.C1_SIZE, f"the document has more than {MOST_BYTES} bytes")
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return AlertTaken(id=None, outcome="refused", answer=refused(error, conforms=False))
    cap_key = load_cap_key(parts.settings.keys_dir) if feed.automatic else None
    taken = service.take(session, feed, content, parts.clock(), cap_key)
    if taken.outcome == "refused":
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    elif taken.outcome in ("twice", "ended", "automatic"):
        response.status_code = HTTPStatus.OK
    return AlertTaken(id=taken.row.id if taken.row is not None else None, outcome=taken.outcome, answer=taken.answer)


@router.get("/alerts")
def alerts(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    decided: bool = False,
    words: Annotated[str, Query(alias="q", max_length=200)] = "",
) -> Page[AlertShown]:
    """List alerts that wait for a person, or with `decided` all others, newest first; `q` searches without accents."""
    caller.require(Permission.SEE)
    rows = repository.alerts(session, caller.seen, asked, open_only=not decided, words=words)
    pictures = {one.id: one for one in alerts_shown(session, rows)}
    return asked.page(rows, lambda row: pictures[row.id], lambda row: row.id)


@router.get("/alerts/{alert_id}")
def alert(alert_id: UUID, caller: CallerDep, session: ReadSession) -> AlertShown:
    """Show an alert: what the rules said of it, whom it means, and what became of it."""
    return alerts_shown(session, [service.alert_of(session, caller, alert_id, Permission.SEE)])[0]


@router.get("/alerts/{alert_id}/content.xml", response_class=Response)
def content(alert_id: UUID, caller: CallerDep, session: ReadSession) -> Response:
    """Give an alert's bytes as they came in."""
    row = service.alert_of(session, caller, alert_id, Permission.SEE)
    headers = {"Content-Disposition": f'attachment; filename="alert-{row.id}.xml"'}
    return Response(row.content, media_type="application/octet-stream", headers=headers)


@router.post("/alerts/{alert_id}/reject")
def reject(
    alert_id: UUID, said: AlertRejection, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> AlertShown:
    """Decide that an alert is not shown, and why."""
    row = service.reject(session, caller, alert_id, said.reason, parts.clock())
    return alerts_shown(session, [row])[0]

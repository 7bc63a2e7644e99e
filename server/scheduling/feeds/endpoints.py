"""Calendar feeds over HTTP. Reading one needs its address only, because calendar programs cannot log in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.scheduling.feeds import repository, service
from server.scheduling.feeds.schemas import FeedMade, FeedNew, FeedShown

router = Router(prefix="/api/v1", tags=["calendar feeds"])
public = Router(prefix="/api/v1", tags=["calendar feeds"])
MEDIA_TYPE = "text/calendar"


@router.get("/calendar-feeds")
def feeds(caller: CallerDep, session: ReadSession, asked: PageAsked) -> Page[FeedShown]:
    """List calendar feeds that were not revoked, newest first."""
    caller.require(Permission.SEE)
    rows = repository.feeds(session, caller.seen, asked)
    return asked.page(rows, FeedShown.model_validate, lambda row: row.id)


@router.post("/calendar-feeds", status_code=201)
def create_feed(
    new: FeedNew, request: Request, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> FeedMade:
    """Make an address under which a calendar program reads a panel's or site's schedule; it is shown this once."""
    row, token = service.create(session, caller, new, parts.clock())
    tag(response, row.rev)
    base = (parts.settings.base_url or str(request.base_url)).rstrip("/")
    return FeedMade(**FeedShown.model_validate(row).model_dump(), url=f"{base}/api/v1/calendar/{token}.ics")


@router.post("/calendar-feeds/{feed_id}/revoke")
def revoke_feed(
    feed_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> FeedShown:
    """Shut a feed's address for good."""
    row = service.revoke(session, caller, feed_id, expected, parts.clock())
    tag(response, row.rev)
    return FeedShown.model_validate(row)


@public.get("/calendar/{token}.ics", response_class=Response)
def calendar(token: Annotated[str, Path(max_length=200)], session: ReadSession, parts: PartsDep) -> Response:
    """Give a schedule as iCalendar."""
    content = service.written(session, token, parts.clock())
    headers = {"Cache-Control": "private, max-age=300", "Content-Disposition": 'inline; filename="bang-tin.ics"'}
    return Response(content, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)

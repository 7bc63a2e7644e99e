"""Contact sheets over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import FileResponse

from server.accounts.endpoints import CallerDep
from server.content import service as contents
from server.content.sheets import service
from server.content.sheets.schemas import SheetShown
from server.edge import ReadSession
from server.parts import PartsDep
from server.routes import Router

router = Router(prefix="/api/v1", tags=["content"])
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
PageAsked = Annotated[int, Query(ge=0, le=999, description="Half a minute of the clip, from 0")]


@router.get("/media/{media_id}/contact-sheet")
def sheet(
    media_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep, page: PageAsked = 0
) -> SheetShown:  # fmt: skip
    """Say what one page of a clip's contact sheet shows, and when. Made at the first look, which takes seconds."""
    media = contents.media_of(session, caller, media_id)
    session.close()
    return service.page_of(parts, media, page)[0]


@router.get("/media/{media_id}/contact-sheet.jpg", response_class=FileResponse)
def sheet_picture(
    media_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep, page: PageAsked = 0
) -> FileResponse:
    """Send one page of a clip's contact sheet as JPEG."""
    media = contents.media_of(session, caller, media_id)
    session.close()
    _, path = service.page_of(parts, media, page)
    headers = FOREVER | {"ETag": f'"{media.sha256}-{service.VERSION}-{page}"'}
    return FileResponse(path, media_type="image/jpeg", headers=headers)

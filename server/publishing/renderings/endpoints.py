"""The segments of notices over HTTP: asking for them, watching them come, and their bytes as a kiosk plays them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Query, Response
from fastapi.responses import FileResponse

from playlists.ids import SHA256_PATTERN
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.content.notices import service as notices
from server.db import Session
from server.edge import ReadSession, WriteSession
from server.errors import not_found
from server.parts import PartsDep
from server.publishing import repository
from server.publishing.renderings import service
from server.publishing.renderings.schemas import RenderingsAsked, RenderingsShown
from server.routes import Router
from server.scheduling.targets import service as targets
from server.tables import Notice, Panel

router = Router(prefix="/api/v1", tags=["previews"])
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/notices/{notice_id}/segments")
def segments(
    notice_id: UUID, panel_id: Annotated[UUID, Query()], caller: CallerDep, session: ReadSession
) -> RenderingsShown:
    """Say how far the segments of a notice's newest revision are for a panel; nothing is started by asking.

    The topic `segment` of the event stream tells when to ask again.
    """
    return service.renderings(session, *_named(session, caller, notice_id, panel_id))


@router.post("/notices/{notice_id}/segments", status_code=202)
def render(notice_id: UUID, asked: RenderingsAsked, caller: CallerDep, session: WriteSession) -> RenderingsShown:
    """Render what is missing of a notice's newest revision for a panel. What is there already is not made again."""
    return service.ask_for(session, *_named(session, caller, notice_id, asked.panel_id))


@router.get("/notices/{notice_id}/segments/{sha256}.mp4", response_class=FileResponse)
def segment(
    notice_id: UUID,
    sha256: Annotated[str, Path(pattern=SHA256_PATTERN)],
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    if_none_match: Annotated[str | None, Header(max_length=2000)] = None,
) -> Response:
    """Send the bytes that the kiosk plays, in parts when `Range` asks for some; the ETag is their SHA-256."""
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    service.segment_of(session, notice, sha256)
    session.close()
    headers = FOREVER | {"ETag": f'"{sha256}"'}
    if if_none_match is not None and sha256 in if_none_match:
        return Response(status_code=304, headers=headers)
    if not parts.blobs.exists(sha256):
        raise not_found("segment")
    return FileResponse(parts.blobs.path(sha256), media_type="video/mp4", headers=headers)


def _named(session: Session, caller: Caller, notice_id: UUID, panel_id: UUID) -> tuple[Notice, Panel]:
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    return notice, targets.visible_panel(session, caller, repository.panel(session, panel_id))

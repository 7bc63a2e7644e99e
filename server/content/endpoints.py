"""Media over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from anyio import to_thread
from fastapi import Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from playlists.notice import MediaKind, NoticeKind
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content import receiving, repository, service, uploads
from server.content.schemas import MediaShown
from server.edge import Page, PageAsked, ReadSession
from server.errors import not_found
from server.media.render import RenderFault, thumbnail
from server.parts import Parts, PartsDep
from server.routes import Router
from server.tables import Media

router = Router(prefix="/api/v1", tags=["content"])
MOST_BODY_BYTES = 8 << 30
"""Beyond any setting; the cap that counts is the one of the settings, while reading."""
WIDTHS = (160, 320, 640, 1280)
COVERS = 2
"""Part of the names of kept pictures; raised when they are chosen otherwise."""
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"file": _FILE, "agency_id": {"type": "string"}}}
        },
        **{str(kind): {"schema": _FILE} for kind in MediaKind},
    },
}


@router.post(
    "/media",
    status_code=201,
    max_body_size=MOST_BODY_BYTES,
    openapi_extra={"requestBody": _BODY},
    responses={200: {"model": MediaShown, "description": "The same bytes were uploaded before."}},
)
async def upload(
    request: Request,
    response: Response,
    caller: CallerDep,
    parts: PartsDep,
    name: Annotated[str, Query(max_length=1000, description="The file's name, when the body is the file itself")] = "",
    agency_id: Annotated[str | None, Query(max_length=40)] = None,
) -> MediaShown:
    """Upload a picture (JPEG, PNG, WebP) or a clip (MP4), as the body itself or as a form with one file.

    The file is checked and made anew, so that nothing but the picture is kept. A refusal says why in three languages.
    """
    caller.require(Permission.EDIT_CONTENT)
    if agency_id is not None:
        await run_in_threadpool(uploads.owner_of_upload, parts, caller, agency_id)
    most_bytes = max(parts.settings.clip_max_bytes, parts.settings.image_max_bytes)
    lent = parts.blobs.workspace()
    folder = await run_in_threadpool(lent.__enter__)
    try:
        file = folder / "received"
        content_type = request.headers.get("content-type", "")
        received = await receiving.receive(request.stream(), content_type, file, most_bytes)
        received.name = received.name or name
        chosen = agency_id or received.fields.get("agency_id")
        owner = await run_in_threadpool(uploads.owner_of_upload, parts, caller, chosen)
        taken = await to_thread.run_sync(
            uploads.take_received, parts, caller, owner, folder, file, received, limiter=parts.upload_checks
        )
    finally:
        await run_in_threadpool(lent.__exit__, None, None, None)
    response.status_code = 201 if taken.is_new else 200
    return media_shown(taken.media).model_copy(update={"remarks": uploads.remark_sentences(taken.remarks)})


@router.get("/media")
def media_list(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    agency_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[NoticeKind | None, Query()] = None,
) -> Page[MediaShown]:
    """List media, newest first."""
    caller.require(Permission.SEE, agency_id=agency_id, what="agency")
    kinds = [str(one) for one in MediaKind if kind is not None and one.notice_kind is kind]
    rows = repository.media_list(session, asked, caller.seen.only(agency_id), kinds)
    return asked.page(rows, media_shown, lambda row: row.id)


@router.get("/media/{media_id}")
def media(media_id: UUID, caller: CallerDep, session: ReadSession) -> MediaShown:
    """Show what is known of one media."""
    return media_shown(service.media_of(session, caller, media_id))


@router.get("/media/{media_id}/file", response_class=FileResponse)
def media_file(media_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> FileResponse:
    """Send the media itself, in parts when `Range` asks for some."""
    row = service.media_of(session, caller, media_id)
    if not parts.blobs.exists(row.sha256):
        raise not_found("file")
    headers = FOREVER | {"ETag": f'"{row.sha256}"'}
    return FileResponse(parts.blobs.path(row.sha256), media_type=row.kind, headers=headers)


@router.get("/media/{media_id}/picture", response_class=FileResponse)
def picture(
    media_id: UUID,
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    width: Annotated[int, Query(ge=1, le=WIDTHS[-1])] = 320,
) -> FileResponse:
    """Send a small JPEG of a media; widths are rounded up to 160, 320, 640 or 1280 pixels."""
    row = service.media_of(session, caller, media_id)
    session.close()
    return small_picture(parts, row.sha256, MediaKind(row.kind), width)


@router.get("/media/{media_id}/thumbnail", response_class=FileResponse)
def thumbnail_of(media_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> FileResponse:
    """Send a JPEG of a media, 320 pixels wide."""
    return picture(media_id, caller, session, parts, 320)


def media_shown(row: Media) -> MediaShown:
    """Return the API's picture of a media."""
    return MediaShown(
        id=row.id,
        agency_id=row.agency_id,
        name=row.name,
        kind=MediaKind(row.kind),
        width=row.width,
        height=row.height,
        duration_ms=row.duration_ms,
        has_sound=row.has_sound,
        size=row.size,
        sha256=row.sha256,
        uploaded_by=row.uploaded_by,
        created_at=row.created_at,
    )


def small_picture(parts: Parts, sha256: str, kind: MediaKind, width: int) -> FileResponse:
    """Return a kept JPEG of a stored file, at most 160, 320, 640 or 1280 pixels wide; it is made when it is missing.

    Raises:
        Problem: 404.
    """
    width = next(one for one in WIDTHS if one >= width)
    folder = parts.thumbnails_dir
    path = folder / f"{sha256}-{width}-{COVERS}.jpg"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            content = thumbnail(parts.blobs.path(sha256), kind, width, folder=folder)
        except RenderFault as fault:
            raise not_found("picture") from fault
        part = folder / f".{uuid4().hex}.part"
        part.write_bytes(content)
        part.replace(path)
    headers = FOREVER | {"ETag": f'"{sha256}-{width}-{COVERS}"'}
    return FileResponse(path, media_type="image/jpeg", headers=headers)

"""Uploads in pieces over HTTP: tus 1.0.0 with creation, expiration, checksum and termination, and their state as JSON.

The endpoints that take bytes are `async def` and touch the database before and after the stream, never in it.
"""

from __future__ import annotations

from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Header, Request, Response
from starlette.concurrency import run_in_threadpool

from playlists.language import Language
from playlists.rights import RightOfUse
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.resumable import pieces, protocol, repository, service
from server.content.resumable.schemas import UploadShown
from server.content.uploads import remark_sentences
from server.edge import ReadSession
from server.errors import Problem, conflict
from server.media.refusal import Refusal, Refused
from server.parts import Parts, PartsDep
from server.routes import Router
from server.tables import UploadSession
from server.tables.uploads import UploadState

router = Router(prefix="/api/v1/uploads", tags=["uploads"])
MOST_BODY_BYTES = 8 << 30
"""Beyond any setting; the announced length counts."""
_PIECE = {
    "requestBody": {"content": {protocol.PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
}
Resumable = Annotated[str | None, Header(alias="Tus-Resumable", examples=[protocol.VERSION])]
Metadata = Annotated[
    str | None,
    Header(
        alias="Upload-Metadata",
        description="filename, agency_id, source, author, right_of_use, right_note, rights_until, tags; Base64 values",
    ),
]


@router.options("", status_code=204, response_class=Response)
def capabilities(parts: PartsDep) -> Response:
    """Say which version and extensions of tus this server speaks, and how long an upload may be."""
    return Response(status_code=204, headers=protocol.capabilities(service.most_length(parts)))


@router.post(
    "",
    status_code=201,
    max_body_size=MOST_BODY_BYTES,
    response_class=Response,
    openapi_extra=_PIECE,
)
async def create(
    request: Request,
    caller: CallerDep,
    parts: PartsDep,
    tus_resumable: Resumable = None,
    upload_length: Annotated[str | None, Header(alias="Upload-Length")] = None,
    upload_metadata: Metadata = None,
) -> Response:
    """Begin an upload (tus creation, with the first bytes if the body holds some); `Location` is its address."""
    caller.require(Permission.EDIT_CONTENT)
    protocol.check_version(tus_resumable)
    length = protocol.read_number("Upload-Length", upload_length)
    pairs = protocol.read_metadata(upload_metadata)
    asked = service.announced(length, pairs, (upload_metadata or "").strip())
    row = await run_in_threadpool(service.begin, parts, caller, asked)
    if request.headers.get("content-type") == protocol.PIECE_TYPE:
        await _take(request, parts, row, at=0)
    if await run_in_threadpool(service.is_whole, parts, row):
        row = await run_in_threadpool(service.received, parts, row)
    headers = await run_in_threadpool(_headers, parts, row)
    return Response(status_code=201, headers=headers | {"Location": f"{router.prefix}/{row.id}"})


@router.get("")
def uploads(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[UploadShown]:
    """List the caller's own uploads of the last 30 days, newest first: running, checked, refused."""
    caller.require(Permission.EDIT_CONTENT)
    rows = repository.uploads_of(session, caller.user_id)
    names = repository.names_of_media(session, [row.media_id for row in rows if row.media_id is not None])
    return [_shown(parts, row, names) for row in rows]


@router.head("/{upload_id}", response_class=Response)
async def offset(upload_id: UUID, caller: CallerDep, parts: PartsDep, tus_resumable: Resumable = None) -> Response:
    """Say how many bytes of an upload are here (tus); a connection that still sends it is ended first."""
    protocol.check_version(tus_resumable)
    row = await run_in_threadpool(service.own, parts, caller, upload_id)
    if row.state == UploadState.REFUSED:
        raise _gone(row)
    async with pieces.turn(parts, row.id):
        if await run_in_threadpool(service.is_whole, parts, row):
            row = await run_in_threadpool(service.received, parts, row)
        headers = await run_in_threadpool(_headers, parts, row)
    headers |= {"Upload-Length": str(row.length), "Cache-Control": "no-store"}
    if row.metadata_sent:
        headers["Upload-Metadata"] = row.metadata_sent
    return Response(headers=headers)


@router.get("/{upload_id}")
def upload(upload_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> UploadShown:
    """Show how far an upload has come and, in three languages, why it was refused."""
    row = service.upload_of(session, caller, upload_id)
    names = repository.names_of_media(session, [row.media_id] if row.media_id is not None else [])
    return _shown(parts, row, names)


@router.patch(
    "/{upload_id}",
    status_code=204,
    max_body_size=MOST_BODY_BYTES,
    response_class=Response,
    openapi_extra=_PIECE,
)
async def add(
    request: Request,
    upload_id: UUID,
    caller: CallerDep,
    parts: PartsDep,
    tus_resumable: Resumable = None,
    upload_offset: Annotated[str | None, Header(alias="Upload-Offset")] = None,
    upload_checksum: Annotated[str | None, Header(alias="Upload-Checksum")] = None,
) -> Response:
    """Send the next bytes of an upload (tus). What arrives before the connection breaks is kept.

    With `Upload-Checksum` a piece counts whole or not at all; one whose bytes differ is answered with 460.
    """
    row = await run_in_threadpool(service.own, parts, caller, upload_id)
    protocol.check_version(tus_resumable)
    if request.headers.get("content-type") != protocol.PIECE_TYPE:
        detail = f"A piece of an upload has the Content-Type {protocol.PIECE_TYPE}."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "invalid-content-type", detail)
    at = protocol.read_number("Upload-Offset", upload_offset)
    checksum = protocol.read_checksum(upload_checksum)
    if row.state == UploadState.REFUSED:
        raise _gone(row)
    if row.state != UploadState.RECEIVING:
        raise conflict("upload-complete", "Every byte of this upload is here already.", headers=_at(row.length))
    if not await _take(request, parts, row, at=at, checksum=checksum):
        return Response(status_code=protocol.CHECKSUM_MISMATCH, headers={"Tus-Resumable": protocol.VERSION})
    if await run_in_threadpool(service.is_whole, parts, row):
        row = await run_in_threadpool(service.received, parts, row)
    return Response(status_code=204, headers=await run_in_threadpool(_headers, parts, row))


@router.delete("/{upload_id}", status_code=204, response_class=Response)
async def end(upload_id: UUID, caller: CallerDep, parts: PartsDep) -> Response:
    """End an upload and drop its bytes (tus termination), or forget a finished one; its media stays."""
    row = await run_in_threadpool(service.own, parts, caller, upload_id)
    async with pieces.turn(parts, row.id):
        await run_in_threadpool(service.end, parts, caller, upload_id)
    return Response(status_code=204, headers={"Tus-Resumable": protocol.VERSION})


async def _take(
    request: Request, parts: Parts, row: UploadSession, *, at: int, checksum: protocol.Checksum | None = None
) -> bool:
    """Take the bytes of a request; False when they are not those of the checksum."""
    try:
        return await pieces.take(request, parts, row, at=at, checksum=checksum)
    except Refused as refused:
        await run_in_threadpool(service.refuse_early, parts, row.id, refused)
        sentences = {str(language): text for language, text in refused.sentences.items()}
        code = f"media-{refused.reason}"
        headers = {"Connection": "close"}
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, code, str(refused), sentences=sentences, headers=headers, name=row.name
        ) from refused


def _headers(parts: Parts, row: UploadSession) -> dict[str, str]:
    """Return how far an upload is, and when it is given up, as headers."""
    headers = {"Tus-Resumable": protocol.VERSION} | _at(_offset(parts, row))
    ends = service.expires_at(parts, row)
    if ends is not None:
        headers["Upload-Expires"] = format_datetime(ends, usegmt=True)
    return headers


def _at(count: int) -> dict[str, str]:
    return {"Upload-Offset": str(count)}


def _offset(parts: Parts, row: UploadSession) -> int:
    return min(row.length, parts.incoming.size(row.id)) if row.state == UploadState.RECEIVING else row.length


def _gone(row: UploadSession) -> Problem:
    refused = Refused(Refusal(row.reason or Refusal.CHECK_STOPPED), **row.facts)
    sentences = {str(language): text for language, text in refused.sentences.items()}
    return Problem(HTTPStatus.GONE, f"media-{refused.reason}", str(refused), sentences=sentences)


def _shown(parts: Parts, row: UploadSession, names: dict[UUID, str]) -> UploadShown:
    sentences = {}
    if row.state == UploadState.REFUSED:
        sentences = Refused(Refusal(row.reason or Refusal.CHECK_STOPPED), **row.facts).sentences
    elif row.state == UploadState.DONE and not row.is_new:
        sentences = _you_have_it(names.get(row.media_id) if row.media_id is not None else None)
    return UploadShown(
        id=row.id,
        agency_id=row.agency_id,
        name=row.name,
        length=row.length,
        offset=_offset(parts, row),
        state=UploadState(row.state),
        progress_permille=row.progress_permille,
        reason=row.reason,
        sentences=sentences,
        remarks=remark_sentences(service.remarks_of(row)),
        media_id=row.media_id,
        media_name=names.get(row.media_id) if row.media_id is not None else None,
        is_new=row.is_new,
        source=row.source,
        author=row.author,
        right_of_use=RightOfUse(row.right_of_use),
        right_note=row.right_note,
        rights_until=row.rights_until,
        tags=row.tags,
        created_at=row.created_at,
        expires_at=service.expires_at(parts, row),
        finished_at=row.finished_at,
    )


def _you_have_it(name: str | None) -> dict[Language, str]:
    shown = name or "?"
    return {
        Language.VI: f"Cơ quan đã có tệp này: {shown}.",
        Language.EN: f"You have this already: {shown}.",
        Language.ZH: f"本单位已有此文件：{shown}。",
    }

"""Manifests and segments for kiosks. `async def`: an unchanged poll touches no database, a file occupies no thread."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Header, Path, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from playlists.ids import SHA256_PATTERN
from server.accounts.calling import unauthenticated
from server.errors import not_found
from server.fleet.kiosk.calling import Credential, credential_of, kiosk_of
from server.parts import PartsDep
from server.publishing import repository
from server.publishing.holdings import Holdings
from server.publishing.known import KnownManifests
from server.publishing.released import service as released
from server.routes import Router
from server.tables import AssignedManifest

router = Router(prefix="/api/v1/kiosk", tags=["kiosk"])
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"
IMMUTABLE = "private, max-age=31536000, immutable"

Digest = Annotated[str, Path(pattern=SHA256_PATTERN)]
IfNoneMatch = Annotated[str | None, Header(max_length=200)]


@router.get("/manifest", response_class=Response, responses={304: {"description": "unchanged"}})
async def manifest(request: Request, if_none_match: IfNoneMatch = None) -> Response:
    """Give the caller's assigned manifest, a signed envelope."""
    credential = credential_of(request)
    known = cast("KnownManifests", request.app.state.known_manifests).of(credential)
    if known is not None and if_none_match is not None and _names(if_none_match, known[1]):
        return Response(status_code=304, headers={"ETag": f'"{known[1]}"'})
    row = await run_in_threadpool(_assigned, request, credential)
    if _names(if_none_match or "", row.sha256):
        return Response(status_code=304, headers={"ETag": f'"{row.sha256}"'})
    return _envelope(row, "no-cache")


@router.get("/manifest/{sha256}", response_class=Response)
async def manifest_of_digest(sha256: Digest, request: Request, parts: PartsDep) -> Response:
    """Give one of the caller's own manifests by its envelope's digest."""

    def find() -> AssignedManifest | None:
        with parts.db.read() as session:
            kiosk = kiosk_of(session, credential_of(request), parts.clock())
            if kiosk is None:
                raise unauthenticated()
            return repository.manifest_of_digest(session, kiosk.id, sha256)

    row = await run_in_threadpool(find)
    if row is None:
        raise not_found("manifest")
    return _envelope(row, IMMUTABLE)


@router.get("/segments/{sha256}", response_class=FileResponse)
async def segment(sha256: Digest, request: Request, parts: PartsDep, if_none_match: IfNoneMatch = None) -> Response:
    """Give a segment that the caller's assigned manifest, a template or an emergency for its panel names.

    `Range` and `If-Range` resume a download.
    """
    credential = credential_of(request)

    def is_named() -> bool:
        row = _assigned(request, credential)
        return parts.blobs.exists(sha256) and (_holdings(request).names(row, sha256) or _is_of_warnings(row))

    def _is_of_warnings(row: AssignedManifest) -> bool:
        with parts.db.read() as session:
            kiosk = repository.kiosk(session, row.kiosk_id)
            panel = repository.panel(session, kiosk.panel_id) if kiosk is not None and kiosk.panel_id else None
            return panel is not None and released.is_named(session, panel, sha256, parts.clock())

    if not await run_in_threadpool(is_named):
        raise not_found("segment")
    headers = {"ETag": f'"{sha256}"', "Cache-Control": IMMUTABLE}
    if if_none_match is not None and _names(if_none_match, sha256):
        return Response(status_code=304, headers=headers)
    return FileResponse(parts.blobs.path(sha256), media_type="video/mp4", headers=headers)


def _holdings(request: Request) -> Holdings:
    return cast("Holdings", request.app.state.holdings)


def _assigned(request: Request, credential: Credential) -> AssignedManifest:
    found = _holdings(request).assigned(credential)
    if found is None:
        raise unauthenticated()
    if found[1] is None:
        raise not_found("manifest")
    return found[1]


def _envelope(row: AssignedManifest, caching: str) -> Response:
    headers = {"ETag": f'"{row.sha256}"', "X-Bangtin-Seq": str(row.seq), "Cache-Control": caching}
    return Response(row.envelope, media_type=ENVELOPE_TYPE, headers=headers)


def _names(if_none_match: str, sha256: str) -> bool:
    return any(part.strip().removeprefix("W/").strip('"') in {sha256, "*"} for part in if_none_match.split(","))

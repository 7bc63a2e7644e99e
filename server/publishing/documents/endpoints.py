"""Signed documents for kiosks (docs/http-kiosk.md). A document that is not for the caller's panel does not exist."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from playlists.ids import SHA256_PATTERN
from playlists.trust.shape import Reader
from server.edge import ReadSession
from server.errors import not_found
from server.fleet.kiosk.endpoints import CallingKiosk
from server.publishing import repository
from server.trust import kinds, service
from server.trust import repository as trust

router = APIRouter(prefix="/api/v1/kiosk", tags=["kiosk"])
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"
IMMUTABLE = "private, max-age=31536000, immutable"


@router.get("/documents/{sha256}", response_class=Response)
def document(
    sha256: Annotated[str, Path(pattern=SHA256_PATTERN)], kiosk: CallingKiosk, session: ReadSession
) -> Response:
    """Give a sealed document, by the digest of its payload, when it is for the caller's panel or site."""
    row = trust.documents_by_digest(session, [sha256]).get(sha256)
    panel = repository.panel(session, kiosk.panel_id) if kiosk.panel_id is not None else None
    if row is None or row.envelope is None or panel is None:
        raise not_found("document")
    reader = Reader(kiosk.id, panel.id, repository.site_of(session, panel).slug)
    if not kinds.is_for(service.read_document(row), reader):
        raise not_found("document")
    return Response(row.envelope, media_type=ENVELOPE_TYPE, headers={"Cache-Control": IMMUTABLE, "ETag": f'"{sha256}"'})


@router.get("/roots/{version}", response_class=Response)
def root(version: Annotated[int, Path(ge=1, lt=1 << 53)], session: ReadSession) -> Response:
    """Give a root document by its version: a kiosk follows them one by one."""
    row = trust.root_of_version(session, version)
    if row is None:
        raise not_found("root")
    return Response(
        row.envelope, media_type=ENVELOPE_TYPE, headers={"Cache-Control": IMMUTABLE, "ETag": f'"{row.sha256}"'}
    )

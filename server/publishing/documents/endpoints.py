"""Signed documents for kiosks (docs/http-kiosk.md). A document that is not for the caller's panel does not exist."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from playlists.ids import SHA256_PATTERN, sha256_hex
from playlists.wire.signed import WithdrawalPage
from server.edge import ReadSession
from server.errors import not_found
from server.fleet.kiosk.endpoints import CallingKiosk
from server.parts import PartsDep
from server.publishing.documents import service as documents
from server.routes import Router
from server.trust import kinds, service
from server.trust import repository as trust

router = Router(prefix="/api/v1/kiosk", tags=["kiosk"])
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"
IMMUTABLE = "private, max-age=31536000, immutable"


@router.get("/documents/{sha256}", response_class=Response)
def document(
    sha256: Annotated[str, Path(pattern=SHA256_PATTERN)], kiosk: CallingKiosk, session: ReadSession
) -> Response:
    """Give a sealed document, by the digest of its payload, when it is for the caller's panel or site."""
    row = trust.documents_by_digest(session, [sha256]).get(sha256)
    reader = documents.reader_of(session, kiosk)
    if row is None or row.envelope is None or reader is None:
        raise not_found("document")
    if not kinds.is_for(service.read_document(row), reader):
        raise not_found("document")
    return Response(row.envelope, media_type=ENVELOPE_TYPE, headers={"Cache-Control": IMMUTABLE, "ETag": f'"{sha256}"'})


@router.get("/roots/{version}", response_class=Response)
def root(version: Annotated[int, Path(ge=1, lt=1 << 53)], kiosk: CallingKiosk, session: ReadSession) -> Response:
    """Give a root document by its version: a kiosk follows them one by one."""
    row = trust.root_of_version(session, version, training=documents.is_training(session, kiosk))
    if row is None:
        raise not_found("root")
    return Response(
        row.envelope, media_type=ENVELOPE_TYPE, headers={"Cache-Control": IMMUTABLE, "ETag": f'"{row.sha256}"'}
    )


@router.get("/trust", response_class=Response)
def signed(
    kiosk: CallingKiosk, session: ReadSession, if_none_match: Annotated[str, Header(max_length=100)] = ""
) -> Response:
    """Give what the topics of the kiosk say of signed documents, so that a dead broker holds nothing up."""
    content = documents.signed(session, kiosk).model_dump_json(exclude_none=True).encode()
    mark = f'"{sha256_hex(content)}"'
    headers = {"ETag": mark, "Cache-Control": "private, no-cache"}
    if if_none_match == mark:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


@router.get("/withdrawals")
def withdrawals(
    kiosk: CallingKiosk, session: ReadSession, page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> WithdrawalPage:
    """Give all withdrawals for the kiosk's panel, page by page, the oldest first."""
    return documents.withdrawal_page(session, kiosk, page)


class TimeAsked(BaseModel):
    """A number that nobody could know before: the answer cannot be an old one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"nonce": "0123456789abcdef0123456789abcdef"}]})

    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32,64}$")]


@router.post("/time", response_class=Response)
def time(asked: TimeAsked, _kiosk: CallingKiosk, parts: PartsDep) -> Response:
    """Say what time it is, signed by the server's key together with the kiosk's nonce."""
    return Response(documents.time_for(asked.nonce, parts.clock(), parts.server_key), media_type=ENVELOPE_TYPE)

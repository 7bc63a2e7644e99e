"""Pictures of notices that are being written, over HTTP."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Query, Response
from fastapi.responses import RedirectResponse

from playlists.card import Template
from playlists.ids import sha256_hex
from playlists.language import Language, SegmentLanguage
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.boards.cover import drawn
from server.content.drafts import covers, samples, service
from server.content.drafts.covers import Cover
from server.content.drafts.schemas import LEAST_SIDE, MOST_HEIGHT, MOST_WIDTH, DraftAsked
from server.content.notices import service as notices
from server.edge import ReadSession
from server.errors import not_found
from server.media.card_pictures import card_png, scene
from server.media.cards import drawn_by
from server.parts import Parts, PartsDep
from server.routes import Router

router = Router(prefix="/api/v1", tags=["notices"])
COVER = (384, 216)
_PNG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post("/notices/preview.png", response_class=Response, responses=_PNG)
def preview(asked: DraftAsked, caller: CallerDep, session: ReadSession, parts: PartsDep) -> Response:
    """Draw a card that is not saved, at the pixels of a panel. A moving card is drawn as it stands at its end."""
    card, pictures = service.drawable(session, caller, asked, parts.blobs)
    session.close()
    return _png(card_png(card, asked.width, asked.height, pictures), "no-store")


@router.get("/notices/templates/{template}.png", response_class=Response, responses=_PNG)
def example(
    template: Template,
    caller: CallerDep,
    parts: PartsDep,
    language: Annotated[Language, Query()] = Language.VI,
    width: Annotated[int, Query(ge=LEAST_SIDE, le=MOST_WIDTH)] = 384,
    height: Annotated[int, Query(ge=LEAST_SIDE, le=MOST_HEIGHT)] = 192,
) -> Response:
    """Draw an example of a template."""
    caller.require(Permission.SEE)
    pictures = {samples.SCENE: scene(parts.thumbnails_dir / "example-scene.png")}
    return _png(card_png(samples.example(template, language), width, height, pictures), "private, max-age=86400")


@router.get("/notices/{notice_id}/picture", response_class=Response, responses=_PNG)
def picture(
    notice_id: UUID,
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    language: Annotated[SegmentLanguage | None, Query()] = None,
) -> Response:
    """Send a small picture that stands for a notice, for lists; 404 when it has nothing to show yet."""
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    cover = covers.cover_of(session, notice, parts.blobs, language, parts.clock())
    session.close()
    if cover.board is not None:
        board = drawn(cover.board, *COVER)
        if board is None:
            raise not_found("picture")
        return _png(board, "private, max-age=20")
    if cover.card is not None:
        return _png(_drawn_once(parts, cover), "private, max-age=300")
    if cover.media_id is None:
        raise not_found("picture")
    return RedirectResponse(f"/api/v1/media/{cover.media_id}/thumbnail", HTTPStatus.TEMPORARY_REDIRECT)


def _drawn_once(parts: Parts, cover: Cover) -> bytes:
    assert cover.card is not None  # noqa: S101 - only covers of cards are drawn; said for the type checker
    path = parts.thumbnails_dir / f"card-{cover.sha256}-{sha256_hex(drawn_by().encode())[:12]}.png"
    if path.is_file():
        return path.read_bytes()
    content = card_png(cover.card, *COVER, cover.pictures or {})
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{uuid4().hex}")
    part.write_bytes(content)
    part.replace(path)
    return content


def _png(content: bytes, kept: str) -> Response:
    return Response(content, media_type="image/png", headers={"Cache-Control": kept})

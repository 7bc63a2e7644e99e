"""What reviews show, and corrections, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from playlists.ids import SHA256_PATTERN
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.edge import WriteSession
from server.errors import not_found
from server.media import segment_frames
from server.parts import Parts, PartsDep
from server.publishing.releases import service as releases
from server.publishing.reviews import frames, service
from server.publishing.reviews.schemas import CorrectionAsked, CorrectionMade, FrameShown
from server.routes import Router

router = Router(prefix="/api/v1", tags=["reviews"])
Digest = Annotated[str, Path(pattern=SHA256_PATTERN)]
KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/releases/{submission_id}/frames/{sha256}")
def frames_of(submission_id: UUID, sha256: Digest, caller: CallerDep, parts: PartsDep) -> list[FrameShown]:
    """List the pictures of a submitted segment that differ from one another, at the panel's own size."""
    with parts.db.read() as session:
        _pair(session, caller, submission_id, sha256, parts)
    times = frames.times_of(parts.blobs, parts.frames_dir, sha256)
    base = f"/api/v1/releases/{submission_id}/frames/{sha256}"
    return [FrameShown(at_ms=one, url=f"{base}/{one}.jpg") for one in times]


@router.get("/releases/{submission_id}/frames/{sha256}/{at_ms}.jpg", response_class=Response)
def frame(
    submission_id: UUID,
    sha256: Digest,
    at_ms: Annotated[int, Path(ge=0, le=3_600_000)],
    caller: CallerDep,
    parts: PartsDep,
) -> Response:
    """Give one picture of a submitted segment."""
    with parts.db.read() as session:
        _pair(session, caller, submission_id, sha256, parts)
    content = frames.picture_of(parts.blobs, parts.frames_dir, sha256, at_ms)
    if content is None:
        raise not_found("picture")
    return Response(content, media_type="image/jpeg", headers=KEPT)


@router.get("/releases/{submission_id}/changes/{sha256}.jpg", response_class=Response)
def change(submission_id: UUID, sha256: Digest, caller: CallerDep, parts: PartsDep) -> Response:
    """Draw what differs in a submitted segment's first picture from what is on air; 404 when nothing is."""
    with parts.db.read() as session:
        before = _pair(session, caller, submission_id, sha256, parts).before
        digest = before.sha256 if before is not None else None
    if digest is None or not parts.blobs.exists(digest):
        raise not_found("picture: nothing of this was on air before")
    content, permille = segment_frames.changed(parts.blobs.path(digest), parts.blobs.path(sha256))
    return Response(content, media_type="image/jpeg", headers={**KEPT, "X-Bangtin-Changed-Permille": str(permille)})


@router.get("/releases/{submission_id}/before/{sha256}.jpg", response_class=Response)
def before(submission_id: UUID, sha256: Digest, caller: CallerDep, parts: PartsDep) -> Response:
    """Give the first picture of what is on air in the place of a submitted segment; 404 when nothing is."""
    with parts.db.read() as session:
        old = _pair(session, caller, submission_id, sha256, parts).before
        digest = old.sha256 if old is not None else None
    if digest is None or not parts.blobs.exists(digest):
        raise not_found("picture: nothing of this was on air before")
    content = frames.picture_of(parts.blobs, parts.frames_dir, digest, 0)
    if content is None:
        raise not_found("picture")
    return Response(content, media_type="image/jpeg", headers=KEPT)


@router.post("/notices/{notice_id}/correction", status_code=201)
def correct(
    notice_id: UUID, asked: CorrectionAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> CorrectionMade:
    """Send a notice's newest revision the short way to where its older one is on air."""
    row, held = service.correct(session, caller, notice_id, asked, parts.server_key, parts.clock())
    return CorrectionMade(submission_id=row.id, held=held)


def _pair(session: Session, caller: Caller, submission_id: UUID, sha256: str, parts: Parts) -> service.Pair:
    row = releases.submission_of(session, caller, submission_id)
    caller.require(Permission.SEE)
    found = next((one for one in service.pairs(session, row) if one.segment.sha256 == sha256), None)
    if found is None or not parts.blobs.exists(sha256):
        raise not_found("picture")
    return found

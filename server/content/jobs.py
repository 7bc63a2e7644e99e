"""The job that renders one segment: in a confined child, outside transactions; the first writer wins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from playlists.artwork import BoardArtwork, MediaArtwork, read_artwork
from playlists.profile import Profile
from server.changes import note_change
from server.content import repository
from server.content.faces.jobs import render_board
from server.db import Session
from server.jobs.port import JobContext, JobFailed, Kind
from server.media.blobs import BlobMissing, BlobStore
from server.media.render import RenderFault, render_segment
from server.tables import Segment
from server.tables.content import SegmentState

LAST_TRY = 3
"""A file that fails to render so often fails always; other troubles are tried as often as any job."""


def rendering(blobs: BlobStore) -> Kind:
    """Return the kind of job that renders segments into a store."""

    def run(context: JobContext) -> None:
        found = _load(context)
        if found is not None:
            _render(context, blobs, found)

    return Kind(run, given_up)


def given_up(session: Session, arguments: dict[str, Any], sentence: str) -> None:
    """Write on the segment why it could not be made."""
    segment_id = UUID(arguments["segment_id"])
    repository.fail_segment(session, segment_id, sentence)
    note_change(session, "segment", segment_id)


def _load(context: JobContext) -> Segment | None:
    with context.db.read() as session:
        segment = repository.segment(session, UUID(context.arguments["segment_id"]))
    if segment is None:
        raise JobFailed("What was to be rendered is no longer there.")
    return None if segment.state == SegmentState.READY else segment


def _render(context: JobContext, blobs: BlobStore, segment: Segment) -> None:
    artwork = read_artwork(segment.artwork)
    if isinstance(artwork, BoardArtwork):
        _render_board(context, blobs, segment, artwork)
        return
    if not isinstance(artwork, MediaArtwork):
        raise JobFailed(f"This server cannot draw a notice of the kind {artwork.kind}.")
    with context.db.read() as session:
        name = repository.name_of_file(session, artwork.sha256)

    def progress(permille: int) -> None:
        if context.progress(permille, name):
            with context.db.write() as session:
                repository.advance_segment(session, segment.id, permille)

    if not blobs.exists(artwork.sha256):
        raise JobFailed(f"The file of {name} is missing from the store; upload it again.")
    progress(0)
    try:
        with blobs.workspace() as folder:
            profile = Profile.parse(segment.profile)
            out = folder / "segment.mp4"
            rendered = render_segment(blobs.path(artwork.sha256), artwork.media_kind, profile, out, progress)
            blobs.put_file(out, rendered.sha256)
    except (RenderFault, BlobMissing) as fault:
        if context.attempt >= LAST_TRY:
            raise JobFailed(f"{name} could not be rendered for {segment.profile}: {fault}") from fault
        raise
    with context.db.write() as session:
        repository.finish_segment(session, segment.id, rendered.sha256, rendered.size, rendered.duration_ms)
        note_change(session, "segment", segment.id)


def _render_board(context: JobContext, blobs: BlobStore, segment: Segment, artwork: BoardArtwork) -> None:
    context.progress(0, artwork.board.title)
    with blobs.workspace() as folder:
        out = folder / "segment.mp4"
        rendered = render_board(context, blobs, segment, artwork, out)
        blobs.put_file(out, rendered.sha256)
    with context.db.write() as session:
        repository.finish_segment(session, segment.id, rendered.sha256, rendered.size, rendered.duration_ms)
        note_change(session, "segment", segment.id)

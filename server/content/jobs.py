"""The job that renders one segment: in a confined child, outside transactions; the first writer wins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from playlists.artwork import AnyArtwork, BoardArtwork, CardArtwork, PlatedArtwork, TrainingArtwork, files, read_artwork
from playlists.language import SegmentLanguage
from playlists.profile import Profile
from server.changes import note_change
from server.content import repository
from server.content.faces.jobs import render_board
from server.db import Session
from server.jobs.port import JobContext, JobFailed, Kind
from server.media.blobs import BlobMissing, BlobStore
from server.media.nursery import Nursery
from server.media.render import Rendered, RenderFault, render_segment
from server.tables import Segment
from server.tables.content import SegmentState

Renderer = Callable[..., Rendered]
LAST_TRY = 3
"""A file that fails to render so often fails always; other troubles are tried as often as any job."""


def rendering(blobs: BlobStore, nice: int = 5, nursery: Nursery | None = None) -> Kind:
    """Return the kind of job that renders segments into a store; its children stand back by `nice`."""
    renderer = partial(render_segment, nice=nice, nursery=nursery)

    def run(context: JobContext) -> None:
        segment = _load(context)
        if segment is not None:
            _render(context, blobs, segment, renderer)

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


def _render(context: JobContext, blobs: BlobStore, segment: Segment, renderer: Renderer) -> None:
    artwork, profile = read_artwork(segment.artwork), Profile.parse(segment.profile)
    name = _name(context, artwork)

    def progress(permille: int) -> None:
        if context.progress(permille, name):
            with context.db.write() as session:
                repository.advance_segment(session, segment.id, permille)
                note_change(session, "segment", segment.id)

    if not all(blobs.exists(sha256) for sha256 in files(artwork)):
        raise JobFailed(f"The file of {name} is missing from the store; upload it again.")
    progress(0)
    try:
        with blobs.workspace() as folder:
            out = folder / "segment.mp4"
            board = artwork.artwork if isinstance(artwork, TrainingArtwork) else artwork
            if isinstance(board, BoardArtwork):
                framed = isinstance(artwork, TrainingArtwork)
                rendered = render_board(context, blobs, segment, board, out, framed=framed)
            else:
                language = SegmentLanguage(segment.language)
                rendered = renderer(artwork, language, blobs.path, profile, out, progress)
            blobs.put_file(out, rendered.sha256)
    except (RenderFault, BlobMissing) as fault:
        if context.attempt >= LAST_TRY:
            raise JobFailed(f"{name} could not be rendered for {segment.profile}: {fault}") from fault
        raise
    with context.db.write() as session:
        repository.finish_segment(session, segment.id, rendered)
        note_change(session, "segment", segment.id)


def _name(context: JobContext, artwork: AnyArtwork) -> str:
    """Return what people call an artwork: a card's title, or the name of its first file."""
    if isinstance(artwork, PlatedArtwork | TrainingArtwork):
        return _name(context, artwork.artwork)
    if isinstance(artwork, CardArtwork):
        return next(iter(artwork.card.words.values())).title
    if isinstance(artwork, BoardArtwork):
        return artwork.board.title
    with context.db.read() as session:
        return repository.name_of_file(session, min(files(artwork)))

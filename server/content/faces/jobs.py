"""The part of the rendering job that draws a board: its base as a segment, and beside it the sheet of its tiles.

Nothing that came from outside is decoded for it, so no child is needed.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import IntegrityError

from playlists.artwork import BoardArtwork
from playlists.board import Box
from playlists.board_card import Layout
from playlists.ids import sha256_hex
from playlists.profile import Profile
from server.content.faces import repository
from server.jobs.port import JobContext, JobFailed
from server.media.blobs import BlobStore
from server.media.board_face import Unfit, draw_board
from server.media.render import Rendered, render_picture
from server.media.training import around, inner_box, inside
from server.tables import Segment
from server.tables.boards import BoardSheet


def render_board(
    context: JobContext, blobs: BlobStore, segment: Segment, artwork: BoardArtwork, out: Path, *, framed: bool = False
) -> Rendered:
    """Write a board's base to `out`; its sheet is in the store before. `framed`: within the frame of training.

    Raises:
        JobFailed: the board does not fit on the panel.
        RenderFault: the base cannot be written.
    """
    profile = Profile.parse(segment.profile)
    try:
        room = inside(profile) if framed else profile
        drawn = draw_board(artwork.board, room.width, room.height)
    except Unfit as unfit:
        raise JobFailed(str(unfit)) from unfit
    layout = moved(drawn.layout, profile) if framed else drawn.layout
    _keep_sheet(context, blobs, segment, drawn.sheet, layout.model_dump(mode="json"))
    return render_picture(around(drawn.base, profile) if framed else drawn.base, profile, out)


def moved(layout: Layout, profile: Profile) -> Layout:
    """Return where everything lies when the board is set inside the frame; the sheet's own boxes stay."""
    frame = inner_box(profile)

    def shifted(box: Box) -> Box:
        return box._replace(x=box.x + frame.x, y=box.y + frame.y)

    places = {name: place.model_copy(update={"box": shifted(place.box)}) for name, place in layout.places.items()}
    return layout.model_copy(update={"places": places, "plate_at": shifted(layout.plate_at)})


def _keep_sheet(
    context: JobContext, blobs: BlobStore, segment: Segment, sheet: bytes, layout: dict[str, object]
) -> None:
    """Put the sheet into the store; the first writer wins."""
    with context.db.read() as session:
        if segment.render_key in repository.sheets(session, [segment.render_key]):
            return
    sha256 = sha256_hex(sheet)
    with blobs.workspace() as folder:
        out = folder / "sheet.png"
        out.write_bytes(sheet)
        blobs.put_file(out, sha256)
    row = BoardSheet(render_key=segment.render_key, sha256=sha256, size=len(sheet), layout=layout)
    try:
        with context.db.write() as session:
            session.add(row)
    except IntegrityError:
        return

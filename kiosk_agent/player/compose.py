"""Draws the picture of a status board: the base's pixels with cells of the sheet laid over, as one second of stream.

The second is encoded as the server encodes a still, in the same colours and with the same parameter sets, so that it
follows and precedes any segment in the stream.
"""

from __future__ import annotations

import io
from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, UnidentifiedImageError

from kiosk_agent.core.seal import Verified
from kiosk_agent.player.encode import encode_like_server
from kiosk_agent.player.groups import SegmentUnsound, closed_groups
from kiosk_agent.player.sealed_file import SealedFile
from playlists.board_picture import BoardPicture
from playlists.profile import Profile

MOST_SHEET_PIXELS = 16 << 20


class Undrawable(ValueError):
    """A picture cannot be made; `damaged` names the file that is to blame, if one is."""

    def __init__(self, reason: str, damaged: str | None = None) -> None:
        super().__init__(reason)
        self.damaged = damaged


def compose(picture: BoardPicture, profile: Profile, base: Verified, sheet: Verified, out: Path) -> None:
    """Write the picture as a segment of one second, whole or not at all.

    Raises:
        Undrawable: base or sheet cannot be read, or they do not fit together.
        OSError: the file cannot be written.
    """
    ground = first_picture(picture.base, base, profile)
    tiles = _read_sheet(picture.sheet, sheet)
    for one in picture.laid:
        left, top, width, height = one.cell
        if left + width > tiles.width or top + height > tiles.height:
            raise Undrawable("a cell lies outside of the sheet")
        if one.x + width > ground.width or one.y + height > ground.height:
            raise Undrawable("a tile would lie outside of the panel")
        ground.paste(tiles.crop((left, top, left + width, top + height)), (one.x, one.y))
    encode_like_server(out, profile, ground)


def first_picture(sha256: str, base: Verified, profile: Profile) -> Image.Image:
    """Return the first picture of a segment, in the colours of the server's pictures.

    Raises:
        Undrawable: it cannot be read.
    """
    try:
        group = next(iter(closed_groups(base.path, profile, base.seal)))
        decoder: av.VideoCodecContext = av.CodecContext.create("h264", "r")
        decoder.thread_count = 1
        for packet in (av.Packet(group[0].payload), None):
            for frame in decoder.decode(packet):
                return _rgb(frame)
    except (SegmentUnsound, av.FFmpegError) as error:
        raise Undrawable(f"the base {sha256[:12]} cannot be read: {error}", sha256) from error
    raise Undrawable(f"the base {sha256[:12]} holds no picture", sha256)


def _rgb(frame: av.VideoFrame) -> Image.Image:
    seen = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    picture: Image.Image = seen.to_image()  # type: ignore[no-untyped-call]  # untyped in PyAV
    return picture


def _read_sheet(sha256: str, sheet: Verified) -> Image.Image:
    try:
        with SealedFile(sheet) as file:
            content = io.BytesIO(file.read())
        with Image.open(content, formats=("PNG",)) as opened:
            if opened.width * opened.height > MOST_SHEET_PIXELS:
                raise Undrawable(f"the sheet {sha256[:12]} has {opened.width}x{opened.height} px", sha256)
            return opened.convert("RGB")
    except (OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Undrawable(f"the sheet {sha256[:12]} cannot be read: {error}", sha256) from error

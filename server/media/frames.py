"""Single pictures out of segments: what a panel should be showing now.

Decodes in the server's own process, therefore only files that the renderer wrote and proved.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import av
from PIL import Image

from playlists.board_picture import Laid
from server.media.clips import rgb
from server.media.pictures import jpeg


def frame_at(segment: Path, ms: int, *, quality: int = 88) -> bytes:
    """Return as JPEG what a player shows `ms` milliseconds after the segment began.

    Beyond the end the last second repeats, as it does on the kiosk.

    Raises:
        OSError: the file is missing or no segment.
        ValueError: the time is negative.
    """
    return jpeg(_frame(segment, ms), quality)


def board_at(base: Path, sheet: Path, laid: Iterable[Laid], *, quality: int = 88) -> bytes:
    """Return as JPEG what a kiosk composes of a status board: the tiles of its sheet over the base.

    Raises:
        OSError: a file is missing or not what it should be.
    """
    with Image.open(sheet, formats=("PNG",)) as opened:
        return jpeg(composed(_frame(base, 0), opened.convert("RGB"), laid), quality)


def board_png(base: Image.Image, sheet: bytes, laid: Iterable[Laid]) -> bytes:
    """Return as PNG a board that was drawn just now, the tiles of its sheet laid over its base."""
    held = io.BytesIO()
    with Image.open(io.BytesIO(sheet), formats=("PNG",)) as opened:
        composed(base, opened.convert("RGB"), laid).save(held, "PNG")
    return held.getvalue()


def composed(base: Image.Image, sheet: Image.Image, laid: Iterable[Laid]) -> Image.Image:
    """Return a board's base with tiles of its sheet laid on it."""
    whole = base.copy()
    for one in laid:
        left, top, width, height = one.cell
        whole.paste(sheet.crop((left, top, left + width, top + height)), (one.x, one.y))
    return whole


def _frame(segment: Path, ms: int) -> Image.Image:
    if ms < 0:
        raise ValueError(f"{ms} ms: a segment begins at 0.")
    with av.open(f"file:{segment}", "r", format="mov") as container:
        stream = container.streams.video[0]
        fps = round(stream.average_rate or 25)
        seconds = max(1, stream.frames // fps)
        second, rest = divmod(ms, 1000)
        group = min(second, seconds - 1)
        tick = round(1 / (fps * (stream.time_base or 1)))
        wanted = (group * fps + rest * fps // 1000) * tick
        container.seek(group * fps * tick, stream=stream)
        shown = None
        for frame in container.decode(stream):
            shown = frame
            if frame.pts is not None and frame.pts >= wanted:
                break
        if shown is None:
            raise OSError(f"{segment} holds no picture.")
        return rgb(shown)

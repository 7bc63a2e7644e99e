"""The contact sheet of a clip: a picture of each second, and every picture that differs from those already shown.

A single frame that does not belong is seen: within each second the frames that differ most from what the sheet shows
are added, the most different one first, until the rest looks like something shown. Long clips have several pages, so
that every picture stays large enough. Runs in confined children only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.video.frame import VideoFrame
from PIL import Image, ImageChops, ImageDraw, ImageStat

from server.media.clips import Size, TimedFrame, frames, only_video, opened, rgb
from server.media.pictures import jpeg
from server.media.sheet_size import CELL_PX, COLUMNS, GAP_PX, PAGE_S

MOST_EXTRA = 4
"""Pictures of one second besides the regular one."""
LEAST_DIFFERENCE = 16
"""Root mean square, 0 to 255, from which on a picture is another one."""
_SMALL = Size(48, 48)
_MARK = (255, 176, 0)
_PAPER = (24, 24, 24)


class Why(StrEnum):
    """Why a picture is on the sheet."""

    SECOND = "second"
    DIFFERENT = "different"


class Seen(NamedTuple):
    """A frame small enough to be compared, its picture for the sheet, and its time in ms from the clip's start."""

    at_ms: int
    small: Image.Image
    picture: Image.Image


class Shown(NamedTuple):
    """A picture on the sheet; `difference` from everything shown before it (0 to 255)."""

    at_ms: int
    why: Why
    difference: int
    picture: Image.Image


def chosen(seconds: Iterable[Sequence[Seen]]) -> Iterator[Shown]:
    """Yield what the sheet shows of each second's frames, in order of time."""
    last: Image.Image | None = None
    for group in seconds:
        if not group:
            continue
        shown = [Shown(group[0].at_ms, Why.SECOND, _difference(group[0].small, last), group[0].picture)]
        known = [group[0].small] if last is None else [last, group[0].small]
        left = [(min(_difference(one.small, other) for other in known), one) for one in group[1:]]
        for _ in range(MOST_EXTRA):
            most = max(left, key=lambda pair: (pair[0], -pair[1].at_ms), default=None)
            if most is None or most[0] < LEAST_DIFFERENCE:
                break
            difference, odd = most
            shown.append(Shown(odd.at_ms, Why.DIFFERENT, difference, odd.picture))
            left = [(min(least, _difference(one.small, odd.small)), one) for least, one in left if one is not odd]
        last = group[-1].small
        yield from sorted(shown, key=lambda one: one.at_ms)


def _difference(one: Image.Image, other: Image.Image | None) -> int:
    if other is None:
        return 0
    return round(max(ImageStat.Stat(ImageChops.difference(one, other)).rms))


def cell(width: int, height: int) -> Size:
    """Return the size of a picture on the sheet."""
    scale = CELL_PX / max(width, height)
    return Size(max(1, round(width * scale)), max(1, round(height * scale)))


def write_sheet(source: Path, page: int, out: Path) -> tuple[Size, list[Shown]]:
    """Write one page of a stored clip as JPEG; return the size of its cells and what they show.

    Raises:
        server.media.refusal.Refused: the clip cannot be read.
        OSError: the page has no frame, or cannot be written.
    """
    with opened(source) as container:
        stream = only_video(container)
        size = cell(stream.codec_context.width, stream.codec_context.height)
        start = Fraction(page * PAGE_S)
        if page:
            container.seek(int(start * av.time_base), backward=True)
        timed = frames(container, stream, most_s=start + 3 * PAGE_S, most_frames=3 * PAGE_S * 61, from_zero=False)
        shown = list(chosen(_seconds(timed, start, size)))
    if not shown:
        raise OSError(f"{source} has no page {page}")
    out.write_bytes(jpeg(_drawn(shown, size), 85))
    return size, shown


def _seconds(timed: Iterator[TimedFrame], start: Fraction, size: Size) -> Iterator[list[Seen]]:
    """Yield the frames of a page second by second."""
    group: list[Seen] = []
    second = start
    for one in timed:
        if one.at >= start + PAGE_S:
            break
        if one.at < start:
            continue
        if one.at >= second + 1:
            yield group
            group, second = [], start + int(one.at - start)
        group.append(_seen(one.frame, round(one.at * 1000), size))
    yield group


def _seen(frame: VideoFrame, at_ms: int, size: Size) -> Seen:
    picture = rgb(frame, size)
    return Seen(at_ms, picture.resize(_SMALL, Image.Resampling.BOX), picture)


def _drawn(shown: Sequence[Shown], size: Size) -> Image.Image:
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    across, down = size.width + GAP_PX, size.height + GAP_PX
    sheet = Image.new("RGB", (columns * across + GAP_PX, rows * down + GAP_PX), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, one in enumerate(shown):
        x, y = GAP_PX + number % columns * across, GAP_PX + number // columns * down
        if one.why is Why.DIFFERENT:
            pen.rectangle((x - 3, y - 3, x + size.width + 2, y + size.height + 2), fill=_MARK)
        sheet.paste(one.picture, (x, y))
    return sheet

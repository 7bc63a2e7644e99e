"""Every picture of a segment that differs from those before it, at the panel's own size, and what changed since before.

Whoever approves sees what a panel shows, a single odd frame among it. Decodes in the server's own process, therefore
only files that the renderer wrote and proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from server.media.clips import TimedFrame, frames, only_video, opened, rgb
from server.media.contact_sheet import Seen, Shown, chosen
from server.media.frames import frame_at
from server.media.pictures import jpeg, open_jpeg

MOST_PICTURES = 240
MOST_S = 600
LEAST_CHANGE = 24
"""Of 255, by which a pixel differs: less is the encoder's noise."""
_SAME = 6
"""Root mean square, 0 to 255, below which a second's picture is the one before it."""
_FRAME = (255, 176, 0)
_GROW_PX = 9


class Picture(NamedTuple):
    """A picture of a segment, `at_ms` from its begin, as JPEG."""

    at_ms: int
    content: bytes


def pictures(segment: Path) -> list[Picture]:
    """Return the pictures of a segment that differ, in order, at most 240.

    Raises:
        server.media.refusal.Refused: it cannot be decoded.
    """
    found: list[Picture] = []
    with opened(segment) as container:
        stream = only_video(container)
        timed = frames(container, stream, most_s=Fraction(MOST_S), most_frames=MOST_S * 61)
        for one in chosen(_seconds(timed)):
            if not found or _is_new(one):
                found.append(Picture(one.at_ms, jpeg(one.picture, 88)))
            if len(found) == MOST_PICTURES:
                break
    return found


def changed(before: Path, after: Path, ms: int = 0) -> tuple[bytes, int]:
    """Return the picture of `after` with what differs from `before` left bright and framed, and the changed permille.

    Raises:
        OSError: one of them is no segment.
    """
    old, new = (open_jpeg(frame_at(one, ms, quality=95)) for one in (before, after))
    if old.size != new.size:
        old = old.resize(new.size)
    mask = ImageChops.difference(old, new).convert("L").point(lambda value: 255 if value >= LEAST_CHANGE else 0)
    permille = round(1000 * mask.histogram()[255] / (mask.width * mask.height))
    grown = mask.filter(ImageFilter.MaxFilter(_GROW_PX))
    shown = Image.composite(new, ImageEnhance.Brightness(new).enhance(0.35), grown)
    box = grown.getbbox()
    if box is not None:
        ImageDraw.Draw(shown).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=_FRAME, width=2)
    return jpeg(shown, 90), permille


def _seconds(timed: Iterator[TimedFrame]) -> Iterator[list[Seen]]:
    group: list[Seen] = []
    second = Fraction(0)
    for one in timed:
        if one.at >= second + 1:
            yield group
            group, second = [], Fraction(int(one.at))
        picture = rgb(one.frame)
        group.append(Seen(round(one.at * 1000), picture.resize((48, 48), Image.Resampling.BOX), picture))
    yield group


def _is_new(one: Shown) -> bool:
    return one.difference >= _SAME

"""The eye: captures a window more than a hundred times a second and tells what a capture shows.

Every test picture has a solid colour of its own inside a white border, and a barcode of its number and frame with six
check bits, so that a picture that is cropped, unscaled, half painted or torn differs from a whole one. Behind the
picture is purple, around the window teal: neither belongs to one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from mss import MSS
from PIL import Image

from kiosk_agent.player.placement import Placement

Colour = tuple[int, int, int]

COLOURS: tuple[Colour, ...] = (
    (200, 40, 40),
    (40, 160, 60),
    (40, 70, 200),
    (210, 170, 40),
    (40, 170, 180),
    (200, 90, 160),
)
BORDER: Colour = (235, 235, 235)
PURPLE = 0x800080
TEAL = 0x008080
NOTHING: tuple[Colour, ...] = ((0, 0, 0), (0x80, 0, 0x80), (0, 0x80, 0x80))
LEVELS_APART = 28
CAPTURES_PER_S = 151
"""No multiple of a second or a frame, so that captures fall on all phases of a change."""
ITEM_BITS, FRAME_BITS, CHECK_BITS, CHECK_PRIME = 4, 6, 6, 61
CELLS = ITEM_BITS + FRAME_BITS + CHECK_BITS
FRAMES = 1 << FRAME_BITS
_CODE_LEFT, _CODE_RIGHT, _CODE_TOP, _CODE_BOTTOM = 0.2, 0.8, 0.7, 0.85
_CELL_LEVELS = (16, 235)
_INNER = ((0.5, 0.5), (0.3, 0.35), (0.7, 0.65))
_EDGES = ((0.04, 0.5), (0.96, 0.5), (0.5, 0.05), (0.5, 0.95))
_CODE = tuple(
    (_CODE_LEFT + (cell + 0.5) * (_CODE_RIGHT - _CODE_LEFT) / CELLS, (_CODE_TOP + _CODE_BOTTOM) / 2)
    for cell in range(CELLS)
)


class Sight(StrEnum):
    """What one capture shows."""

    WHOLE = "whole"
    BLANK = "blank"
    WRONG_SIZE = "wrong_size"


@dataclass(frozen=True, slots=True)
class Sample:
    """One capture: Unix time in seconds, what it shows, and the item's number when it is whole."""

    at: float
    sight: Sight
    item: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One item giving way to another: when the new one was first seen whole, and what was seen in between."""

    at: float
    item: int
    blank_ms: float
    wrong_size_ms: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run of captures comes to; `disturbed` counts blanks or wrong sizes within an item."""

    changes: list[Change]
    disturbed: int


def draw(item: int, width: int, height: int, frame: int = 0) -> Image.Image:
    """Draw a frame (0 to 63) of test picture number `item` in any size."""
    picture = Image.new("RGB", (width, height), BORDER)
    inner = Image.new("RGB", (width * 8 // 10, height * 8 // 10), COLOURS[item])
    picture.paste(inner, (width // 10, height // 10))
    edges = [round(width * (_CODE_LEFT + cell * (_CODE_RIGHT - _CODE_LEFT) / CELLS)) for cell in range(CELLS + 1)]
    for cell, (left, right) in enumerate(pairwise(edges)):
        level = _CELL_LEVELS[code_of(item, frame) >> (CELLS - 1 - cell) & 1]
        picture.paste((level,) * 3, (left, round(height * _CODE_TOP), right, round(height * _CODE_BOTTOM)))
    return picture


def code_of(item: int, frame: int) -> int:
    """Return the barcode of a frame: its item, its number, and check bits that follow from both."""
    said = item << FRAME_BITS | frame
    return said << CHECK_BITS | (said * 37 + 21) % CHECK_PRIME


def decoded(code: int) -> int | None:
    """Return the item that a barcode names; None when its check bits are wrong."""
    said = code >> CHECK_BITS
    item, frame = said >> FRAME_BITS, said % FRAMES
    return item if code == code_of(item, frame) else None


def tell(inner: Iterable[Colour], edges: Iterable[Colour], cells: Iterable[Colour]) -> tuple[Sight, int | None]:
    """Tell what a capture shows from pixels inside, on the border, and in the cells of the barcode."""
    items = [_item(colour) for colour in inner]
    if any(item is None and _is_nothing(colour) for item, colour in zip(items, inner, strict=True)):
        return Sight.BLANK, None
    code = 0
    for colour in cells:
        code = code << 1 | (sum(colour) > 3 * 128)
    whole = items[0] is not None and {*items, decoded(code)} == {items[0]}
    whole = whole and all(_near(colour, BORDER) for colour in edges)
    return (Sight.WHOLE, items[0]) if whole else (Sight.WRONG_SIZE, None)


def changes(samples: Iterable[Sample]) -> Seen:
    """Find the item changes in a run of captures, oldest first."""
    found: list[Change] = []
    disturbed = 0
    before: Sample | None = None
    last: int | None = None
    lost = {Sight.BLANK: 0.0, Sight.WRONG_SIZE: 0.0}
    for sample in samples:
        span_ms = 0.0 if before is None else (sample.at - before.at) * 1000
        before = sample
        if sample.sight is not Sight.WHOLE:
            # At least a thousandth: two captures may share a clock reading, and a flash must not vanish.
            lost[sample.sight] += max(span_ms, 0.001)
            continue
        if last is not None and sample.item is not None and sample.item != last:
            found.append(Change(sample.at, sample.item, lost[Sight.BLANK], lost[Sight.WRONG_SIZE]))
        elif last is not None and any(lost.values()):
            disturbed += 1
        last = sample.item
        lost = dict.fromkeys(lost, 0.0)
    return Seen(found, disturbed)


def told(raw: bytes | bytearray | memoryview, placement: Placement) -> tuple[Sight, int | None]:
    """Tell what the pixels (B, G, R, unused) of a window show."""
    return tell(*(_pixels(raw, spots) for spots in _spots(placement)))


def look(display: str, placement: Placement, seconds: float) -> list[Sample]:
    """Capture a window 151 times a second for so long."""
    area = {"left": placement.x, "top": placement.y, "width": placement.width, "height": placement.height}
    samples: list[Sample] = []
    begin = due = time.monotonic()
    with MSS(backend="xshmgetimage", display=display) as grabber:
        while due < begin + seconds:
            raw = grabber.grab(area).bgra
            at = datetime.now(UTC).timestamp()
            samples.append(Sample(at, *told(raw, placement)))
            due = max(due + 1 / CAPTURES_PER_S, time.monotonic() - 0.1)
            time.sleep(max(0.0, due - time.monotonic()))
    return samples


@lru_cache(maxsize=8)
def _spots(placement: Placement) -> tuple[list[int], ...]:
    return tuple(_offsets(points, placement) for points in (_INNER, _EDGES, _CODE))


def _offsets(points: Iterable[tuple[float, float]], placement: Placement) -> list[int]:
    return [4 * (int(y * placement.height) * placement.width + int(x * placement.width)) for x, y in points]


def _pixels(raw: bytes | bytearray | memoryview, offsets: list[int]) -> list[Colour]:
    return [(raw[at + 2], raw[at + 1], raw[at]) for at in offsets]


def _near(colour: Colour, other: Colour) -> bool:
    return all(abs(a - b) <= LEVELS_APART for a, b in zip(colour, other, strict=True))


def _item(colour: Colour) -> int | None:
    return next((number for number, known in enumerate(COLOURS) if _near(colour, known)), None)


def _is_nothing(colour: Colour) -> bool:
    return any(_near(colour, empty) for empty in NOTHING)

"""How often a moving picture flashes, after WCAG 2.3.1 (https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds).

A general flash is a pair of opposing changes in relative luminance of a tenth of the maximum or more, where the darker
picture is below 0.80; a red flash is such a pair to and from a saturated red. Flashes count when they cover a quarter
of the picture or more. The standard's quarter is one of any 10 degrees of the visual field; a panel fills about that
much where it is read, so here it is a quarter of the whole panel.

Each cell of a coarse grid counts the changes that a quarter of the cells make together, in the same direction: letters
that run through a picture change neither the light of a whole cell by much, nor many cells together. A second has as
many flashes as a quarter of the cells have at least. Runs in confined children only.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from PIL import Image

MOST_CELLS = 12
"""In a row, and in a column."""
LEAST_CELL_PX = 16
AREA = 0.25
WINDOW_MS = 1000
TOGETHER_MS = 60
"""So long before and after a frame in which enough cells change, others change together with them."""

_LUMINANCE = (0.2126, 0.7152, 0.0722, 0)
_REDNESS = (1, -1, -1, 0)
_SATURATION = (1, -4, -4, 0)
"""Red is saturated when R / (R + G + B) is 0.8 or more."""
_GENERAL_STEP, _GENERAL_DARKER = 26, 204
_RED_STEP = 16
"""A change of (R - G - B) x 320 of more than 20."""


def _linear(value: int) -> int:
    part = value / 255
    return round(255 * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4))


_LINEAR = [_linear(value) for value in range(256)] * 3


class Worst(NamedTuple):
    """The second with most flashes: how many, and when it begins, in milliseconds from the first picture."""

    flashes: int
    at_ms: int


class Cells(NamedTuple):
    """One picture for the measurement: a byte a cell of relative luminance, and one of saturated red."""

    luminance: bytes
    red: bytes


def cells(frame: VideoFrame) -> Cells:
    """Return the cells of a frame of a file written here (upright, BT.709)."""
    width, height = (max(1, min(MOST_CELLS, side // LEAST_CELL_PX)) for side in (frame.width, frame.height))
    small = frame.reformat(
        width, height, "rgb24",
        src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG, dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
    )  # fmt: skip
    plane = small.planes[0]
    return cells_of(Image.frombuffer("RGB", (width, height), bytes(plane), "raw", "RGB", plane.line_size))


def cells_of(small: Image.Image) -> Cells:
    """Return the cells of an RGB picture, one for each of its pixels."""
    linear = small.point(_LINEAR)
    red = linear.convert("L", _REDNESS).tobytes()
    if any(red):
        saturated = linear.convert("L", _SATURATION).tobytes()
        red = bytes(value if full else 0 for value, full in zip(red, saturated, strict=True))
    return Cells(linear.convert("L", _LUMINANCE).tobytes(), red)


class FlashMeter:
    """Sees a moving picture frame by frame and keeps its worst second."""

    def __init__(self) -> None:
        self._general = _Changes(_GENERAL_STEP, _GENERAL_DARKER)
        self._red = _Changes(_RED_STEP, 256)

    def see(self, seen: Cells, at_ms: int) -> None:
        """Take the next picture; times grow."""
        self._general.see(seen.luminance, at_ms)
        self._red.see(seen.red, at_ms)

    @property
    def worst(self) -> Worst:
        """The worst second so far, of general or red flashes."""
        return max(self._general.worst, self._red.worst, key=lambda one: (one.flashes, -one.at_ms))


class _Together:
    """The cells that changed in one direction in the last frames."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, list[int]]] = deque()
        self._counted_ms = -TOGETHER_MS - 1

    def take(self, changed: list[int], at_ms: int, needed: int) -> list[int]:
        """Return the cells whose change counts now: all that wait, once enough change in one frame."""
        while self._waiting and self._waiting[0][0] < at_ms - TOGETHER_MS:
            self._waiting.popleft()
        self._waiting.append((at_ms, changed))
        follows = at_ms - self._counted_ms <= TOGETHER_MS
        if not follows and len(changed) < needed:
            return []
        if not follows:
            self._counted_ms = at_ms
        counted = [cell for _, cells in self._waiting for cell in cells]
        self._waiting.clear()
        return counted


class _Changes:
    """Counts opposing changes of each cell within the last second."""

    def __init__(self, step: int, darker: int) -> None:
        self._step, self._darker = step, darker
        self._last = b""
        self._needed = 1
        self._extreme: list[int] = []
        self._rising: list[int] = []  # 1 after a change upwards, -1 after one downwards, 0 before the first
        self._counts: list[int] = []
        self._spread: list[int] = []  # how many cells have a count
        self._together = {1: _Together(), -1: _Together()}
        self._recent: deque[tuple[int, list[int]]] = deque()
        self.worst = Worst(0, 0)

    def see(self, values: bytes, at_ms: int) -> None:
        if not self._last:
            self._needed = math.ceil(len(values) * AREA)
            self._extreme, self._rising = list(values), [0] * len(values)
            self._counts, self._spread = [0] * len(values), [len(values)]
        elif values != self._last:
            for way, changed in self._changed(values).items():
                if changed:
                    self._count(self._together[way].take(changed, at_ms, self._needed), at_ms)
        self._last = values

    def _changed(self, values: bytes) -> dict[int, list[int]]:
        """Return the cells that end a change upwards (1) or downwards (-1) here, each opposing the one before it."""
        extreme, rising, step, darker = self._extreme, self._rising, self._step, self._darker
        changed: dict[int, list[int]] = {1: [], -1: []}
        for cell, (value, turn) in enumerate(zip(values, extreme, strict=True)):
            if value == turn:
                continue
            way = 1 if value > turn else -1
            if rising[cell] == way:
                extreme[cell] = value
            elif abs(value - turn) >= step and min(value, turn) < darker:
                extreme[cell], rising[cell] = value, way
                changed[way].append(cell)
        return changed

    def _count(self, changed: list[int], at_ms: int) -> None:
        if not changed:
            return
        while self._recent and self._recent[0][0] <= at_ms - WINDOW_MS:
            for cell in self._recent.popleft()[1]:
                self._move(cell, -1)
        self._recent.append((at_ms, changed))
        for cell in changed:
            self._move(cell, 1)
        held = 0
        for count in range(len(self._spread) - 1, 1, -1):
            held += self._spread[count]
            if held >= self._needed:
                if count // 2 > self.worst.flashes:
                    self.worst = Worst(count // 2, self._recent[0][0])
                return

    def _move(self, cell: int, by: int) -> None:
        self._spread[self._counts[cell]] -= 1
        self._counts[cell] += by
        if self._counts[cell] == len(self._spread):
            self._spread.append(0)
        self._spread[self._counts[cell]] += 1

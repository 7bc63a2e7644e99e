"""The safe picture: three greetings over quiet hills, for when there is nothing else to show.

Neutral, and nothing in it can go out of date. It is drawn in the panel's own pixels; the words come as masks
(`scripts/draw_words.py`), because no font ships with the agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw

from kiosk_agent.player.masks import mask

EDITION = 2
"""Counted up when the picture changes, so that a kiosk draws it anew."""

_TOP, _BOTTOM = (10, 30, 48), (20, 62, 74)
_RIDGES = (((24, 70, 80), 0.66, 0.50), (((18, 54, 66)), 0.78, 0.62), ((12, 40, 52), 0.90, 0.78))
_INK = (242, 238, 224)
_USED_WIDTH, _USED_HEIGHT = 0.88, 0.86
_LETTERS = 0.86
"""How much of a line's height its letters with their marks take; the rest lies between the lines."""
_LARGEST = 1.4
"""So many times as large as the smallest letters may others be."""
Row = Sequence[str]
_ARRANGEMENTS: tuple[tuple[Row, ...], ...] = (
    (("vi",), ("en",), ("zh",)),
    (("vi-1",), ("vi-2",), ("en",), ("zh",)),
    (("vi",), ("en", "zh")),
    (("vi", "en", "zh"),),
)
"""Rows of words, each a way to set the three languages; the one with the largest letters is taken."""


class _Set(NamedTuple):
    scale: float
    rows: tuple[Row, ...]


def safe_picture(width: int, height: int) -> Image.Image:
    """Draw the safe picture in a panel's pixels."""
    picture = _hills(width, height)
    best = max((_Set(_scale(rows, width, height), rows) for rows in _ARRANGEMENTS), key=lambda one: one.scale)
    line_px = height * _USED_HEIGHT / len(best.rows)
    top = height * (1 - _USED_HEIGHT) / 2
    for number, row in enumerate(best.rows):
        _write(picture, row, best.scale, top + number * line_px, line_px)
    return picture


def _scale(rows: Sequence[Row], width: int, height: int) -> float:
    """Return how large the masks of an arrangement can be."""
    widest = max(_length(row) for row in rows)
    tallest = max(mask(word).height for row in rows for word in row)
    return min(width * _USED_WIDTH / widest, height * _USED_HEIGHT * _LETTERS / (tallest * len(rows)))


def _write(picture: Image.Image, row: Row, scale: float, top: float, line_px: float) -> None:
    """Set one row in the middle, as large as its line allows but not much larger than the others."""
    own = min(picture.width * _USED_WIDTH / _length(row), line_px * _LETTERS / mask(row[0]).height, scale * _LARGEST)
    x = (picture.width - own * _length(row)) / 2
    for word in row:
        letters = mask(word)
        size = max(1, round(letters.width * own)), max(1, round(letters.height * own))
        small = letters.resize(size, Image.Resampling.LANCZOS)
        at = round(x), round(top + (line_px - small.height) / 2)
        picture.paste(Image.new("RGB", size, _INK), at, small)
        x += own * (letters.width + _space())


def _length(row: Row) -> int:
    return sum(mask(word).width for word in row) + _space() * (len(row) - 1)


def _space() -> int:
    return mask("en").height // 2


def _hills(width: int, height: int) -> Image.Image:
    gradient = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(
        Image.new("RGB", (width, height), _BOTTOM), Image.new("RGB", (width, height), _TOP), gradient
    )
    draw = ImageDraw.Draw(picture)
    for colour, left, peak in _RIDGES:
        draw.polygon(_ridge(width, height, left, peak), fill=colour)
    return picture


def _ridge(width: int, height: int, left: float, peak: float) -> list[tuple[float, float]]:
    crest = 0.25 + (left - 0.6) * 1.6
    rises = [(0.0, left), (crest, peak), (crest + 0.22, left - 0.03), (crest + 0.4, peak + 0.1), (1.0, left + 0.02)]
    points = [(min(1.0, across) * width, down * height) for across, down in rises]
    return [(0.0, float(height)), *points, (float(width), float(height))]

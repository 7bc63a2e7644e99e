"""The commissioning picture: proves on site that a panel shows all its own pixels, upright and in true colours.

Each side has a colour of its own, so a side that is cut off is missed at once. Inside it a line of single pixels, black
and white in turn, turns grey where anything scales. Rulers count pixels from the upper left. Colour lies on even pixels
and is two wide at least: libVLC blends in 4:2:0, which keeps single pixels of light but not of colour.
"""

from __future__ import annotations

import time
from datetime import timedelta
from math import inf
from pathlib import Path
from threading import Event

from PIL import Image, ImageDraw

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.port import Cue, Player
from kiosk_agent.player.safe import DARK
from playlists.manifest import PanelSpec

Colour = tuple[int, int, int]
Spot = tuple[int, int]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
SIDES: dict[str, Colour] = {"top": (255, 0, 0), "right": (0, 255, 0), "bottom": (0, 0, 255), "left": (255, 255, 0)}
BARS: tuple[Colour, ...] = (
    WHITE, (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (0, 0, 255), BLACK,
)  # fmt: skip
GREYS = 8
LOOK_S = 1.0
GROUND: Colour = (24, 24, 24)
_GLYPHS: dict[str, tuple[str, ...]] = {
    "0": ("###", "#.#", "#.#", "#.#", "###"),
    "1": (".#.", "##.", ".#.", ".#.", "###"),
    "2": ("###", "..#", "###", "#..", "###"),
    "3": ("###", "..#", ".##", "..#", "###"),
    "4": ("#.#", "#.#", "###", "..#", "..#"),
    "5": ("###", "#..", "###", "..#", "###"),
    "6": ("###", "#..", "###", "#.#", "###"),
    "7": ("###", "..#", "..#", "..#", "..#"),
    "8": ("###", "#.#", "###", "#.#", "###"),
    "9": ("###", "#.#", "###", "..#", "###"),
    "x": ("...", "#.#", ".#.", "#.#", "..."),
}
"""Digits of 3 by 5 pixels: readable on the coarsest panel, and no font needs to be there."""


def commissioning_picture(panel: PanelSpec) -> Image.Image:
    """Draw the commissioning picture of a panel in its own pixels."""
    picture = Image.new("RGB", (panel.width, panel.height), GROUND)
    _rulers(picture)
    _middle(picture)
    _corners(picture)
    _border(picture)
    return picture


def _border(picture: Image.Image) -> None:
    width, height = picture.size
    for x in range(2, width - 2):
        for y in (2, height - 3):
            picture.putpixel((x, y), BLACK if x % 2 else WHITE)
    for y in range(2, height - 2):
        for x in (2, width - 3):
            picture.putpixel((x, y), BLACK if y % 2 else WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width - 1, 1), SIDES["top"])
    draw.rectangle((0, height - 2, width - 1, height - 1), SIDES["bottom"])
    draw.rectangle((0, 2, 1, height - 3), SIDES["left"])
    draw.rectangle((width - 2, 2, width - 1, height - 3), SIDES["right"])


def _rulers(picture: Image.Image) -> None:
    """Draw ticks every 8 px along all sides, longer ones every 32 px, with their number on the upper and left side."""
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    scale, apart = _scale(picture), 32 if min(picture.size) < 128 else 64
    for x in range(8, width - 1, 8):
        length = _tick(x, apart)
        draw.line((x, 3, x, 2 + length), WHITE)
        draw.line((x, height - 3 - length, x, height - 4), WHITE)
        if x % apart == 0 and x + 16 * scale < width:
            _write(draw, (x + 2, 5), str(x), scale)
    for y in range(8, height - 1, 8):
        length = _tick(y, apart)
        draw.line((3, y, 2 + length, y), WHITE)
        draw.line((width - 3 - length, y, width - 4, y), WHITE)
        if y % apart == 0 and y + 8 * scale < height:
            _write(draw, (5, y + 2), str(y), scale)


def _tick(place: int, apart: int) -> int:
    return 8 if place % apart == 0 else 4 if place % (apart // 2) == 0 else 2


def _middle(picture: Image.Image) -> None:
    """Draw the size, colour bars and grey steps."""
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    scale = _scale(picture) * (1 if min(picture.size) < 128 else 2)
    left, right, top, bottom = width * 2 // 10, width * 8 // 10, _even(height * 0.4), _even(height * 0.8)
    text = f"{width}x{height}"
    _write(draw, ((width - 4 * len(text) * scale) // 2, top - 7 * scale), text, scale)
    split = top + _even((bottom - top) * 2 / 3)
    for number, colour in enumerate(BARS):
        draw.rectangle((*_slice(left, right, number, len(BARS), top), split - 1), colour)
    for number in range(GREYS):
        level = 255 * number // (GREYS - 1)
        draw.rectangle((*_slice(left, right, number, GREYS, split), bottom - 1), (level, level, level))


def _slice(left: int, right: int, number: int, count: int, top: int) -> tuple[int, int, int]:
    """Return x0, y0 and x1 of one of so many columns."""
    begin, end = (_even(left + (right - left) * step / count) for step in (number, number + 1))
    return begin, top, end - 1


def _even(place: float) -> int:
    return round(place / 2) * 2


def _corners(picture: Image.Image) -> None:
    """Mark the corners by angles and number them clockwise from the upper left."""
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    scale = _scale(picture)
    arm = 10 * scale
    places = ((3, 3), (width - 4, 3), (width - 4, height - 4), (3, height - 4))
    for number, (x, y) in enumerate(places, start=1):
        across, down = (1 if x == 3 else -1), (1 if y == 3 else -1)
        box = sorted((x, x + across * arm)), sorted((y, y + down * arm))
        draw.rectangle((box[0][0], box[1][0], box[0][1], box[1][1]), GROUND)
        draw.line((x, y, x + across * arm, y), WHITE)
        draw.line((x, y, x, y + down * arm), WHITE)
        at = (box[0][0] + arm // 2 - scale, box[1][0] + arm // 2 - 2 * scale)
        _write(draw, at, str(number), scale)


def _scale(picture: Image.Image) -> int:
    return max(1, min(picture.size) // 192)


def _write(draw: ImageDraw.ImageDraw, at: Spot, text: str, scale: int) -> None:
    for place, sign in enumerate(text):
        for row, line in enumerate(_GLYPHS[sign]):
            for column, dot in enumerate(line):
                if dot == "#":
                    x, y = at[0] + (4 * place + column) * scale, at[1] + row * scale
                    draw.rectangle((x, y, x + scale - 1, y + scale - 1), WHITE)


def show(player: Player, panel: PanelSpec, folder: Path, seconds: float, stopped: Event) -> Verdict:
    """Show the commissioning picture until the time is over or `stopped` is set; return what captures say of it.

    Raises:
        OSError: the folder cannot be written.
    """
    return show_picture(player, panel, commissioning_picture(panel), folder, stopped, seconds)


def show_picture(
    player: Player, panel: PanelSpec, picture: Image.Image, folder: Path, stopped: Event, seconds: float = inf
) -> Verdict:
    """Show a picture of a panel's size until the time is over or `stopped` is set; return what captures say of it.

    It is laid over a black stream instead of encoded, so that nothing is smoothed.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "commission.png"
    picture.save(path)
    verdict = Verdict.UNKNOWN
    deadline = time.monotonic() + seconds
    try:
        player.start(panel, lambda at: Cue(DARK, None, at, at + timedelta(hours=1)))
        player.overlay(path)
        while not stopped.wait(min(LOOK_S, max(0.0, deadline - time.monotonic()))) and time.monotonic() < deadline:
            verdict = player.report().verdict
    finally:
        player.stop()
    return verdict

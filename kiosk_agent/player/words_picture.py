"""What a panel shows while its kiosk waits for a person's yes: six words to compare, and a QR code that leads there.

Drawn from strokes of its own, because no font ships with the agent: readable on the coarsest panel of 64 by 32 pixels.
"""

from __future__ import annotations

import segno
from PIL import Image, ImageDraw

from kiosk_agent.player.letters import HEIGHT, WIDTH, write

INK, GROUND, QUIET = (255, 255, 255), (0, 0, 0), 2
Box = tuple[int, int, int, int]


def words_picture(width: int, height: int, words: str, address: str) -> Image.Image:
    """Draw six words, and beside them the QR code of an address where it fits, in a panel's own pixels."""
    picture = Image.new("RGB", (width, height), GROUND)
    rows = [list(row) for row in segno.make(address, error="l", micro=False).matrix]
    side = len(rows) + 2 * QUIET
    if width >= height:
        module = min((width // 2) // side, height // side)
        taken = module * side
        box = (taken, 0, width, height)
    else:
        module = min(width // side, (height // 2) // side)
        taken = module * side
        box = (0, taken, width, height)
    if module:
        _code(picture, rows, module)
    _words(picture, box if module else (0, 0, width, height), words.split())
    return picture


def _code(picture: Image.Image, rows: list[list[int]], module: int) -> None:
    draw = ImageDraw.Draw(picture)
    side = module * (len(rows) + 2 * QUIET)
    draw.rectangle((0, 0, side - 1, side - 1), INK)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                x, y = module * (QUIET + across), module * (QUIET + down)
                draw.rectangle((x, y, x + module - 1, y + module - 1), GROUND)


def _words(picture: Image.Image, box: Box, words: list[str]) -> None:
    """Set the words as large as they fit, in one column or two."""
    best = max((_fit(box, words, columns), -columns) for columns in (1, 2))
    scale, columns = best[0], -best[1]
    rows = -(-len(words) // columns)
    wide, high = (box[2] - box[0]) // columns, (box[3] - box[1]) // rows
    for number, word in enumerate(words):
        column, row = number % columns, number // columns
        x = box[0] + column * wide + max(0, (wide - _length(word) * scale) // 2)
        y = box[1] + row * high + max(0, (high - HEIGHT * scale) // 2)
        write(picture, (x, y), word, scale, INK)


def _fit(box: Box, words: list[str], columns: int) -> int:
    rows = -(-len(words) // columns)
    wide, high = (box[2] - box[0]) // columns, (box[3] - box[1]) // rows
    longest = max(_length(word) for word in words)
    return max(1, min(wide // (longest + 1), high // (HEIGHT + 2)))


def _length(word: str) -> int:
    return len(word) * (WIDTH + 1) - 1

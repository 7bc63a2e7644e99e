"""QR code and words: the code at the right (or below) as large as it goes, words beside it."""

from __future__ import annotations

from playlists.measured import MeasuredCode
from server.media.cards.codes import LEAST_MODULE_PX, code_of
from server.media.cards.composition import Box, Layer, Role
from server.media.cards.frame import Sizes, area_above_band, bar, content
from server.media.cards.sheet import Shape, Sheet
from server.media.cards.templates.headline import set_words

TITLE = Sizes(0.07, 0.2)
CODE_SHARE = 0.42
"""Of the width (or height) for the code, where it can have it."""


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    area = bar(sheet, area_above_band(sheet))
    box = content(sheet, area)
    if sheet.is_tiny:  # every pixel of height counts for the modules; the code's own quiet zone is its margin
        box = area.inset(sheet.margin, 0, 0, 0)
    words = _code_beside(sheet, box, area)
    set_words(sheet, words.inset(0, sheet.margin, 0, sheet.margin) if sheet.is_tiny else words, TITLE)


def _code_beside(sheet: Sheet, box: Box, area: Box) -> Box:
    """Draw the code and return the box for the words."""
    portrait = sheet.shape is Shape.PORTRAIT
    long, short = (box.height, box.width) if portrait else (box.width, box.height)
    share = max(CODE_SHARE, 0.5) if sheet.is_tiny else CODE_SHARE
    most = min(short, round(long * share))
    code = code_of(sheet.look.url or "", most)
    if code.module_px < LEAST_MODULE_PX:
        code = code_of(sheet.look.url or "", min(short, round(long * 0.5)))
    side = code.image.width
    gap = sheet.margin
    if portrait:
        x, y = box.x + (box.width - side) // 2, box.bottom - side
        words = box.inset(0, 0, 0, side + gap)
    else:
        x, y = box.right - side, box.y + (box.height - side) // 2
        words = box.inset(0, 0, side + gap, 0)
    sheet.put(Layer(Role.CODE, code.image.convert("RGBA"), x, y))
    clipped = side > short or x < area.x or y < area.y
    sheet.code(MeasuredCode(module_px=code.module_px, least_px=LEAST_MODULE_PX, modules=code.modules, clipped=clipped))
    return words

"""Weather warning: a field in the level's colour with sign, word and four steps, and the card's words beside it."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image

from playlists.card import Level
from playlists.language import Language
from playlists.measured import TextRole
from server.media.cards import signs
from server.media.cards.composition import Box, Layer, Role
from server.media.cards.fitting import Align, Block, fit_line
from server.media.cards.fonts import BOLD
from server.media.cards.frame import Sizes, area_above_band, content, field_and_rest
from server.media.cards.palette import LEVELS, mix, readable_on
from server.media.cards.sheet import Shape, Sheet, inked
from server.media.cards.templates.headline import set_words

TITLE = Sizes(0.07, 0.22)
FIELD_SHARE = 0.27

LEVEL_WORDS: Mapping[Level, Mapping[Language, str]] = {
    Level.NOTE: {Language.VI: "Lưu ý", Language.EN: "Note", Language.ZH: "提示"},
    Level.WATCH: {Language.VI: "Chú ý", Language.EN: "Caution", Language.ZH: "注意"},
    Level.WARNING: {Language.VI: "Cảnh báo", Language.EN: "Warning", Language.ZH: "警告"},
    Level.DANGER: {Language.VI: "Nguy hiểm", Language.EN: "Danger", Language.ZH: "危险"},
}
"""Colour alone says nothing to who cannot tell colours apart."""


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    level = sheet.look.level or Level.NOTE
    field, rest = field_and_rest(area_above_band(sheet), FIELD_SHARE, sheet.shape)
    sheet.fill(field, LEVELS[level])
    if sheet.shape is Shape.PORTRAIT:
        _lying_field(sheet, field, level)
    else:
        _standing_field(sheet, field, level)
    set_words(sheet, content(sheet, rest), TITLE)


def _standing_field(sheet: Sheet, field: Box, level: Level) -> None:
    """Sign, word and steps below each other; a tiny panel has room for sign and steps."""
    inner = field.inset(max(2, field.width // 10))
    steps = max(2, round(field.width * 0.07))
    word = 0 if sheet.is_tiny else max(10, round(field.width * 0.17))
    gap = max(2, round(field.width * 0.07))
    side = min(inner.width, inner.height - steps - gap - (word + gap if word else 0))
    used = side + (word + gap if word else 0) + gap + steps
    y = field.y + (field.height - used) // 2
    _sign(sheet, field.x + (field.width - side) // 2, y, side, level)
    if word:
        _word(sheet, Box(inner.x, y + side + gap, inner.width, word), level)
    _steps(sheet, Box(inner.x, y + used - steps, inner.width, steps), level)


def _lying_field(sheet: Sheet, field: Box, level: Level) -> None:
    """The sign at the left, word and steps beside it."""
    inner = field.inset(max(2, field.height // 8))
    side = min(inner.height, inner.width // 2)
    _sign(sheet, inner.x, field.y + (field.height - side) // 2, side, level)
    beside = inner.inset(side + max(2, side // 6), 0, 0, 0)
    steps = max(2, round(field.height * 0.09))
    word = round(field.height * 0.3)
    y = field.y + (field.height - word - 2 * steps) // 2
    _word(sheet, Box(beside.x, y, beside.width, word), level, Align.LEFT)
    _steps(sheet, Box(beside.x, y + word + steps, beside.width, steps), level)


def _sign(sheet: Sheet, x: int, y: int, side: int, level: Level) -> None:
    if side >= 8:
        sheet.put(Layer(Role.SIGN, inked(signs.warning(side), readable_on(LEVELS[level])), x, y))


def _word(sheet: Sheet, box: Box, level: Level, align: Align = Align.CENTRE) -> None:
    language = sheet.language
    colour, ground = readable_on(LEVELS[level]), LEVELS[level]
    word = LEVEL_WORDS[level][language]
    block = Block(word, language, TextRole.LEVEL, BOLD, colour, ground, align=align, layer=Role.SIGN)
    sheet.set(fit_line(block, box, box.height))


def _steps(sheet: Sheet, box: Box, level: Level) -> None:
    """Four bars, filled up to the level."""
    gap = max(1, box.width // 24)
    wide = (box.width - 3 * gap) // 4
    if wide < 1:
        return
    reached = list(Level).index(level)
    ink = readable_on(LEVELS[level])
    image = Image.new("RGBA", (4 * wide + 3 * gap, box.height))
    for number in range(4):
        colour = ink if number <= reached else mix(LEVELS[level], ink, 0.28)
        image.paste((*colour, 255), (number * (wide + gap), 0, number * (wide + gap) + wide, box.height))
    sheet.put(Layer(Role.SIGN, image, box.x + (box.width - image.width) // 2, box.y))

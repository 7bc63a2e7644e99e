"""Queue and lane status: a title, and a tile for each lane with its value large."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from playlists.card import Row
from playlists.language import Language
from playlists.measured import TextRole
from server.media.cards.composition import Box, Role, Slot
from server.media.cards.fitting import (
    Align,
    Block,
    Flowing,
    Group,
    Laid,
    Paragraph,
    Scale,
    fit,
    fit_best,
)
from server.media.cards.fonts import BOLD, MEDIUM
from server.media.cards.frame import Sizes, area_above_band, content, least_px
from server.media.cards.palette import Palette, written
from server.media.cards.sheet import Sheet
from server.media.cards.templates.headline import BODY, items_of, title_block
from server.media.cards.templates.table import rows_of

TITLE = Sizes(0.06, 0.14)
VALUE = Sizes(0.09, 0.34)
_TITLE_MOST = 0.3
_NOTE_MOST = 0.2


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    language = sheet.language
    box = content(sheet, area_above_band(sheet))
    title, paragraphs = sheet.words(language)
    gap = sheet.share(0.045, least=2)
    if title:
        block = title_block(sheet, title, language, sheet.palette)
        box = _set_at(sheet, [Paragraph(block)], box, _TITLE_MOST, gap, at_top=True)
    if paragraphs:
        notes = items_of(sheet, language, sheet.palette)[1 if title else 0 :]
        box = _set_at(sheet, notes, box, _NOTE_MOST, gap, at_top=False)
    rows = rows_of(sheet, language)
    if rows:
        tiles(sheet, rows, box)


def _set_at(sheet: Sheet, items: list[Flowing], box: Box, most: float, gap: int, *, at_top: bool) -> Box:
    """Set items at the top (or bottom) of a box and return the rest of the box."""
    high = round(box.height * most)
    least = least_px(sheet, sheet.language, TITLE.least if at_top else BODY.least)
    place = box._replace(height=high) if at_top else Box(box.x, box.bottom - high, box.width, high)
    setting = fit(items, place, least, sheet.share(TITLE.greatest if at_top else 0.085), upright=0.0 if at_top else 1.0)
    sheet.set(setting)
    used = min(high, setting.laid.height) + gap
    return box.inset(0, used, 0, 0) if at_top else box.inset(0, 0, 0, used)


@dataclass(frozen=True, slots=True)
class Free:
    """A free place for a value that a board fills."""

    name: str
    palette: Palette

    def gap(self, scale: Scale) -> int:
        """Return the pixels to leave free above it."""
        return round(scale.base * 0.22)

    def lay(self, scale: Scale, width: int) -> Laid:
        """Leave a line's height free over the whole width."""
        high = round(scale.base * 1.1)
        slot = Slot(
            self.name, Box(0, 0, width, high), scale.base, written(self.palette.value), written(self.palette.tile)
        )
        return Laid(high, slots=(slot,))


def tiles(sheet: Sheet, rows: tuple[Row, ...], box: Box, name: str | None = None) -> None:
    """Draw the rows as tiles, in as many columns as makes the values largest; `name` names the free place of one."""
    arrangements = [_arranged(sheet, rows, box, columns, name) for columns in range(1, len(rows) + 1)]
    least = least_px(sheet, sheet.language, VALUE.least)
    chosen, settings = fit_best([groups for _, groups in arrangements], least, sheet.share(VALUE.greatest))
    for place in arrangements[chosen][0]:
        sheet.fill(place, sheet.palette.tile)
    for setting in settings:
        sheet.set(setting)


def _arranged(
    sheet: Sheet, rows: tuple[Row, ...], box: Box, columns: int, name: str | None
) -> tuple[list[Box], list[Group]]:
    """Return the tiles of an arrangement, and what stands in them."""
    gap = sheet.share(0.03, least=2)
    lines = ceil(len(rows) / columns)
    wide, high = (box.width - gap * (columns - 1)) // columns, (box.height - gap * (lines - 1)) // lines
    places = [
        Box(
            box.x + number % columns * (wide + gap),
            box.y + number // columns * (high + gap),
            max(1, wide),
            max(1, high),
        )
        for number in range(len(rows))
    ]
    air = max(1, min(round(min(wide, high) * 0.1), sheet.margin))
    return places, [
        Group(tuple(_items(sheet, row, name or f"row-{number}", sheet.language)), place.inset(air))
        for number, (row, place) in enumerate(zip(rows, places, strict=True), start=1)
    ]


def _items(sheet: Sheet, row: Row, name: str, language: Language) -> list[Flowing]:
    palette = sheet.palette._replace(ground=sheet.palette.tile)
    items: list[Flowing] = []
    if row.label:
        items.append(
            Paragraph(
                Block(
                    row.label,
                    language,
                    TextRole.LABEL,
                    MEDIUM,
                    palette.pale,
                    palette.tile,
                    ratio=0.42,
                    small_ratio=0.8,
                    least=least_px(sheet, language, 0.045),
                    align=Align.CENTRE,
                    most_lines=2,
                    wanted_lines=1,
                    layer=Role.ROWS,
                )
            )
        )
    if not row.value:
        return [*items, Free(name, palette)]
    value = Block(
        row.value,
        language,
        TextRole.VALUE,
        BOLD,
        palette.value,
        palette.tile,
        least=least_px(sheet, language, VALUE.least),
        above=0.24,
        align=Align.CENTRE,
        most_lines=2,
        layer=Role.ROWS,
    )
    return [*items, Paragraph(value)]

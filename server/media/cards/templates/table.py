"""Opening hours: a title, a table with a row for each day or service, a remark below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from playlists.card import Row
from playlists.language import Language
from playlists.measured import TextRole
from server.media.cards.composition import Box, Role, Slot
from server.media.cards.fitting import CAP, Align, Block, Laid, Mark, Scale, fit, set_block
from server.media.cards.fonts import BOLD, MEDIUM, Type, drawable
from server.media.cards.frame import Sizes, area_above_band, bar, content, least_px
from server.media.cards.palette import Palette, written
from server.media.cards.sheet import Sheet
from server.media.cards.templates.headline import items_of

TITLE = Sizes(0.06, 0.19)
ROWS = Sizes(0.055, 0.16)
_VALUE_MOST = 0.64
"""A value that would take more of the row stands below its label."""
_GAP_EMS = 0.7
_FREE_EMS = 3.2
"""Width of the place for a value that a board fills."""


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    language = sheet.language
    box = content(sheet, bar(sheet, area_above_band(sheet)))
    items = items_of(sheet, language, sheet.palette, ratio=0.56)
    rows = rows_of(sheet, language)
    if rows:
        least = least_px(sheet, language, ROWS.least)
        items.insert(1 if sheet.words(language)[0] else 0, Table(rows, language, sheet.palette, least))
    if items:
        sheet.set(fit(items, box, least_px(sheet, language, TITLE.least), sheet.share(TITLE.greatest)))


def rows_of(sheet: Sheet, language: Language) -> tuple[Row, ...]:
    """Return the rows as they are drawn; a row without any word is gone."""
    rows = (Row(label=drawable(row.label), value=drawable(row.value)) for row in sheet.card.words[language].rows)
    return tuple(row for row in rows if row.label or row.value)


class Pair(NamedTuple):
    """A row's label and value as blocks; no value is a place that stays free."""

    label: Block | None
    value: Block | None
    name: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below each other, labels at the left, values at the right; values move below where they are long."""

    rows: tuple[Row, ...]
    language: Language
    palette: Palette
    least: int
    ratio: float = 0.78

    def gap(self, scale: Scale) -> int:
        """Return the pixels to leave free above it."""
        return round(self._size(scale) * 0.6)

    def lay(self, scale: Scale, width: int) -> Laid:
        """Set all rows in the same way, side by side if they can."""
        size = self._size(scale)
        pairs = self._pairs()
        for ways in (self._beside(pairs, size, width), self._beside_in_lines(pairs, size, width)):
            if ways is not None and ways.fits and not ways.poor:
                return ways
        return self._stacked([self._below(pair, size, width) for pair in pairs], size, width)

    def _size(self, scale: Scale) -> int:
        return Block(
            "", self.language, TextRole.LABEL, MEDIUM, *self._colours(), self.ratio, 1.0, least=self.least
        ).size(scale)

    def _colours(self) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        return self.palette.pale, self.palette.ground

    def _pairs(self) -> list[Pair]:
        pairs = []
        for number, row in enumerate(self.rows, start=1):
            label = self._block(row.label, TextRole.LABEL, MEDIUM, Align.LEFT, 3) if row.label else None
            value = self._block(row.value, TextRole.VALUE, BOLD, Align.RIGHT, 1) if row.value else None
            pairs.append(Pair(label, value, f"row-{number}"))
        return pairs

    def _block(self, text: str, role: TextRole, weight: int, align: Align, most_lines: int) -> Block:
        colour = self.palette.value if role is TextRole.VALUE else self.palette.pale
        return Block(
            text,
            self.language,
            role,
            weight,
            colour,
            self.palette.ground,
            least=self.least,
            align=align,
            most_lines=most_lines,
            wanted_lines=1,
            layer=Role.ROWS,
        )

    def _beside(self, pairs: list[Pair], size: int, width: int) -> Laid | None:
        """Values on one line each; None where they would take too much of the width."""
        column = max(self._value_width(pair, size) for pair in pairs)
        if column > width * _VALUE_MOST and any(pair.label for pair in pairs):
            return None
        return self._in_columns(pairs, size, width, column)

    def _beside_in_lines(self, pairs: list[Pair], size: int, width: int) -> Laid | None:
        """Values on two lines beside labels on one; None where the labels leave too little."""
        labels = [Type(self.language, MEDIUM, size).width(pair.label.text) for pair in pairs if pair.label]
        column = width - max(labels, default=0) - round(size * _GAP_EMS)
        if column < width / 2:
            return None
        longer = [
            pair._replace(value=replace(pair.value, most_lines=2, wanted_lines=2) if pair.value else None)
            for pair in pairs
        ]
        return self._in_columns(longer, size, width, column)

    def _in_columns(self, pairs: list[Pair], size: int, width: int, column: int) -> Laid:
        rows = []
        for pair in pairs:
            room = max(1, width - column - round(size * _GAP_EMS))
            label = set_block(pair.label, size, room) if pair.label else Laid(0)
            value = self._value(pair, size, column, Align.RIGHT)
            high = max(label.height, value.height)
            parts = (
                label.moved(0, (high - label.height) // 2),
                value.moved(width - column, (high - value.height) // 2),
            )
            rows.append(_joined(high, parts))
        return self._stacked(rows, size, width)

    def _value_width(self, pair: Pair, size: int) -> int:
        if pair.value is None:
            return round(size * _FREE_EMS)
        return round(Type(self.language, BOLD, size).width(pair.value.text)) + 1

    def _value(self, pair: Pair, size: int, width: int, align: Align) -> Laid:
        if pair.value is not None:
            block = (
                pair.value if align is Align.RIGHT else replace(pair.value, align=align, most_lines=4, wanted_lines=4)
            )
            return set_block(block, size, width)
        high, wide = round(size * (CAP + 0.3)), min(width, round(size * _FREE_EMS))
        x = width - wide if align is Align.RIGHT else 0
        slot = Slot(pair.name, Box(x, 0, wide, high), size, written(self.palette.value), written(self.palette.ground))
        return Laid(high, slots=(slot,))

    def _below(self, pair: Pair, size: int, width: int) -> Laid:
        value = self._value(pair, size, width, Align.LEFT)
        if pair.label is None:
            return value
        label = set_block(pair.label, max(self.least, round(size * 0.8)), width)
        gap = round(size * 0.22)
        return _joined(label.height + gap + value.height, (label, value.moved(0, label.height + gap)))

    def _stacked(self, rows: list[Laid], size: int, width: int) -> Laid:
        """Return rows below each other with a rule between two."""
        air, rule = round(size * 0.24), max(1, round(size * 0.035))
        y, placed, marks = 0, [], []
        for number, row in enumerate(rows):
            if number:
                y += air
                marks.append(Mark(Box(0, y, width, rule), self.palette.line))
                y += rule + air
            placed.append(row.moved(0, y))
            y += row.height
        whole = _joined(y, tuple(placed))
        return whole._replace(marks=(*whole.marks, *marks))


def _joined(height: int, parts: tuple[Laid, ...]) -> Laid:
    return Laid(
        height,
        tuple(line for part in parts for line in part.lines),
        tuple(mark for part in parts for mark in part.marks),
        tuple(slot for part in parts for slot in part.slots),
        all(part.fits for part in parts),
        any(part.poor for part in parts),
    )

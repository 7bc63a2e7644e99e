"""Draws a status board in one language: the base with empty slots, and the sheet of every tile that it can show.

Whoever approves a board looks at these two pictures and has seen all that a kiosk can make of them. Tiles are opaque,
on the ground of their slot, and all lie on even pixels, so that colours do not bleed over their edges.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageDraw

from playlists.board import AS_OF, DEGREES, DIGITS, UNKNOWN, UNTIL, Align, Box, Place, SlotKind
from playlists.board_card import NO_LABEL, BoardCard, CardLine, CardPhrase, Layout, Tone
from playlists.language import Language
from server.media.cards.fonts import Type

_BOLD, _MEDIUM = 700, 500
_LEAST_PX = 6
_LEAST_ROW_PX = 12
"""Below this no Chinese word of a row can be read."""
_TONES = {Tone.PLAIN: "#ffffff", Tone.GOOD: "#3ddc84", Tone.CAUTION: "#ffc62b", Tone.BAD: "#ff5a4d"}
_AS_OF = {Language.VI: "Lúc", Language.EN: "As of", Language.ZH: "截至"}
_UNTIL = {Language.VI: "đến", Language.EN: "until", Language.ZH: "至"}
_PLATE = {
    Language.VI: "Đang cập nhật thông tin",
    Language.EN: "Being updated",
    Language.ZH: "信息更新中",
}
_WIDEST_TIME = "88/88 88:88"
_SHEET_WIDTH = 1024
_HEAD, _FOOT = 0.95, 0.7
"""Heights of the lines above and below the rows, in rows."""


class Unfit(Exception):
    """A board does not fit on a panel; the text is a sentence."""


class Drawn(NamedTuple):
    """A drawn board: the base in RGB, the sheet as PNG bytes, and where everything lies."""

    base: Image.Image
    sheet: bytes
    layout: Layout


def draw_board(card: BoardCard, width: int, height: int) -> Drawn:
    """Draw base and sheet.

    Raises:
        Unfit: the panel is too small for so many lines.
    """
    drawing = _Drawing(card, width, height)
    drawing.draw()
    return drawing.finished()


@dataclass
class _Shelf:
    """Packs tiles into rows of a sheet."""

    pictures: list[tuple[Image.Image, Box]] = field(default_factory=list)
    x: int = 0
    y: int = 0
    row: int = 0

    def put(self, picture: Image.Image) -> Box:
        for before, box in self.pictures:
            if before.size == picture.size and before.tobytes() == picture.tobytes():
                return box
        if self.x and self.x + picture.width > _SHEET_WIDTH:
            self.x, self.y, self.row = 0, self.y + self.row, 0
        box = Box(self.x, self.y, picture.width, picture.height)
        self.pictures.append((picture, box))
        self.x += picture.width
        self.row = max(self.row, picture.height)
        return box

    def png(self) -> bytes:
        sheet = Image.new(
            "RGB",
            (max(box.x + box.width for _, box in self.pictures), max(box.y + box.height for _, box in self.pictures)),
        )
        for picture, box in self.pictures:
            sheet.paste(picture, (box.x, box.y))
        out = io.BytesIO()
        sheet.save(out, "PNG", optimize=True)
        return out.getvalue()


class _Drawing:
    def __init__(self, card: BoardCard, width: int, height: int) -> None:
        self.card, self.width, self.height = card, width, height
        self.ground = card.colours.ground
        self.base = Image.new("RGB", (width, height), self.ground)
        self.draw_on = ImageDraw.Draw(self.base)
        self.shelf = _Shelf()
        self.places: dict[str, Place] = {}
        self.pad = _even(max(2, min(width, height) // 32))
        self.middle = 0
        self.label_px = _LEAST_PX
        self.plate_at = Box(0, 0, width, height)

    def draw(self) -> None:
        """Draw head, rows from above to below, and foot."""
        by_kind = {line.kind: line for line in self.card.lines}
        rows = [line for line in self.card.lines if line.kind not in NO_LABEL]
        until = {line.of: line for line in self.card.lines if line.kind is SlotKind.UNTIL}
        weights = [1.6 if line.name in until else 1.0 for line in rows]
        unit = (self.height - 2 * self.pad) / (sum(weights) + _HEAD + (_FOOT if SlotKind.AS_OF in by_kind else 0))
        if unit < _LEAST_ROW_PX:
            raise Unfit(f"A board of {len(rows)} lines does not fit on {self.width}x{self.height} px; use fewer lines.")
        head = _even(int(unit * _HEAD))
        foot = _even(int(unit * _FOOT)) if SlotKind.AS_OF in by_kind else 0
        self._head(head, by_kind.get(SlotKind.CLOCK))
        top, bottom = _even(self.pad + head), _down(self.height - self.pad - foot)
        self.plate_at = Box(0, top, self.width, bottom - top)
        self.middle = _even(self.pad + (self.width - 2 * self.pad) * 42 // 100)
        self.label_px = self._common([line.label for line in rows], int(unit))
        edges = [_even(top + (bottom - top) * sum(weights[:count]) / sum(weights)) for count in range(len(rows) + 1)]
        for line, begin, end in zip(rows, edges, edges[1:], strict=False):
            self._row(line, until.get(line.name), begin, min(end, bottom) - begin)
        if foot:
            box = Box(self.pad, bottom, _down(self.width - 2 * self.pad), foot)
            self._times(by_kind[SlotKind.AS_OF], box, AS_OF, _AS_OF[self.card.language], Align.RIGHT)

    def _common(self, texts: Sequence[str], height: int) -> int:
        """Return the size in which all labels fit, so that they look alike."""
        width = self.middle - 2 * self.pad
        sizes = [_fitting(text, self.card.language, _MEDIUM, width, height, 0.5) for text in texts if text]
        return min(sizes, default=_LEAST_PX)

    def finished(self) -> Drawn:
        plate = Image.new("RGB", (self.plate_at.width, self.plate_at.height), self.ground)
        text = _PLATE[self.card.language]
        _write(plate, text, self.card.language, _MEDIUM, self.card.colours.accent, Align.CENTRE, most=0.34)
        cell = self.shelf.put(plate)
        layout = Layout(places=self.places, plate=cell, plate_at=self.plate_at)
        return Drawn(self.base, self.shelf.png(), layout)

    def _head(self, height: int, clock: CardLine | None) -> None:
        right = self.width - self.pad
        line = max(1, self.height // 128)
        inner = height - _even(line + 1)
        if clock is not None:
            size = _fitting("88:88", Language.EN, _BOLD, self.width * 32 // 100, inner, 0.62)
            cells = self._signs(DIGITS + ":", size, inner, self.card.colours.ink)
            width = _even(4 * cells["8"].width + cells[":"].width)
            right = _down(right - width)
            self.places[clock.name] = Place(box=Box(right, self.pad, width, inner), align=Align.RIGHT, cells=cells)
            right -= self.pad
        title = self.base.crop((self.pad, self.pad, right, self.pad + inner))
        _write(title, self.card.title, self.card.language, _BOLD, self.card.colours.accent, Align.LEFT, most=0.62)
        self.base.paste(title, (self.pad, self.pad))
        under = self.pad + height - line
        self.draw_on.rectangle((self.pad, under, self.width - self.pad - 1, under + line - 1), self.card.colours.accent)

    def _row(self, line: CardLine, until: CardLine | None, top: int, height: int) -> None:
        box = Box(self.middle, top, _down(self.width - self.pad - self.middle), height)
        if until is not None:
            small = _even(height * 38 // 100)
            below = Box(self.middle, _down(top + height - small), box.width, small)
            self._times(until, below, UNTIL, _UNTIL[self.card.language])
            box = box._replace(height=below.y - top)
        label = self.base.crop((self.pad, top, self.middle - self.pad, top + box.height))
        _set(label, line.label, Type(self.card.language, _MEDIUM, self.label_px), self.card.colours.ink, 0)
        self.base.paste(label, (self.pad, top))
        if line.kind is SlotKind.PHRASE:
            self._phrases(line, box)
        else:
            self._number(line, box)

    def _phrases(self, line: CardLine, box: Box) -> None:
        """Draw every phrase in one size, that of the longest."""
        texts = [self.card.phrases[key] for key in line.phrases]
        sizes = [_fitting(one.text, self.card.language, _BOLD, box.width, box.height, 0.66) for one in texts]
        size = min(sizes, default=_LEAST_PX)
        cells = {key: self.shelf.put(self._phrase(self.card.phrases[key], size, box)) for key in line.phrases}
        cells[UNKNOWN] = self.shelf.put(self._sign("–", size, box.height, self.card.colours.ink))
        self.places[line.name] = Place(box=box, align=Align.LEFT, cells=cells)

    def _phrase(self, phrase: CardPhrase, size: int, box: Box) -> Image.Image:
        letters = Type(self.card.language, _BOLD, size)
        width = min(box.width, _even(int(letters.width(phrase.text)) + 2))
        picture = Image.new("RGB", (width, box.height), self.ground)
        _set(picture, phrase.text, letters, _TONES[phrase.tone], 0)
        return picture

    def _number(self, line: CardLine, box: Box) -> None:
        signs = DIGITS + ("-" if line.is_signed or line.kind is SlotKind.TEMPERATURE else "")
        sample = "-" * ("-" in signs) + "8" * max(1, line.digits)
        ends = "°C" if line.kind is SlotKind.TEMPERATURE else ""
        unit = f" {line.unit}" if line.unit else ""
        size = _fitting(sample + ends, Language.EN, _BOLD, box.width * (62 if unit else 100) // 100, box.height, 0.66)
        cells = self._signs(signs, size, box.height, self.card.colours.ink)
        if ends:
            cells[DEGREES] = self.shelf.put(self._sign(ends, size, box.height, self.card.colours.ink))
        minus = cells["-"].width if "-" in cells else 0
        wide = max(1, line.digits) * cells["8"].width + minus + (cells[DEGREES].width if ends else 0)
        wide = min(box.width, _even(wide))
        align = Align.RIGHT if unit else Align.LEFT
        self.places[line.name] = Place(box=box._replace(width=wide), align=align, cells=cells)
        if unit:
            left = box.x + wide + self.pad
            rest = self.base.crop((left, box.y, max(left + 2, box.x + box.width), box.y + box.height))
            _write(rest, line.unit, self.card.language, _MEDIUM, self.card.colours.ink, Align.LEFT, most=0.42)
            self.base.paste(rest, (left, box.y))

    def _times(self, line: CardLine, box: Box, word: str, text: str, align: Align = Align.LEFT) -> None:
        """Draw what a moment is written of: a word, digits, and the signs between them."""
        longest = f"{text} {_WIDEST_TIME}"
        size = _fitting(longest, self.card.language, _MEDIUM, box.width * 96 // 100, box.height, 0.6)
        cells = self._signs(DIGITS + ":/", size, box.height, self.card.colours.ink, _MEDIUM)
        cells[" "] = self.shelf.put(self._sign(" ", size, box.height, self.card.colours.ink))
        letters = Type(self.card.language, _MEDIUM, size)
        picture = Image.new("RGB", (_even(int(letters.width(text)) + 1), box.height), self.ground)
        _set(picture, text, letters, self.card.colours.ink, 0)
        cells[word] = self.shelf.put(picture)
        self.places[line.name] = Place(box=box, align=align, cells=cells)

    def _signs(self, signs: str, size: int, height: int, ink: str, weight: int = _BOLD) -> dict[str, Box]:
        """Draw signs; digits are all equally wide, so that numbers do not jump."""
        widest = max(_advance(sign, weight, size) for sign in DIGITS)
        cells = {}
        for sign in (*signs, UNKNOWN):
            drawn = "–" if sign == UNKNOWN else sign
            width = widest if sign in DIGITS or sign == UNKNOWN else None
            cells[sign] = self.shelf.put(self._sign(drawn, size, height, ink, weight, width))
        return cells

    def _sign(
        self, sign: str, size: int, height: int, ink: str, weight: int = _BOLD, width: int | None = None
    ) -> Image.Image:
        letters = Type(Language.EN, weight, size)
        wide = width or _advance(sign, weight, size)
        picture = Image.new("RGB", (wide, height), self.ground)
        _set(picture, sign, letters, ink, max(0, round((wide - letters.width(sign)) / 2)))
        return picture


def _set(picture: Image.Image, text: str, letters: Type, ink: str, x: int) -> None:
    """Draw a line into a picture, its capitals in the middle."""
    mask = Image.new("L", picture.size)
    capital = letters.ink("8")
    baseline = round((picture.height - (capital.bottom - capital.top)) / 2) - capital.top
    letters.draw(ImageDraw.Draw(mask), x, baseline, text)
    picture.paste(Image.new("RGB", picture.size, ink), (0, 0), mask)


def _write(
    picture: Image.Image, text: str, language: Language, weight: int, ink: str, align: Align, most: float
) -> None:
    """Set one line as large as fits, at most so many parts of the height."""
    letters = Type(language, weight, _fitting(text, language, weight, picture.width, picture.height, most))
    spare = max(0, picture.width - int(letters.width(text)))
    _set(picture, text, letters, ink, {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[align])


def _fitting(text: str, language: Language, weight: int, width: int, height: int, most: float) -> int:
    """Return the largest em at which a line is not wider than `width` and its ink not higher than `height`."""
    for size in _sizes(_size_for(height, most)):
        letters = Type(language, weight, size)
        ink = letters.ink(text or "8")
        if letters.width(text) <= width - 2 and ink.bottom - ink.top <= height:
            return size
    return _LEAST_PX


def _sizes(largest: int) -> Iterator[int]:
    size = max(largest, _LEAST_PX)
    while size >= _LEAST_PX:
        yield size
        size = size - max(1, size // 24)


@lru_cache(maxsize=256)
def _size_for(height: int, share: float) -> int:
    """Return the em whose digits take this share of a height."""
    ink = Type(Language.EN, _BOLD, 100).ink("8")
    return max(_LEAST_PX, int(height * share * 100 / (ink.bottom - ink.top)))


def _advance(sign: str, weight: int, size: int) -> int:
    return math.ceil(Type(Language.EN, weight, size).width(sign))


def _down(pixels: float) -> int:
    """Return the next even number that is not above a length."""
    return int(pixels) - int(pixels) % 2


def _even(pixels: float) -> int:
    """Return the next even number that is not below a length, so that colour planes are not cut between two pixels."""
    whole = int(pixels)
    return whole + whole % 2

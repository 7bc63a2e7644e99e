"""The sheet that a template draws on: its palette, its safe area, and what has been drawn and measured so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw

from playlists.card import Card, Look, Motion
from playlists.language import Language
from playlists.measured import Measured, MeasuredCode, MeasuredText, Omitted
from server.media.cards.composition import Box, Composition, Layer, Role, Slot
from server.media.cards.fitting import Block, Line, Mark, Setting
from server.media.cards.fonts import drawable, missing
from server.media.cards.palette import Colour, Palette, contrast, written

TINY_PX = 96
"""A panel whose shorter side is below this shows words only: no logo, no corner remark, no motif."""


class Shape(StrEnum):
    """How a panel is shaped; templates arrange themselves by it."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Sheet:
    """A card being drawn. Templates put things on it and at the end ask for the composition."""

    def __init__(self, card: Card, width: int, height: int, pictures: Mapping[str, Path]) -> None:
        self.card = card
        self.palette = Palette.of(card.look.colours)
        self.width, self.height = width, height
        self.unit = min(width, height)
        self.is_tiny = self.unit < TINY_PX
        self.shape = Shape.PORTRAIT if height > width else Shape.LANDSCAPE
        self.margin = max(2, round(self.unit * 0.035)) if self.is_tiny else round(self.unit * 0.06)
        self._pictures = pictures
        self._ground = Image.new("RGB", (width, height), self.palette.ground)
        self._layers: list[Layer] = []
        self._slots: list[Slot] = []
        self._texts: list[MeasuredText] = []
        self._code: MeasuredCode | None = None
        self._omitted: list[Omitted] = []

    @property
    def look(self) -> Look:
        """What the languages share."""
        return self.card.look

    @property
    def panel(self) -> Box:
        """The whole panel."""
        return Box(0, 0, self.width, self.height)

    @property
    def safe(self) -> Box:
        """The safe area: the panel without its margins."""
        return self.panel.inset(self.margin)

    @property
    def language(self) -> Language:
        """The language of a card that shows one."""
        return next(iter(self.card.words))

    def words(self, language: Language, *, whole: bool = False) -> tuple[str, list[str]]:
        """Return title and paragraphs as they are drawn; without `whole`, the body is left out when it runs."""
        words = self.card.words[language]
        paragraphs = [drawable(paragraph) for paragraph in words.body.split("\n")]
        runs = self.look.motion is Motion.TICKER and not whole
        return drawable(words.title), [paragraph for paragraph in paragraphs if paragraph and not runs]

    def share(self, part: float, *, least: int = 1) -> int:
        """Return a part of the shorter side in whole pixels."""
        return max(least, round(self.unit * part))

    def picture_file(self, sha256: str) -> Path:
        """Return where a picture of the card lies.

        Raises:
            LookupError: the caller gave none.
        """
        return self._pictures[sha256]

    def fill(self, box: Box, colour: Colour) -> None:
        """Colour a rectangle of the ground."""
        self._ground.paste(colour, (box.x, box.y, box.right, box.bottom))

    def paste(self, picture: Image.Image, x: int, y: int) -> None:
        """Put an RGB picture on the ground, for good: no motion touches it."""
        self._ground.paste(picture, (x, y))

    def tint(self, mask: Image.Image, colour: Colour, x: int, y: int) -> None:
        """Colour the ground as far as a mask lets the colour through."""
        self._ground.paste(colour, (x, y), mask)

    def put(self, layer: Layer) -> None:
        """Add a layer on top."""
        self._layers.append(layer)

    def omit(self, what: Omitted) -> None:
        """Note what a panel of this size does not show."""
        self._omitted.append(what)

    def slot(self, slot: Slot) -> None:
        """Leave a place free."""
        self._slots.append(slot)

    def text(self, measured: MeasuredText) -> None:
        """Note how a text came out that no setting holds."""
        self._texts.append(measured)

    def code(self, measured: MeasuredCode) -> None:
        """Note how a QR code came out."""
        self._code = measured

    def set(self, setting: Setting) -> None:
        """Draw a group of texts: a layer for each role, and its measures."""
        laid = setting.laid
        for mark in laid.marks:
            if mark.layer is None:
                self.fill(mark.box, mark.colour)
        for role in dict.fromkeys([*(line.block.layer for line in laid.lines), *(mark.layer for mark in laid.marks)]):
            if role is not None:
                lines = [line for line in laid.lines if line.block.layer is role]
                marks = [mark for mark in laid.marks if mark.layer is role]
                self._layers.append(drawn(role, lines, marks, self.panel))
        for slot in setting.laid.slots:
            self._slots.append(slot)
        self.measure(setting.laid.lines, setting)

    def measure(self, lines: Iterable[Line], setting: Setting) -> None:
        """Note the measures of set lines, block by block."""
        allowed = setting.box.inset(-2)
        for _, group in groupby(lines, lambda line: id(line.block)):
            own = list(group)
            block, letters = own[0].block, own[0].letters
            inside = all(_inside(line, allowed, self.panel) for line in own)
            self._texts.append(measured_text(block, letters.size, len(own), clipped=not (inside and setting.laid.fits)))

    def done(self) -> Composition:
        """Return what was drawn."""
        measured = Measured(
            width=self.width,
            height=self.height,
            texts=tuple(self._texts),
            code=self._code,
            omitted=tuple(self._omitted),
        )
        return Composition(self._ground, tuple(self._layers), tuple(self._slots), measured)


def measured_text(block: Block, size: int, lines: int, *, clipped: bool) -> MeasuredText:
    """Return the measures of a text that was drawn."""
    return MeasuredText(
        role=block.role,
        language=block.language,
        size_px=size,
        least_px=block.least,
        text=block.text,
        lines=lines,
        contrast_x100=int(contrast(block.colour, block.ground) * 100),
        ground=written(block.ground),
        clipped=clipped,
        missing=missing(block.text),
    )


def _inside(line: Line, allowed: Box, panel: Box) -> bool:
    ink = line.letters.ink(line.text)
    left, top = max(allowed.x, panel.x), max(allowed.y, panel.y)
    right, bottom = min(allowed.right, panel.right), min(allowed.bottom, panel.bottom)
    return (
        line.x + ink.left >= left
        and line.x + ink.right <= right
        and line.baseline + ink.top >= top
        and line.baseline + ink.bottom <= bottom
    )


def drawn(role: Role, lines: list[Line], marks: list[Mark], panel: Box) -> Layer:
    """Return a layer with lines and marks, no larger than their ink."""
    boxes = [mark.box for mark in marks]
    for line in lines:
        ink = line.letters.ink(line.text)
        boxes.append(
            Box(line.x + ink.left - 1, line.baseline + ink.top - 1, ink.right - ink.left + 2, ink.bottom - ink.top + 2)
        )
    left, top = max(panel.x, min(box.x for box in boxes)), max(panel.y, min(box.y for box in boxes))
    right, bottom = (
        min(panel.right, max(box.right for box in boxes)),
        min(panel.bottom, max(box.bottom for box in boxes)),
    )
    size = (max(1, right - left), max(1, bottom - top))
    image = Image.new("RGBA", size)
    for colour, group in groupby(sorted(lines, key=lambda line: line.block.colour), lambda line: line.block.colour):
        mask = Image.new("L", size)
        pen = ImageDraw.Draw(mask)
        for line in group:
            line.letters.draw(pen, line.x - left, line.baseline - top, line.text)
        image.alpha_composite(inked(mask, colour))
    for mark in marks:
        image.paste(
            (*mark.colour, 255), (mark.box.x - left, mark.box.y - top, mark.box.right - left, mark.box.bottom - top)
        )
    return Layer(role, image, left, top)


def inked(mask: Image.Image, colour: Colour) -> Image.Image:
    """Return a colour as far as the mask lets it through, as RGBA without dark edges."""
    image = Image.new("RGBA", mask.size, (*colour, 255))
    image.putalpha(mask)
    return image

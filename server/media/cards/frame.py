"""What surrounds the content of most templates: the accent bar, the running band, logo and corner remark."""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

from playlists.card import Motion, Template
from playlists.language import Language
from playlists.measured import Omitted, TextRole
from server.media.cards.composition import Box, Layer, Role
from server.media.cards.fitting import CAP, Align, Block, Paragraph, fit
from server.media.cards.fonts import BOLD, MEDIUM, Type, drawable
from server.media.cards.palette import Colour, Palette
from server.media.cards.sheet import Shape, Sheet, inked, measured_text

BETWEEN = "   •   "
"""Stands between paragraphs that run behind each other."""

_LEAST_REMARK_PX = 8
_FIRST_HAN = 0x2E80
_LEAST = {Language.VI: 11, Language.EN: 10, Language.ZH: 12}
"""The smallest em at which a practised eye still tells marks (vi) and strokes (zh) apart on square pixels."""


class Sizes(NamedTuple):
    """The declared bounds of a template's texts in parts of the panel's shorter side."""

    least: float
    greatest: float


def least_px(sheet: Sheet, language: Language, share: float) -> int:
    """Return the declared least em of a text: a share of the panel, and never below what the language can bear."""
    return max(_LEAST[language], round(sheet.unit * share))


def area_above_band(sheet: Sheet) -> Box:
    """Draw the running band if the card has one, and return the panel without it."""
    texts = running_texts(sheet)
    if not texts or sheet.look.template is Template.HEADLINE:
        return sheet.panel
    size = max(least_px(sheet, Language.ZH, 0), sheet.share(0.12))
    height = round(size * 1.75)
    band = Box(0, sheet.height - height, sheet.width, height)
    sheet.fill(band, sheet.palette.tile)
    sheet.fill(band._replace(height=max(1, sheet.share(0.008))), sheet.palette.accent)
    run(sheet, texts, band, size, sheet.palette.ink, sheet.palette.tile)
    return sheet.panel.inset(0, 0, 0, height)


def running_texts(sheet: Sheet) -> list[tuple[Language, str]]:
    """Return what runs, language by language: the bodies, or the title of a headline; nothing without such motion."""
    if sheet.look.motion is not Motion.TICKER:
        return []
    if sheet.look.template is Template.HEADLINE:
        title, paragraphs = sheet.words(sheet.language, whole=True)
        return [(sheet.language, BETWEEN.join([title, *paragraphs]))] if title or paragraphs else []
    bodies = [(one, BETWEEN.join(sheet.words(one, whole=True)[1])) for one in Language if one in sheet.card.words]
    return [(one, body) for one, body in bodies if body]


def run(
    sheet: Sheet, texts: list[tuple[Language, str]], window: Box, size: int, colour: Colour, ground: Colour
) -> None:
    """Put texts behind each other on one line as a layer that may be wider than its window."""
    gap = round(size * 1.6)
    middle = window.height // 2 + round(size * CAP / 2)
    parts = []
    width = 0
    for language, text in texts:
        letters = Type(language, BOLD, size)
        parts.append((width, letters, text))
        width += round(letters.width(text)) + gap
        block = Block(text, language, TextRole.TICKER, BOLD, colour, ground, least=least_px(sheet, language, 0.05))
        ink = letters.ink(text)
        sheet.text(measured_text(block, size, 1, clipped=middle + ink.top < 0 or middle + ink.bottom > window.height))
    mask = Image.new("L", (max(1, width - gap + 2), window.height))
    pen = ImageDraw.Draw(mask)
    for x, letters, text in parts:
        letters.draw(pen, x, middle, text)
    sheet.put(Layer(Role.TICKER, inked(mask, colour), window.x, window.y, window))


def bar(sheet: Sheet, area: Box) -> Box:
    """Draw the accent bar along the edge where reading begins, and return the area beside it."""
    thick = sheet.share(0.02, least=2)
    if sheet.shape is Shape.PORTRAIT:
        sheet.fill(area._replace(height=thick), sheet.palette.accent)
        return area.inset(0, thick, 0, 0)
    sheet.fill(area._replace(width=thick), sheet.palette.accent)
    return area.inset(thick, 0, 0, 0)


def content(sheet: Sheet, area: Box, palette: Palette | None = None) -> Box:
    """Draw logo and corner remark at the foot of an area, and return the box for the content."""
    inner = area.inset(sheet.margin)
    look = sheet.look
    remark = drawable(look.corner)
    if not remark and look.logo is None:
        return inner
    if sheet.is_tiny:
        for wanted, what in ((look.logo is not None, Omitted.LOGO), (bool(remark), Omitted.CORNER)):
            if wanted:
                sheet.omit(what)
        return inner
    height = sheet.share(0.1) if look.logo else 0
    used = _logo(sheet, inner._replace(y=inner.bottom - height, height=height)) if look.logo else 0
    if remark:
        height = max(height, _remark(sheet, inner.inset(used, 0, 0, 0), remark, palette or sheet.palette))
    return inner.inset(0, 0, 0, height + sheet.margin // 2)


def _logo(sheet: Sheet, foot: Box) -> int:
    """Put the logo at the foot's left; return the width it takes with its gap.

    A logo that fills a field of one colour keeps it as a plate with a little air.
    """
    with Image.open(sheet.picture_file(sheet.look.logo or "")) as opened:
        picture = opened.convert("RGBA")
    air = max(1, foot.height // 12) if _edge(picture) else 0
    inner = ImageOps.contain(picture, (foot.width // 2 - 2 * air, foot.height - 2 * air), Image.Resampling.LANCZOS)
    plate = Image.new("RGBA", (inner.width + 2 * air, inner.height + 2 * air), _edge(picture) or (0, 0, 0, 0))
    plate.alpha_composite(inner, (air, air))
    sheet.put(Layer(Role.LOGO, plate, foot.x, foot.y + (foot.height - plate.height) // 2))
    return plate.width + sheet.margin


def _edge(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the one opaque colour of a picture's corners, or None."""
    right, bottom = picture.width - 1, picture.height - 1
    corners = {picture.getpixel(at) for at in ((0, 0), (right, 0), (0, bottom), (right, bottom))}
    colour = corners.pop()
    if corners or not isinstance(colour, tuple) or colour[3] != 255:
        return None
    return colour[0], colour[1], colour[2], 255


def _remark(sheet: Sheet, box: Box, remark: str, palette: Palette) -> int:
    """Write the remark at the right of a box's foot, in more lines where it must; return its height."""
    language = Language.ZH if any(ord(char) > _FIRST_HAN for char in remark) else Language.VI
    block = Block(
        remark,
        language,
        TextRole.CORNER,
        MEDIUM,
        palette.dim,
        palette.ground,
        least=_LEAST_REMARK_PX,
        align=Align.RIGHT,
        layer=Role.CORNER,
    )
    foot = box._replace(y=box.bottom - box.height // 3, height=box.height // 3)
    size = sheet.share(0.036, least=_LEAST_REMARK_PX)
    setting = fit([Paragraph(block)], foot, _LEAST_REMARK_PX, size, upright=1.0)
    sheet.set(setting)
    return min(foot.height, setting.laid.height)


def field_and_rest(area: Box, share: float, shape: Shape) -> tuple[Box, Box]:
    """Split an area into a field at its left (or top) and the rest."""
    if shape is Shape.PORTRAIT:
        height = round(area.height * share)
        return area._replace(height=height), area.inset(0, height, 0, 0)
    width = round(area.width * share)
    return area._replace(width=width), area.inset(width, 0, 0, 0)

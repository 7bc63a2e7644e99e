"""Draws cards: any valid card, at any size of a panel, as a composition of layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, ImageFilter

from playlists.card import Card, Template
from playlists.language import Language
from playlists.measured import TextRole
from server.media.cards.composition import Box, Composition, Role
from server.media.cards.fitting import FLOOR_PX, Align, Block, Paragraph, fit, fit_line
from server.media.cards.fonts import BOLD, FONTS_VERSION, MEDIUM, drawable, layout_engine
from server.media.cards.palette import BLACK, WHITE, rgb
from server.media.cards.sheet import Sheet, drawn, inked
from server.media.cards.templates import countdown, headline, picture, qr_text, queue, split, table, warning

DRAWING_VERSION = "1"
"""Part of what names a rendering: raised when the same card should give other pixels."""

_TEMPLATES: Mapping[Template, Callable[[Sheet], None]] = {
    Template.HEADLINE: headline.draw,
    Template.HEADLINE_BODY: headline.draw,
    Template.PICTURE_CAPTION: picture.draw,
    Template.HOURS_TABLE: table.draw,
    Template.QUEUE_STATUS: queue.draw,
    Template.WEATHER_WARNING: warning.draw,
    Template.WELCOME: picture.draw,
    Template.COUNTDOWN: countdown.draw,
    Template.QR_TEXT: qr_text.draw,
    Template.SPLIT: split.draw,
}


def drawn_by() -> str:
    """Return what decides a card's pixels besides the card: it belongs into every name of a rendering."""
    return f"cards {DRAWING_VERSION}; {FONTS_VERSION}; {layout_engine()}"


def compose(card: Card, width: int, height: int, pictures: Mapping[str, Path]) -> Composition:
    """Draw a card for a panel of `width` x `height` pixels; `pictures` says where its files lie, by SHA-256.

    Every valid card can be drawn at every size; what cannot be read is told by `Composition.measured`.

    Raises:
        LookupError: a picture that the card names is not among `pictures`.
        OSError: a picture cannot be read.
    """
    sheet = Sheet(card, width, height, pictures)
    _TEMPLATES[card.look.template](sheet)
    return sheet.done()


def one_line(
    text: str,
    language: Language,
    width: int,
    height: int,
    *,
    weight: int = BOLD,
    colour: str = "#ffffff",
    align: Align = Align.CENTRE,
) -> Image.Image:
    """Return one line of text as an RGBA picture of exactly this size, as large as it fits.

    Raises:
        ValueError: even the smallest letters do not fit.
    """
    block = Block(drawable(text), language, TextRole.VALUE, weight, rgb(colour), BLACK, align=align, layer=Role.ROWS)
    picture = Image.new("RGBA", (width, height))
    if not block.text:
        return picture
    setting = fit_line(block, picture_box := Box(0, 0, width, height), height)
    if not setting.fits:
        raise ValueError(f"{text!r} does not fit into {width} x {height} px at {FLOOR_PX} px")
    layer = drawn(Role.ROWS, list(setting.laid.lines), [], picture_box)
    picture.alpha_composite(layer.image, (layer.x, layer.y))
    return picture


def caption(
    text: str, language: Language, width: int, height: int, *, least: int, greatest: int, outline: float = 0.08
) -> Image.Image:
    """Return centred lines of white text with a dark outline, as RGBA no larger than `width` x `height`.

    The outline is as thick as `outline` of the em. The letters are as large as they fit between `least` and `greatest`
    pixels; where even the least does not fit they are smaller, so that nothing is cut.
    """
    edge = max(1, round(greatest * outline)) if outline else 0
    box = Box(edge, edge, max(1, width - 2 * edge), max(1, height - 2 * edge))
    blocks = [
        Block(drawable(line), language, TextRole.BODY, MEDIUM, WHITE, BLACK, align=Align.CENTRE)
        for line in text.split("\n")
        if drawable(line)
    ]
    picture = Image.new("RGBA", (width, height))
    if not blocks:
        return picture.crop((0, 0, 1, 1))
    setting = fit([Paragraph(block) for block in blocks], box, least, greatest, upright=1.0)
    layer = drawn(Role.BODY, list(setting.laid.lines), [], Box(0, 0, width, height))
    picture.alpha_composite(layer.image, (layer.x, layer.y))
    if edge:
        thick = picture.getchannel("A").filter(ImageFilter.MaxFilter(2 * edge + 1))
        dark = inked(thick, BLACK)
        dark.alpha_composite(picture)
        picture = dark
    return picture.crop(picture.getbbox())

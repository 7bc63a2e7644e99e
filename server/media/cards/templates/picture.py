"""Picture and caption, and the welcome: a picture that fills its field, and words on plain ground beside it."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageOps

from playlists.card import Template
from playlists.measured import Omitted
from server.media.cards.composition import Box, Layer, Role
from server.media.cards.fitting import Align
from server.media.cards.frame import Sizes, area_above_band, content, field_and_rest
from server.media.cards.palette import Colour, mix
from server.media.cards.sheet import Sheet
from server.media.cards.templates.headline import set_words
from server.media.pictures import open_stored

CAPTION = Sizes(0.06, 0.2)
WELCOME = Sizes(0.07, 0.25)
PICTURE_SHARE = 0.54
WELCOME_SHARE = 0.46
_HILLS_SHARE = 0.3
_FINER = 4


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    area = area_above_band(sheet)
    is_welcome = sheet.look.template is Template.WELCOME
    sizes = WELCOME if is_welcome else CAPTION
    if sheet.look.picture is None:
        _plain_welcome(sheet, area, sizes)
        return
    field, rest = field_and_rest(area, WELCOME_SHARE if is_welcome else PICTURE_SHARE, sheet.shape)
    picture = open_stored(sheet.picture_file(sheet.look.picture))
    covering = ImageOps.fit(picture, (field.width, field.height), Image.Resampling.LANCZOS, centering=(0.5, 0.45))
    sheet.put(Layer(Role.PICTURE, covering.convert("RGBA"), field.x, field.y))
    set_words(sheet, content(sheet, rest), sizes)


def _plain_welcome(sheet: Sheet, area: Box, sizes: Sizes) -> None:
    """Centred words over the outline of two ranges of hills, in tones of the ground."""
    box = content(sheet, area)
    if sheet.is_tiny:
        sheet.omit(Omitted.MOTIF)
    else:
        high = round(area.height * _HILLS_SHARE)
        ground, ink = sheet.palette.ground, sheet.palette.ink
        for share, tone, seed in ((1.0, 0.07, 3), (0.66, 0.13, 8)):
            _hills(
                sheet,
                Box(area.x, area.bottom - round(high * share), area.width, round(high * share)),
                mix(ground, ink, tone),
                seed,
            )
        box = box.inset(0, 0, 0, max(0, round(high * 0.72) - (area.bottom - box.bottom)))
    set_words(sheet, box, sizes, align=Align.CENTRE)


def _hills(sheet: Sheet, box: Box, colour: Colour, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same hills every time
    peaks = max(4, round(box.width / max(1, box.height) * 1.7))
    tops = [
        ((number + chance.uniform(0.2, 0.8)) / peaks, chance.uniform(0.45, 1.0), chance.uniform(0.35, 0.6) / peaks)
        for number in range(peaks)
    ]
    outline = [(0.0, float(box.height * _FINER))]
    for step in range(241):
        x = step / 240
        peak = max(tall * math.exp(-(((x - at) / spread) ** 2)) for at, tall, spread in tops)
        outline.append((x * box.width * _FINER, (1 - 0.12 - 0.88 * peak) * box.height * _FINER))
    outline.append((float(box.width * _FINER), float(box.height * _FINER)))
    mask = Image.new("L", (box.width * _FINER, box.height * _FINER))
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    sheet.tint(mask.resize((box.width, box.height), Image.Resampling.BOX), colour, box.x, box.y)

"""Draws the sample notices for a panel of any size.

Large type on dark ground, one accent colour per content class, one pictogram; legible from afar on coarse pixels.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from PIL import Image, ImageDraw

from playlists.language import Language
from simulator.demo.notices import SAMPLE_MARK, ContentClass, Look, SampleNotice, Wording
from simulator.demo.pictograms import mask, waterfall
from simulator.demo.typesetting import Block, Box, Colour, Setting, font, paint, set_in

GROUND: Colour = (7, 18, 30)
WHITE: Colour = (255, 255, 255)
PALE: Colour = (214, 226, 236)
DIM: Colour = (138, 158, 176)
ACCENTS: dict[ContentClass, Colour] = {
    ContentClass.SERVICE: (56, 176, 234),
    ContentClass.PROMOTION: (64, 204, 146),
    ContentClass.ESSENTIAL: (255, 186, 28),
}
_MARGIN = 0.06


class Plan(NamedTuple):
    """Where the parts of a picture lie: the coloured field (left, top, right, bottom) and the text."""

    field: tuple[int, int, int, int]
    text: Box


def draw(notice: SampleNotice, language: Language, width: int, height: int) -> bytes:
    """Return the notice in one language as a PNG of exactly this size.

    Raises:
        ValueError: the panel is too small for the text.
    """
    image = Image.new("RGB", (width, height), GROUND)
    plan = plan_of(notice, width, height)
    accent = ACCENTS[notice.content_class]
    _paint_field(image, notice, plan, accent)
    canvas = ImageDraw.Draw(image)
    paint(canvas, set_notice(notice, language, width, height))
    paint_sample_mark(canvas, width, height)
    held = io.BytesIO()
    image.save(held, "PNG", optimize=True)
    return held.getvalue()


def plan_of(notice: SampleNotice, width: int, height: int) -> Plan:
    """Return where the parts of the notice lie on a panel of this size."""
    short = min(width, height)
    margin = short * _MARGIN
    foot = margin * 0.7 + _mark_place(width, height)[2]
    scene = notice.look is Look.SCENE
    if width >= height:
        side = round(width * (0.42 if scene else 0.25))
        field = (0, 0, side, height)
        text = Box(side + margin, margin * 0.6, width - side - 2 * margin, height - margin * 0.9 - foot)
    else:
        side = round(height * (0.42 if scene else 0.25))
        field = (0, 0, width, side)
        text = Box(margin, side + margin * 0.6, width - 2 * margin, height - side - margin * 0.9 - foot)
    return Plan(field, text)


def set_notice(notice: SampleNotice, language: Language, width: int, height: int) -> Setting:
    """Return the notice's text with its places on a panel of this size."""
    wording = notice.wordings[language]
    blocks = _blocks(notice, wording, language)
    return set_in(plan_of(notice, width, height).text, blocks, round(min(width, height) * 0.15))


def _blocks(notice: SampleNotice, wording: Wording, language: Language) -> list[Block]:
    accent = ACCENTS[notice.content_class]
    blocks = [Block(wording.title, language, 700, WHITE, leading=1.2, most_lines=3)]
    for number, figure in enumerate(wording.figures):
        blocks.append(
            Block(figure.label, language, 500, PALE, ratio=0.62, above=0.5 if not number else 0.15, most_lines=1)
        )
        blocks.append(
            Block(figure.value, language, 700, accent, ratio=1.6, leading=1.08, most_lines=1, least_ratio=1.0)
        )
    rules = notice.look is Look.RULES
    ratio = 0.62 if wording.figures else 0.7
    for number, sentence in enumerate(wording.sentences):
        above = (0.4 if wording.figures else 0.55) if not number else 0.2
        mark = accent if rules else None
        blocks.append(Block(sentence, language, 500, PALE, ratio=ratio, leading=1.26, above=above, bullet=mark))
    return blocks


def _paint_field(image: Image.Image, notice: SampleNotice, plan: Plan, accent: Colour) -> None:
    left, top, right, bottom = plan.field
    if notice.look is Look.SCENE:
        image.paste(waterfall(right - left, bottom - top), (left, top))
        return
    image.paste(accent, plan.field)
    side = round(min(right - left, bottom - top) * 0.74)
    if side < 8:
        return
    place = (left + (right - left - side) // 2, top + (bottom - top - side) // 2)
    image.paste(GROUND, (*place, place[0] + side, place[1] + side), mask(notice.sign, side))


def paint_sample_mark(canvas: ImageDraw.ImageDraw, width: int, height: int, colour: Colour = DIM) -> None:
    """Write "sample data" in all three languages into the lower right corner."""
    x, baseline, size = _mark_place(width, height)
    for number, language in enumerate((Language.ZH, Language.EN, Language.VI)):
        face = font(language, 500, size)
        text = SAMPLE_MARK[language]
        if number:
            between = font(Language.EN, 500, size)
            x -= between.getlength(" / ")
            canvas.text((round(x), round(baseline)), " / ", fill=colour, font=between, anchor="ls")
        x -= face.getlength(text)
        canvas.text((round(x), round(baseline)), text, fill=colour, font=face, anchor="ls")


def _mark_place(width: int, height: int) -> tuple[float, float, int]:
    """Return right edge, baseline and size of the mark in pixels."""
    margin = min(width, height) * _MARGIN
    return width - margin, height - margin * 0.7, max(6, round(min(width, height) * 0.038))

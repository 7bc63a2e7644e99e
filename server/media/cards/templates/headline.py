"""Headline, with or without a body: words at the left beside the accent bar, as large as they fit."""

from __future__ import annotations

from collections.abc import Callable

from playlists.card import Motion, Template
from playlists.language import Language
from playlists.measured import TextRole
from server.media.cards.composition import Box, Role
from server.media.cards.fitting import Align, Block, Flowing, Paragraph, Setting, fit
from server.media.cards.fonts import BOLD, MEDIUM
from server.media.cards.frame import Sizes, area_above_band, bar, content, least_px, run, running_texts
from server.media.cards.palette import Palette
from server.media.cards.sheet import Shape, Sheet

TITLE = Sizes(0.07, 0.27)
BODY = Sizes(0.05, 0.17)
BODY_RATIOS = (0.62, 0.68, 0.74, 0.8)
"""Of the title's em; the larger ones where the title is held back by its width."""
RUNNING = 0.36


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    box = content(sheet, bar(sheet, area_above_band(sheet)))
    if sheet.look.template is Template.HEADLINE and sheet.look.motion is Motion.TICKER:
        size = max(least_px(sheet, sheet.language, TITLE.least), sheet.share(RUNNING))
        run(sheet, running_texts(sheet), box, size, sheet.palette.ink, sheet.palette.ground)
        return
    set_words(sheet, box, TITLE)


def set_words(
    sheet: Sheet,
    box: Box,
    sizes: Sizes,
    *,
    palette: Palette | None = None,
    align: Align = Align.LEFT,
    upright: float = 0.5,
) -> None:
    """Set title and body of a card's one language into a box."""
    language, colours = sheet.language, palette or sheet.palette
    least, greatest = least_px(sheet, language, sizes.least), sheet.share(sizes.greatest)

    def with_body(ratio: float) -> Setting:
        return fit(items_of(sheet, language, colours, align=align, ratio=ratio), box, least, greatest, upright=upright)

    title, paragraphs = sheet.words(language)
    if not title and not paragraphs:
        return
    setting = with_body(BODY_RATIOS[0])
    if title and paragraphs and setting.fits:
        setting = _with_larger_body(setting, with_body)
    sheet.set(setting)


def _with_larger_body(setting: Setting, with_body: Callable[[float], Setting]) -> Setting:
    """Return the setting with the body as large as it goes without making the title smaller."""
    for ratio in BODY_RATIOS[1:]:
        larger = with_body(ratio)
        if not larger.fits or larger.laid.poor or larger.scale.base < setting.scale.base:
            break
        setting = larger
    return setting


def items_of(
    sheet: Sheet, language: Language, palette: Palette, *, align: Align = Align.LEFT, ratio: float = BODY_RATIOS[0]
) -> list[Flowing]:
    """Return title and paragraphs as things to set; two paragraphs or more have marks before them."""
    title, paragraphs = sheet.words(language)
    blocks = [title_block(sheet, title, language, palette, align)] if title else []
    marked = len(paragraphs) > 1 and align is Align.LEFT
    for number, paragraph in enumerate(paragraphs):
        blocks.append(
            Block(
                paragraph,
                language,
                TextRole.BODY,
                MEDIUM,
                palette.pale,
                palette.ground,
                ratio=ratio if title else 1.0,
                small_ratio=0.86,
                least=least_px(sheet, language, BODY.least),
                above=0.36 if number else 0.62,
                align=align,
                bullet=palette.value if marked else None,
            )
        )
    return [Paragraph(block) for block in blocks]


def title_block(sheet: Sheet, title: str, language: Language, palette: Palette, align: Align = Align.LEFT) -> Block:
    """Return a title as a block."""
    return Block(
        title,
        language,
        TextRole.TITLE,
        BOLD,
        palette.ink,
        palette.ground,
        least=least_px(sheet, language, TITLE.least),
        align=align,
        wanted_lines=4 if sheet.shape is Shape.PORTRAIT else 3,
        layer=Role.TITLE,
    )

"""All three languages on one card: Vietnamese first and largest, the others at most three quarters of its size."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from playlists.language import Language
from playlists.measured import TextRole
from server.media.cards.composition import Box
from server.media.cards.fitting import BESIDE_MOST, Block, Flowing, Group, Paragraph, fit_best
from server.media.cards.frame import Sizes, area_above_band, bar, content, least_px
from server.media.cards.sheet import Shape, Sheet
from server.media.cards.templates.headline import BODY, items_of

TITLE = Sizes(0.07, 0.2)
_SHARES = (0.36, 0.42, 0.48, 0.54, 0.57, 0.6, 0.63)
_LEFT_SHARES = (0.5, 0.64, 0.42)
_OTHERS = (Language.EN, Language.ZH)


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    box = content(sheet, bar(sheet, area_above_band(sheet)))
    ways = [_stacked(sheet, box, share) for share in _SHARES]
    if sheet.shape is not Shape.PORTRAIT:
        ways += [_columns(sheet, box, share, left) for share in _SHARES for left in _LEFT_SHARES]
    least = max(least_px(sheet, one, TITLE.least * BESIDE_MOST) for one in _OTHERS)
    least = max(least_px(sheet, Language.VI, TITLE.least), ceil(least / BESIDE_MOST))
    chosen, settings = fit_best([groups for _, groups in ways], least, sheet.share(TITLE.greatest))
    for rule in ways[chosen][0]:
        sheet.fill(rule, sheet.palette.line)
    for setting in settings:
        sheet.set(setting)


def _groups(sheet: Sheet, boxes: dict[Language, tuple[Box, bool]]) -> list[Group]:
    """Return the languages with their boxes; those side by side begin at the same height."""
    return [Group(tuple(_items(sheet, one)), box, 0.0 if beside else 0.5) for one, (box, beside) in boxes.items()]


def _items(sheet: Sheet, language: Language) -> list[Flowing]:
    """Return a language's words; each block of another language stays below its Vietnamese counterpart."""
    blocks = _blocks(sheet, language)
    if language is Language.VI:
        return [Paragraph(block) for block in blocks]
    first = {block.role: block for block in reversed(_blocks(sheet, Language.VI))}
    return [Paragraph(_lesser(sheet, block, first.get(block.role))) for block in blocks]


def _blocks(sheet: Sheet, language: Language) -> list[Block]:
    items = items_of(sheet, language, sheet.palette)
    return [item.block for item in items if isinstance(item, Paragraph)]


def _lesser(sheet: Sheet, block: Block, beside: Block | None) -> Block:
    least = (TITLE if block.role is TextRole.TITLE else BODY).least
    small = block.ratio if block.small_ratio is None else block.small_ratio
    return replace(
        block,
        ratio=block.ratio * BESIDE_MOST,
        small_ratio=small * BESIDE_MOST,
        beside=beside,
        least=least_px(sheet, block.language, least * BESIDE_MOST),
    )


def _stacked(sheet: Sheet, box: Box, share: float) -> tuple[list[Box], list[Group]]:
    """Three rows."""
    gap = _gap(sheet)
    first = round(box.height * share)
    rest = (box.height - first - 2 * gap) // 2
    tops = (box.y, box.y + first + gap, box.y + first + 2 * gap + rest)
    boxes = {
        one: (Box(box.x, y, box.width, max(1, high)), False)
        for one, y, high in zip((Language.VI, *_OTHERS), tops, (first, rest, rest), strict=True)
    }
    rules = [_rule(sheet, box, y - gap // 2) for y in tops[1:]]
    return rules, _groups(sheet, boxes)


def _columns(sheet: Sheet, box: Box, share: float, left: float) -> tuple[list[Box], list[Group]]:
    """Vietnamese above, the others side by side below it."""
    gap = _gap(sheet)
    first = round(box.height * share)
    wide = round((box.width - 2 * gap) * left)
    beside = box.width - 2 * gap - wide
    y, high = box.y + first + gap, max(1, box.height - first - gap)
    boxes = {
        Language.VI: (box._replace(height=first), False),
        Language.EN: (Box(box.x, y, wide, high), True),
        Language.ZH: (Box(box.right - beside, y, beside, high), True),
    }
    return [_rule(sheet, box, y - gap // 2)], _groups(sheet, boxes)


def _gap(sheet: Sheet) -> int:
    return sheet.share(0.07, least=3)


def _rule(sheet: Sheet, box: Box, y: int) -> Box:
    return Box(box.x, y, box.width, sheet.share(0.004))

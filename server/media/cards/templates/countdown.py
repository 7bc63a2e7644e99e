"""Countdown: the words, the deadline in words, and a calendar leaf or what is left of the time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from playlists.daypart import zone
from playlists.language import Language
from playlists.measured import TextRole
from playlists.phrases import month, pick, weekday
from playlists.typed import BEIJING, DateTimeValue
from playlists.typed import written as written_value
from server.media.cards.composition import Box, Role
from server.media.cards.fitting import Align, Block, Flowing, Paragraph, fit
from server.media.cards.fonts import BOLD, MEDIUM
from server.media.cards.frame import Sizes, area_above_band, bar, content, least_px
from server.media.cards.palette import Colour, readable_on
from server.media.cards.sheet import Shape, Sheet
from server.media.cards.templates.headline import BODY, items_of
from server.media.cards.templates.queue import tiles
from server.media.cards.templates.table import rows_of

TITLE = Sizes(0.07, 0.2)
LEAF = Sizes(0.1, 0.5)
LEAF_SHARE = 0.34
_BEIJING = ZoneInfo(BEIJING)
"""A deadline is said in the time of the site, Chinese words add Beijing time."""
_LEAST_WITH_WEEKDAY_PX = 160
_DAY_AND_TIME = ("{}, {}", "{}, {}", "{} {}")
_UNTIL = ("Đến {}", "Until {}", "截至{}")


def draw(sheet: Sheet) -> None:
    """Draw the card."""
    language = sheet.language
    box = content(sheet, bar(sheet, area_above_band(sheet)))
    tile, words = _tile_and_words(sheet, box)
    rows = rows_of(sheet, language)
    if rows:
        tiles(sheet, rows[:1], tile, "remaining")
    else:
        _leaf(sheet, tile)
    items = items_of(sheet, language, sheet.palette, ratio=0.56)
    until = Block(
        deadline_words(_deadline(sheet), zone(sheet.look.zone), language, with_day=not sheet.is_tiny),
        language,
        TextRole.LABEL,
        MEDIUM,
        sheet.palette.value,
        sheet.palette.ground,
        ratio=0.62,
        small_ratio=0.86,
        least=least_px(sheet, language, BODY.least),
        above=0.5,
    )
    items.insert(1 if sheet.words(language)[0] else 0, Paragraph(until))
    sheet.set(fit(items, words, least_px(sheet, language, TITLE.least), sheet.share(TITLE.greatest)))


def _deadline(sheet: Sheet) -> datetime:
    place = zone(sheet.look.zone)
    return (sheet.look.deadline or datetime.fromtimestamp(0, place)).astimezone(place)


def deadline_words(local: datetime, place: ZoneInfo, language: Language, *, with_day: bool = True) -> str:
    """Return a deadline as it is said; in few words, without the day, where the leaf beside it says the day."""
    if with_day:
        said = written_value(DateTimeValue(day=local.date(), at=f"{local:%H:%M}"), language, place)
    elif language is Language.ZH:
        there = local.astimezone(_BEIJING)
        said = f"{local:%H:%M}" + (f"，北京{there:%H:%M}" if there.utcoffset() != local.utcoffset() else "")
    else:
        said = f"{local:%H:%M}"
    return pick(_UNTIL, language).format(said)


def _tile_and_words(sheet: Sheet, box: Box) -> tuple[Box, Box]:
    """Return the place of the tile (at the right, or at the top) and that of the words."""
    gap = sheet.margin if not sheet.is_tiny else 2 * sheet.margin
    if sheet.shape is Shape.PORTRAIT:
        high = round(box.height * LEAF_SHARE)
        return box._replace(height=high, width=min(box.width, round(high * 1.1))), box.inset(0, high + gap, 0, 0)
    wide = min(round(box.width * LEAF_SHARE), round(box.height * 0.92))
    tile = Box(box.right - wide, box.y, wide, box.height)
    if not sheet.is_tiny:
        high = min(box.height, round(wide * 1.06))
        tile = Box(box.right - wide, box.y + (box.height - high) // 2, wide, high)
    return tile, box.inset(0, 0, wide + gap, 0)


def _leaf(sheet: Sheet, tile: Box) -> None:
    """Draw the deadline's day as a leaf of a calendar: month above, the day large, weekday and time below."""
    local, language = _deadline(sheet), sheet.language
    head = tile._replace(height=max(1, round(tile.height * 0.24)))
    sheet.fill(tile, sheet.palette.tile)
    sheet.fill(head, sheet.palette.accent)
    on_accent = readable_on(sheet.palette.accent)
    air = max(1, round(min(tile.width, tile.height) * 0.06))
    least = least_px(sheet, language, 0)
    names = _months(local, language)
    tops = [
        fit(
            [Paragraph(_small(name, language, on_accent, sheet.palette.accent, least))],
            head.inset(air, 1),
            least,
            max(least, round(head.height * 0.62)),
        )
        for name in names
    ]
    sheet.set(next((top for top in tops if top.fits and top.scale.base >= least), tops[-1]))
    body = tile.inset(air, head.height + air, air, air)
    day = Block(
        str(local.day),
        language,
        TextRole.VALUE,
        BOLD,
        sheet.palette.ink,
        sheet.palette.tile,
        align=Align.CENTRE,
        layer=Role.ROWS,
    )
    items: list[Flowing] = [Paragraph(day)]
    if sheet.unit >= _LEAST_WITH_WEEKDAY_PX:
        below = pick(_DAY_AND_TIME, language).format(_capitals(weekday(local.isoweekday(), language)), f"{local:%H:%M}")
        items.append(
            Paragraph(_small(below, language, sheet.palette.pale, sheet.palette.tile, least, ratio=0.27, above=0.9))
        )
    least_day = least_px(sheet, language, LEAF.least)
    sheet.set(fit(items, body, least_day, sheet.share(LEAF.greatest)))


def _small(
    text: str, language: Language, colour: Colour, ground: Colour, least: int, *, ratio: float = 1.0, above: float = 0.0
) -> Block:
    return Block(
        text,
        language,
        TextRole.LABEL,
        BOLD,
        colour,
        ground,
        ratio=ratio,
        least=least,
        above=above,
        align=Align.CENTRE,
        most_lines=1,
        layer=Role.ROWS,
    )


def _months(local: datetime, language: Language) -> tuple[str, ...]:
    """Return the month as a leaf's head says it, and in few letters."""
    if language is Language.VI:
        return f"{local.month:02}/{local.year}", f"Thg {local.month}"
    name = _capitals(month(local.month, language))
    return name, name[:3]


def _capitals(text: str) -> str:
    return text[:1].upper() + text[1:]

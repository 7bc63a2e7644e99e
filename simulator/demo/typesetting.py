"""Setting Vietnamese, English and Chinese text: fonts, line breaks, and the largest size that fits a box.

Vietnamese and English break at spaces. Chinese breaks between characters, except that closing punctuation never begins
a line, opening punctuation never ends one, and numbers and times stay whole (W3C "Requirements for Chinese Text
Layout"). A no-break space holds words together in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import NamedTuple

from PIL import ImageDraw, ImageFont

from playlists.language import Language

Colour = tuple[int, int, int]

LEAST_SIZE_PX = 6
CLOSING = "，。、；：？！）》”’…％℃"
OPENING = "（《“‘"
_HAN_OR_MARK = re.compile(rf"[{OPENING}]*(?:[^\x00-\x7f–°\u00a0]|[\x00-\x7f–°\u00a0]+)[{CLOSING}]*")
_LATIN = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}


@lru_cache(maxsize=512)
def font(language: Language, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """Return the face of a language: Noto Sans SC for Chinese, Be Vietnam Pro for the others; size in pixels."""
    if language is Language.ZH:
        where = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"
    else:
        where = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{_LATIN[weight]}.ttf"
    with as_file(where) as path:
        face = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
    if language is Language.ZH:
        face.set_variation_by_axes([weight])
    return face


def pieces(text: str, language: Language) -> list[str]:
    """Return the parts between which a line may end; a part that follows a space begins with it."""
    if language is Language.ZH:
        return _HAN_OR_MARK.findall(text)
    return re.findall(r" ?[^ ]+", text)


def wrap(text: str, language: Language, face: ImageFont.FreeTypeFont, width: float) -> list[str] | None:
    """Break text into the fewest lines of at most `width` pixels, of about equal length; None if a part is too wide."""
    parts = pieces(text, language)
    lines = _greedy(parts, face, width)
    if lines is None or len(lines) == 1:
        return lines
    low, high = width / 2, width
    while high - low > 1:
        middle = (low + high) / 2
        closer = _greedy(parts, face, middle)
        if closer is None or len(closer) > len(lines):
            low = middle
        else:
            high, lines = middle, closer
    return lines


def _greedy(parts: Iterable[str], face: ImageFont.FreeTypeFont, width: float) -> list[str] | None:
    lines = [""]
    for part in parts:
        longer = lines[-1] + part if lines[-1] else part.lstrip(" ")
        if face.getlength(longer) <= width:
            lines[-1] = longer
        elif face.getlength(part.lstrip(" ")) <= width and lines[-1]:
            lines.append(part.lstrip(" "))
        else:
            return None
    return lines


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: its size relative to the title's, line height and space above in parts of its own size.

    `bullet` reserves room for a mark before it; `most_lines` makes a size not fit that needs more.
    """

    text: str
    language: Language
    weight: int
    colour: Colour
    ratio: float = 1.0
    leading: float = 1.28
    above: float = 0.0
    bullet: Colour | None = None
    most_lines: int = 99


class Line(NamedTuple):
    """One set line: where its baseline begins, in pixels."""

    x: float
    baseline: float
    text: str
    face: ImageFont.FreeTypeFont
    colour: Colour


class Bullet(NamedTuple):
    """A square mark: its left, top and side in pixels."""

    x: float
    y: float
    side: float
    colour: Colour


class Box(NamedTuple):
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float


class Setting(NamedTuple):
    """Text with its places; `size` is the title's size in pixels."""

    lines: list[Line]
    bullets: list[Bullet]
    size: int


def set_in(box: Box, blocks: Sequence[Block], largest: int) -> Setting:
    """Set the blocks below each other as large as the box allows (title at most `largest` pixels), centred upright.

    Raises:
        ValueError: even the smallest letters do not fit.
    """
    for size in range(max(largest, LEAST_SIZE_PX), LEAST_SIZE_PX - 1, -1):
        setting = _set_at(size, box, blocks)
        if setting is not None:
            return setting
    raise ValueError(f"{blocks[0].text!r} does not fit into {box.width:.0f}x{box.height:.0f} px.")


def _set_at(size: int, box: Box, blocks: Sequence[Block]) -> Setting | None:
    lines: list[Line] = []
    bullets: list[Bullet] = []
    y = 0.0
    for block in blocks:
        own = max(LEAST_SIZE_PX, round(size * block.ratio))
        face = font(block.language, block.weight, own)
        indent = own * 0.85 if block.bullet else 0.0
        broken = wrap(block.text, block.language, face, box.width - indent)
        if broken is None or len(broken) > block.most_lines:
            return None
        y += block.above * own
        leading = block.leading + (0.08 if block.language is Language.ZH else 0.0)
        for number, text in enumerate(broken):
            baseline = y + leading * own / 2 + own * 0.36
            lines.append(Line(box.x + indent, baseline, text, face, block.colour))
            if block.bullet and not number:
                side = max(2, round(own * 0.36))
                bullets.append(Bullet(box.x, baseline - own * 0.36 - side / 2, side, block.bullet))
            y += leading * own
        if y > box.height:
            return None
    top = box.y + (box.height - y) / 2
    return Setting(
        [line._replace(baseline=line.baseline + top) for line in lines],
        [bullet._replace(y=bullet.y + top) for bullet in bullets],
        size,
    )


def paint(draw: ImageDraw.ImageDraw, setting: Setting) -> None:
    """Draw the setting."""
    for bullet in setting.bullets:
        x, y = round(bullet.x), round(bullet.y)
        draw.rectangle((x, y, x + bullet.side - 1, y + bullet.side - 1), fill=bullet.colour)
    for line in setting.lines:
        draw.text((round(line.x), round(line.baseline)), line.text, fill=line.colour, font=line.face, anchor="ls")

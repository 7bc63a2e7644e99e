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

from PIL import ImageDraw, ImageFont, features

from playlists.language import Language

Colour = tuple[int, int, int]

LEAST_SIZE_PX = 6
CLOSING = "，。、；：？！）》”’…％℃"
OPENING = "（《“‘"
_WHOLE = (
    "即北京时间|北京时间|越南时间|开放时间|更新时间|另行通知|节假日|出入境|通行证|护照|签证|工作人员|指引|排队|遗失|拾到"
    "|物品|服务台|联检大楼|一层|或致电|购票|垃圾箱|垃圾|正门|边境地区|无人机|放飞|持有|主管部门|颁发"
    "|许可证|防滑鞋|雨衣|携带|建议|手续|证件|禁止|许可|听从|远离|水边|求助电话|口岸|瀑布"
    "|今日|天气|欢迎|招领|请勿|翻越|游泳|乘竹筏|救生衣|看护|儿童|投入|有效"
)
"""Chinese words that a line does not split; longer words stand before their parts."""
_HAN_OR_MARK = re.compile(rf"[{OPENING}]*(?:{_WHOLE}|[^\x00-\x7f–°\u00a0]|[\x00-\x7f–°\u00a0]+)[{CLOSING}]*")
_CLAUSE = re.compile(rf"[^，；。]+[，；。][{CLOSING}]*|[^，；。]+")
_LATIN = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}


@lru_cache(maxsize=512)
def font(language: Language, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """Return the face of a language: Noto Sans SC for Chinese, Be Vietnam Pro for the others; size in pixels."""
    if language is Language.ZH:
        where = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"
    else:
        where = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{_LATIN[weight]}.ttf"
    with as_file(where) as path:
        face = ImageFont.truetype(path, size, layout_engine=_layout())
    if language is Language.ZH:
        face.set_variation_by_axes([weight])
    return face


@lru_cache(maxsize=1)
def _layout() -> ImageFont.Layout:
    """Raqm where its libraries are; composed Vietnamese and Chinese are also right in the plain layout."""
    return ImageFont.Layout.RAQM if features.check_feature("raqm") else ImageFont.Layout.BASIC


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
    if language is Language.ZH:
        clauses = _greedy(_CLAUSE.findall(text), face, width)
        if clauses is not None and len(clauses) == len(lines):
            return clauses
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

    `bullet` reserves room for a mark before it; `most_lines` makes a size not fit that needs more. With
    `least_ratio` the block alone may shrink so far to fit on one line.
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
    least_ratio: float | None = None


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
        own = _own_size(size, block, box.width)
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


def _own_size(size: int, block: Block, width: float) -> int:
    own = max(LEAST_SIZE_PX, round(size * block.ratio))
    if block.least_ratio is not None:
        least = max(LEAST_SIZE_PX, round(size * block.least_ratio))
        natural = font(block.language, block.weight, own).getlength(block.text)
        own = max(least, min(own, int(own * width / natural)))
    return own


def paint(draw: ImageDraw.ImageDraw, setting: Setting) -> None:
    """Draw the setting."""
    for bullet in setting.bullets:
        x, y = round(bullet.x), round(bullet.y)
        draw.rectangle((x, y, x + bullet.side - 1, y + bullet.side - 1), fill=bullet.colour)
    for line in setting.lines:
        draw.text((round(line.x), round(line.baseline)), line.text, fill=line.colour, font=line.face, anchor="ls")

"""Where a line may end, and how gladly, for each language.

Vietnamese and English end lines at spaces only; words are never cut, and only an address or a word of more than
`LONGEST_WORD` characters may break where the Unicode line breaking algorithm (UAX #14) allows it. Chinese breaks as
UAX #14 says, so that no closing mark begins a line and no opening mark ends one; words are split only where it must be.
In every language numbers, times, ranges and telephone numbers stay whole and keep their units.
"""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from icu4py.breakers import LineBreaker, WordBreaker

from playlists.language import Language

LONGEST_WORD = 24

CLOSING = frozenset("，。、；：？！）》”’…％℃·～)]},.;:?!%°")
"""Marks that begin no line."""
OPENING = frozenset("（《“‘([{")
"""Marks that end no line."""

FREE, WORD, CLOSE, INSIDE = 0.0, 0.04, 0.2, 2.0
"""What it costs to end a line: after a clause, between words, between words that belong together, within a word."""

_NAMES = (
    "越南时间",
    "北京时间",
    "当地时间",
    "茶岭",
    "板约",
    "高平",
    "越南",
    "重庆",
    "无人机",
    "放飞",
    "通行证",
    "出入境",
    "许可证",
    "联检大楼",
    "服务台",
    "节假日",
    "救生衣",
    "防滑鞋",
    "购票",
    "停运",
)
"""Names and terms of the agreed glossary that the dictionary of words lacks or splits."""
_NAME = re.compile("|".join(_NAMES))
_SPACED_NAMES = frozenset(
    tuple(name.split()) for name in ("bản giốc", "trà lĩnh", "cao bằng", "trùng khánh", "việt nam", "hà nội", "hạ lang")
)
_LEADING = frozenset(re.findall(r"\w+", "a an the to of in at on or and for by với và của để từ đến tại ở"))
"""Words that lead to the next and look lost at the end of a line."""

_RANGE_END = re.compile(r"[0-9][\u00a0 ]?[–—~～-]$")
_DIGIT_START = re.compile(r"^[0-9]")
_HAN_UNITS = "公里|千米|厘米|毫米|米|公斤|千克|吨|越盾|盾|元|分钟|小时|秒|[分点时日月年天号层楼度人岁个次张倍名位辆路]"
_NUMBER_WITH_UNIT = re.compile(rf"[0-9] ?(?:{_HAN_UNITS})")
_UNIT = re.compile(
    r"^(?:公里|千米|厘米|毫米|米|公斤|千克|吨|元|分钟|小时|秒|分|点|时|日|月|年|天|号|层|楼|度|人|岁|个|次|张|倍|名|位|辆|路|米/)"
)
_UNIT = re.compile(
    r"^(?:km|m|cm|mm|kg|g|l|ml|km/h|m/s|m²|m2|ha|°c|℃|°|%|₫|đ|vnđ|vnd|usd|cny|đồng|giờ|phút|giây|am|pm|h|min)[.,;:)!?]*$",
    re.IGNORECASE,
)
_MONTHS = frozenset(name.casefold() for name in (*month_name[1:], *month_abbr[1:]))
_DASH = re.compile(r"^[–—-]$")
_NUMBER_WORD = re.compile(r"^\+?[0-9][0-9.,:/–-]*$")
_PHONE_PART = re.compile(r"^\(?\+?[0-9]{2,}[0-9).,;]*$")


class Piece(NamedTuple):
    """A part that no line splits; `spaced` tells that a space follows it within a line, `cost` what a break costs."""

    text: str
    spaced: bool
    cost: float


@lru_cache(maxsize=512)
def pieces(text: str, language: Language) -> tuple[Piece, ...]:
    """Return the parts of a paragraph (as `fonts.drawable` returns it) between which a line may end."""
    return tuple(_han_pieces(text) if language is Language.ZH else _spaced_pieces(text))


def _spaced_pieces(text: str) -> Iterator[Piece]:
    words = text.split(" ")
    held = ""
    for word, after in pairwise([*words, None]):
        held = f"{held} {word}" if held else word or ""
        if after is not None and _holds(word or "", after):
            continue
        yield from _cut(held, _cost_between(word or "", after))
        held = ""


def _holds(word: str, after: str) -> bool:
    """Tell whether two words stay on one line: a number and its unit, a telephone number, a dash after a word."""
    if _DASH.match(after):
        return True
    if (word.strip("“”‘’(").casefold(), after.rstrip(".,;:!?)”’").casefold()) in _SPACED_NAMES:
        return True
    if _NUMBER_WORD.match(word) and (_UNIT.match(after) or after.rstrip(".,;").casefold() in _MONTHS):
        return True
    return bool(_PHONE_PART.match(word) and re.match(r"^[0-9]{3,}", after))


def _cost_between(word: str, after: str | None) -> float:
    if after is None or word.endswith((".", ",", ";", ":", "–", "—", "?", "!")):
        return FREE
    if _NUMBER_WORD.match(after) or _NUMBER_WORD.match(word):  # "tầng 1", "31 December"
        return CLOSE
    return CLOSE / 2 if word.casefold() in _LEADING else WORD


def _cut(word: str, cost: float) -> Iterator[Piece]:
    longest = max(len(part) for part in re.split("[\u00a0 ]", word))
    if longest <= LONGEST_WORD:
        yield Piece(word, spaced=True, cost=cost)
        return
    parts = [part.rstrip(" ") for part in LineBreaker(word, "en")]
    for part in parts[:-1]:
        yield Piece(part, spaced=False, cost=INSIDE)
    yield Piece(parts[-1], spaced=True, cost=cost)


_HAN_WORD = 0.12
"""What it costs to end a Chinese line between words rather than at a mark."""


def _han_pieces(text: str) -> Iterator[Piece]:
    inside = _places_inside_words(text)
    held, at = "", 0
    segments = list(LineBreaker(text, "zh"))
    for segment, after in pairwise([*segments, ""]):
        held += segment
        at += len(segment)
        if after and (_holds_han(held, after) or inside.get(at) == _NEVER):
            continue
        bare = held.rstrip(" ")
        cost = FREE if not after or bare[-1:] in CLOSING else inside.get(at, _HAN_WORD)
        yield Piece(bare, spaced=held.endswith(" "), cost=cost)
        held = ""


_NEVER = 99.0


def _places_inside_words(text: str) -> dict[int, float]:
    """Return the cost of breaking at places within words; names and units are never split."""
    places: dict[int, float] = {}
    for start, end in WordBreaker(text, "zh").segments():
        places.update(dict.fromkeys(range(start + 1, end), INSIDE))
    for whole in (*_NAME.finditer(text), *_NUMBER_WITH_UNIT.finditer(text)):
        places.update(dict.fromkeys(range(whole.start() + 1, whole.end()), _NEVER))
    return places


def _holds_han(held: str, after: str) -> bool:
    if after[0] in CLOSING or held.rstrip(" ")[-1:] in OPENING:
        return True
    return bool(_DIGIT_START.match(after) and (_RANGE_END.search(held) or re.search(r"[0-9] $", held)))

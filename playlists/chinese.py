"""Chinese as the panels set it: full-width punctuation, half-width digits and letters, no spaces around digits.

Decides how widths are put right and which characters are Traditional only; nothing is translated.
"""

from __future__ import annotations

import re

from playlists.traditional import SIMPLIFIED

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_CJK = _HAN + "\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
"""Han characters and their punctuation."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FULL_WIDTH |= {0xFF05: ord("%"), 0xFF0B: ord("+"), 0xFF20: ord("@")}
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_NARROW_BETWEEN_DIGITS = {"，": ",", "：": ":", "．": ".", "。": "."}
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[，：．](?=[0-9])")
_BRACKETS = re.compile(r"\(([^()（）\n]*)\)")
_TO_WIDEN = re.compile(rf"(?<=[{_CJK}}}])[ ]?[,;:?!](?![0-9])|(?<=[{_HAN}])[,;:](?=[0-9])|[,;:?!](?=[ ]?[{_HAN}])")
_FULL_STOP = re.compile(rf"(?<=[{_CJK}}}])\.(?![0-9A-Za-z.])")
_SPACES = re.compile(rf"(?<=[{_CJK}])[ ]+(?=[{_CJK}0-9{{])|(?<=[0-9}}])[ ]+(?=[{_CJK}])")
_HAN_ONE = re.compile(f"[{_HAN}]")


def traditional_in(text: str) -> dict[str, str]:
    """Return the characters of a text that only Traditional Chinese has, with their Simplified forms."""
    return {char: SIMPLIFIED[char] for char in dict.fromkeys(text) if char in SIMPLIFIED}


def simplified(text: str) -> str:
    """Return a text with each Traditional-only character in its Simplified form."""
    return "".join(SIMPLIFIED.get(char, char) for char in text)


def set_widths(text: str) -> str:
    """Return Chinese with the widths that the panels use; text without Han characters stays as it is.

    >>> set_widths("每日 07：00–17：00(越南时间),即北京时间０８:00。")
    '每日07:00–17:00（越南时间），即北京时间08:00。'
    """
    if not _HAN_ONE.search(text):
        return text
    narrowed = _BETWEEN_DIGITS.sub(
        lambda found: _NARROW_BETWEEN_DIGITS[found.group(0)], text.replace("\u3000", " ").translate(_FULL_WIDTH)
    )
    return _settled(narrowed)


def _settled(text: str) -> str:
    """Widen until nothing changes: a widened mark may stand beside the next one."""
    while True:
        again = _BRACKETS.sub(_wide_brackets, text)
        again = _TO_WIDEN.sub(lambda found: _WIDE[found.group(0).strip()], again)
        again = _SPACES.sub("", _FULL_STOP.sub("。", again))
        if again == text:
            return again
        text = again


def _wide_brackets(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()].rstrip()[-1:], found.string[found.end() :].lstrip()[:1]
    beside = _HAN_ONE.search(found.group(1) + before + after)
    return f"（{found.group(1)}）" if beside else found.group(0)

"""The languages of a notice, and text folding for search."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class Language(StrEnum):
    """The three languages that every notice needs; `zh` is zh-Hans."""

    VI = "vi"
    EN = "en"
    ZH = "zh"


class SegmentLanguage(StrEnum):
    """The language of a segment; `mul` shows all three on one picture."""

    VI = "vi"
    EN = "en"
    ZH = "zh"
    MUL = "mul"


def fold(text: str) -> str:
    """Return text as search compares it: no case, no Vietnamese accents, `đ` as `d`, single spaces.

    >>> fold("  Thác BẢN Giốc, Đường ")
    'thac ban gioc, duong'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.split())


def clean_name(text: str, *, most: int = 120) -> str:
    """Return a display name: NFC, no control or bidirectional characters, single spaces, at most `most` characters."""
    kept = (
        char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) not in _UNSAFE or char == " "
    )
    return " ".join("".join(kept).split())[:most].strip()


_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

"""Cleaning of typed and pasted text: one way of writing each character, nothing invisible, old fonts converted.

What is certain is put right and said; what needs a person (Traditional characters, quotes, exclamation marks) is only
named, with what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from playlists.chinese import set_widths, traditional_in
from playlists.language import Language
from playlists.old_fonts import OldFont, convert


class RemarkCode(StrEnum):
    """What was put right, and what a person should look at."""

    CONVERTED_TCVN3 = "converted_tcvn3"
    CONVERTED_VNI = "converted_vni"
    INVISIBLE = "invisible"
    LOOKALIKE = "lookalike"
    WIDTHS = "widths"
    TRADITIONAL = "traditional"
    EXCLAMATION = "exclamation"
    QUOTES = "quotes"


PUT_RIGHT = frozenset(
    {
        RemarkCode.CONVERTED_TCVN3,
        RemarkCode.CONVERTED_VNI,
        RemarkCode.INVISIBLE,
        RemarkCode.LOOKALIKE,
        RemarkCode.WIDTHS,
    }
)


class Remark(NamedTuple):
    """One remark: the text it is about, and what stands or should stand instead."""

    code: RemarkCode
    text: str = ""
    replacement: str = ""

    @property
    def is_done(self) -> bool:
        """Tell whether it was put right already."""
        return self.code in PUT_RIGHT


class Cleaned(NamedTuple):
    """Clean text, and what was found on the way."""

    text: str
    remarks: tuple[Remark, ...] = ()


def clean(text: str, language: Language) -> Cleaned:
    """Return a text of a language clean: NFC, single spaces, lines without ends; cleaning it again changes nothing."""
    remarks: list[Remark] = []
    normal = unicodedata.normalize("NFC", text)
    if language is Language.VI:
        normal = _vietnamese(normal, remarks)
    seen = _visible(normal, remarks)
    spaced = _spaced(_without_lookalikes(seen, remarks))
    if language is Language.ZH:
        spaced = _chinese(spaced, remarks)
    return Cleaned(spaced, (*remarks, *_advice(spaced, language)))


_FONTS = {OldFont.TCVN3: RemarkCode.CONVERTED_TCVN3, OldFont.VNI: RemarkCode.CONVERTED_VNI}


def _vietnamese(text: str, remarks: list[Remark]) -> str:
    found = convert(text)
    if found is not None:
        remarks.append(Remark(_FONTS[found.font], text, found.text))
        text = found.text
    put_right = text.translate({ord("Ð"): "Đ", ord("ð"): "đ", 0x0189: "Đ", 0x0256: "đ"})
    if put_right != text:
        remarks.append(Remark(RemarkCode.LOOKALIKE, "Ð", "Đ"))
    return put_right


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANKS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
_LINES = re.compile("\r\n?|\u2028|\u2029|\u0085|\v|\f")


def _visible(text: str, remarks: list[Remark]) -> str:
    lined = _LINES.sub("\n", text).replace("\t", " ")
    gone = [char for char in lined if char != "\n" and _is_invisible(char)]
    if not gone:
        return lined
    names = ", ".join(f"U+{ord(char):04X}" for char in dict.fromkeys(gone))
    remarks.append(Remark(RemarkCode.INVISIBLE, names))
    kept = "".join(char for char in lined if char == "\n" or not _is_invisible(char))
    return unicodedata.normalize("NFC", kept)


def _is_invisible(char: str) -> bool:
    code = ord(char)
    is_selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return is_selector or char in _BLANKS or unicodedata.category(char) in _INVISIBLE


def _without_lookalikes(text: str, remarks: list[Remark]) -> str:
    """Return text with the radicals that copying from PDF leaves in place of Han characters put right."""
    odd = [char for char in dict.fromkeys(text) if 0x2E80 <= ord(char) <= 0x2FDF]
    for char in odd:
        plain = unicodedata.normalize("NFKC", char)
        if plain != char:
            remarks.append(Remark(RemarkCode.LOOKALIKE, char, plain))
            text = text.replace(char, plain)
    return text


_SPACE = re.compile(r"[^\S\n]+")
_MANY_LINES = re.compile(r"\n{3,}")


def _spaced(text: str) -> str:
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _chinese(text: str, remarks: list[Remark]) -> str:
    widths = _spaced("\n".join(set_widths(line) for line in text.split("\n")))
    if widths != text:
        remarks.append(Remark(RemarkCode.WIDTHS, text, widths))
    return widths


_STRAIGHT = re.compile(r'"([^"\n]*)"')
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def _advice(text: str, language: Language) -> Iterator[Remark]:
    if language is Language.ZH:
        yield from (Remark(RemarkCode.TRADITIONAL, char, plain) for char, plain in traditional_in(text).items())
    for mark, stop in (("!", "."), ("！", "。")):
        if mark in text:
            yield Remark(RemarkCode.EXCLAMATION, mark, stop)
    for found in _STRAIGHT.finditer(text):
        yield Remark(RemarkCode.QUOTES, found.group(0), f"“{found.group(1)}”")
    for found in dict.fromkeys(_APOSTROPHE.findall(text)):
        yield Remark(RemarkCode.QUOTES, found, "’")

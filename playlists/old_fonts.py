"""Vietnamese typed for the fonts of before Unicode, TCVN3 (.VnTime) and VNI (VNI-Times): recognised and converted.

Pasted without its font such text reads "Th«ng b¸o" or "Thoâng baùo". It is converted only when nearly every word
becomes a Vietnamese syllable and, as it stands, is none: proper Vietnamese, English, French or Chinese stays.

The tables are those of TCVN 5712:1993 (VN3) and of VNI for Windows, as the converters of the field have them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from playlists.syllable import is_syllable


class OldFont(StrEnum):
    """The two ways of before Unicode that offices still have files in."""

    TCVN3 = "tcvn3"
    VNI = "vni"


_TCVN3_LETTERS = (
    "µà¶ả·ã¸á¹ạ¨ă»ằ¼ẳ½ẵ¾ắÆặ©âÇầÈẩÉẫÊấËậ®đÌèÎẻÏẽÐéÑẹªêÒềÓểÔễÕếÖệ×ìØỉÜĩÝíÞị"
    "ßòáỏâõãóäọ«ôåồæổçỗèốéộ¬ơêờëởìỡíớîợïùñủòũóúôụ\u00adưõừöử÷ữøứùựúỳûỷüỹýýþỵ¡Ă¢Â£Ê¤Ô¥Ơ¦Ư§Đ"
)
TCVN3 = dict(zip(_TCVN3_LETTERS[::2], _TCVN3_LETTERS[1::2], strict=True))
"""From the character that a TCVN3 letter is stored as to the letter."""

_VNI_TONED = {"a": "áàảãạ", "e": "éèẻẽẹ", "o": "óòỏõọ", "u": "úùủũụ", "ô": "ớờởỡợ", "ö": "ứừửữự"}
_VNI_HATTED = {"a": "âấầẩẫậ", "e": "êếềểễệ", "o": "ôốồổỗộ"}
_VNI_BREVE = "ăắằẳẵặ"
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    for base, letters in _VNI_TONED.items():
        table |= {base + mark: letter for mark, letter in zip("ùøûõï", letters, strict=True)}
    for base, letters in _VNI_HATTED.items():
        table |= {base + mark: letter for mark, letter in zip("âáàåãä", letters, strict=True)}
    table |= {"a" + mark: letter for mark, letter in zip("êéèúüë", _VNI_BREVE, strict=True)}
    table |= {"y" + mark: letter for mark, letter in zip("ùøûõ", "ýỳỷỹ", strict=True)}
    return table | {old.upper(): new.upper() for old, new in table.items()}


VNI = _vni()
"""From what a VNI letter is stored as, one or two characters, to the letter."""
_VNI_PIECE = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)), re.IGNORECASE)
_FRENCH_PAIRS = frozenset(("où", "oû", "aï", "oï", "uï", "eï", "eû", "eâ", "aé", "aè", "aë", "uû", *"ôöîíìóòæñ"))
"""Pieces of VNI that proper words of other languages have too: alone they prove nothing."""

_UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")
"""Letters that only Unicode has: who types them does not use an old font."""
_TCVN3_WORD = re.compile("[A-Za-z\u00a1-\u00ff]+(?:-[A-Za-z\u00a1-\u00ff]+)*")
_VNI_WORD = re.compile("[A-Za-z\u00c0-\u00ff]+")
_HIGH = re.compile("[\u00a1-\u00ff]")
_SYMBOL_WITHIN = re.compile("[A-Za-z][\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7]")
"""A letter and a sign that no language joins to it: a mark of TCVN3 even in a single word."""
_CAPITAL_WITHIN = re.compile("[a-z][\u00c0-\u00de]")


class Converted(NamedTuple):
    """Text as Unicode has it, and which old font it was typed for."""

    text: str
    font: OldFont


def convert(text: str) -> Converted | None:
    """Return Vietnamese typed for an old font in Unicode; None for everything else. `text` is NFC."""
    if _UNICODE_ONLY.search(text) or not _HIGH.search(text):
        return None
    for font, pattern, converted, proves in (
        (OldFont.TCVN3, _TCVN3_WORD, from_tcvn3, _proves_tcvn3),
        (OldFont.VNI, _VNI_WORD, from_vni, _proves_vni),
    ):
        words = pattern.findall(text)
        if _is_typed_for(words, converted, proves):
            return Converted(_each(pattern, converted, text), font)
    return None


def _each(pattern: re.Pattern[str], converted: Callable[[str], str], text: str) -> str:
    return pattern.sub(lambda found: converted(found.group(0)), text)


def from_tcvn3(word: str) -> str:
    """Return a word that was typed for a TCVN3 font; a hyphen that stands for a lost `ư` becomes one."""
    whole = _cased(word, word.replace("-", "\u00ad"), _letters)
    if "-" not in word or is_syllable(whole):
        return whole
    return "-".join(_cased(part, part, _letters) for part in word.split("-"))


def from_vni(word: str) -> str:
    """Return a word that was typed for a VNI font."""
    return _cased(word, word, lambda typed: _VNI_PIECE.sub(lambda found: _vni_piece(found.group(0)), typed))


def _letters(typed: str) -> str:
    return "".join(TCVN3.get(char, char) for char in typed)


def _vni_piece(piece: str) -> str:
    exact = VNI.get(piece)
    if exact is not None:
        return exact
    lower = VNI[piece.lower()]
    return lower.upper() if piece[0].isupper() else lower


def _cased(word: str, typed: str, converted: Callable[[str], str]) -> str:
    """Return the conversion, in capitals where the plain letters are: old fonts have few capitals with marks."""
    plain = [char for char in word if char.isascii() and char.isalpha()]
    result = converted(typed)
    return result.upper() if len(plain) > 1 and all(char.isupper() for char in plain) else result


def _is_typed_for(
    words: Sequence[str], converted: Callable[[str], str], proves: Callable[[Sequence[str]], bool]
) -> bool:
    high = [word for word in words if _HIGH.search(word) and len(word) > 1]
    if not high or not proves(high):
        return False
    as_it_stands = sum(is_syllable(word) and not _CAPITAL_WITHIN.search(word) for word in high)
    become = sum(is_syllable(converted(word)) for word in high)
    all_become = sum(is_syllable(converted(word)) for word in words)
    return as_it_stands * 2 < len(high) and become * 10 >= len(high) * 9 and all_become * 4 >= len(words) * 3


def _proves_tcvn3(high: Sequence[str]) -> bool:
    within = [word for word in high if _SYMBOL_WITHIN.search(word)]
    return bool(within) or (len(high) > 1 and any(_CAPITAL_WITHIN.search(word) or _symbol(word) for word in high))


def _symbol(word: str) -> bool:
    return any(char in "®§¸¶·¹¨©«¬" for char in word)


def _proves_vni(high: Sequence[str]) -> bool:
    pieces = [piece.lower() for word in high for piece in _VNI_PIECE.findall(word)]
    return len(high) > 1 and any(piece not in _FRENCH_PAIRS for piece in pieces)

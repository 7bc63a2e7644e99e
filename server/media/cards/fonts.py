"""The faces of cards and what they can show: Be Vietnam Pro for Vietnamese and English, Noto Sans SC for Chinese.

Both come as pinned packages. A character that a language's own face lacks is taken from the other, so that a Chinese
name may stand in a Vietnamese sentence. Sizes are ems in whole pixels; places are relative to the baseline.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont
from PIL import ImageDraw, ImageFont, features

from playlists.language import Language

FONTS_VERSION = "be-vietnam-pro 1.2, noto-sans-sc 2.004"
"""Part of what names a rendering: raised when another version of a font is pinned."""

MEDIUM, BOLD = 500, 700
_SPACE_EM = 0.26
_LEAST_BOLD_HAN_PX = 18
_LATIN_FILES = {MEDIUM: "Medium", BOLD: "Bold"}


class NoRaqm(Exception):
    """Text cannot be laid out as it should be; the text is a sentence that says what to do."""


class Script(StrEnum):
    """Which face draws a run."""

    LATIN = "latin"
    HAN = "han"


class Ink(NamedTuple):
    """The box of what is really drawn, from the start of the baseline: left, top (negative is above), right, bottom."""

    left: int
    top: int
    right: int
    bottom: int


@lru_cache(maxsize=1)
def has_raqm() -> bool:
    """Tell whether Pillow finds Raqm with its FriBiDi."""
    return bool(features.check_feature("raqm"))


def require_raqm(*, found: bool | None = None) -> None:
    """Make sure that text is laid out with kerning, mark positions and language forms.

    Raises:
        NoRaqm: Pillow's Raqm is missing or finds no FriBiDi.
    """
    if not (has_raqm() if found is None else found):
        raise NoRaqm(
            "Text cannot be laid out: Pillow finds no Raqm, or Raqm finds no FriBiDi. On Debian: apt-get install "
            "libfribidi0; elsewhere install FriBiDi and a Pillow with Raqm. BANGTIN_TEXT_LAYOUT=any does without them, "
            "and without kerning."
        )


def layout_engine() -> str:
    """Return the name of the layout in use: `raqm` or `plain`; the pixels differ by kerning."""
    return "raqm" if has_raqm() else "plain"


@lru_cache(maxsize=256)
def _face(script: Script, weight: int, size: int) -> ImageFont.FreeTypeFont:
    layout = ImageFont.Layout.RAQM if has_raqm() else ImageFont.Layout.BASIC
    face = ImageFont.truetype(_file(script, weight), size, layout_engine=layout)
    if script is Script.HAN:
        face.set_variation_by_axes([weight])
    return face


@lru_cache(maxsize=4)
def _file(script: Script, weight: int) -> Path:
    """Return where a face lies; installed packages are plain folders, so the path stays good."""
    if script is Script.HAN:
        found = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"
    else:
        found = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{_LATIN_FILES[weight]}.ttf"
    with as_file(found) as path:
        return path


@lru_cache(maxsize=2)
def covered(script: Script) -> frozenset[int]:
    """Return the code points for which a face has a glyph."""
    with TTFont(_file(script, MEDIUM), lazy=True) as font:
        # Glyphs' names are not wanted, and making up 30,000 of them takes longer than all the rest.
        font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
        return frozenset(font.getBestCmap())


def missing(text: str) -> str:
    """Return the characters of a text that no face can show, each once, in order."""
    return "".join(
        dict.fromkeys(char for char in text if not _is_blank(char) and _script_with(char, Script.LATIN) is None)
    )


def drawable(text: str) -> str:
    """Return a paragraph as it is drawn: controls and tabs are spaces, no invisible marks, single spaces."""
    kept = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    seen = "".join(char for char in kept if unicodedata.category(char) != "Cf")
    return " ".join(part for part in unicodedata.normalize("NFC", seen).split(" ") if part)


def _is_blank(char: str) -> bool:
    return unicodedata.category(char) in {"Zs", "Cc", "Cf", "Zl", "Zp"}


def _script_with(char: str, own: Script) -> Script | None:
    """Return the language's own script if its face has the character, else one whose face has it, if any."""
    others = (script for script in Script if script is not own)
    return next((script for script in (own, *others) if ord(char) in covered(script)), None)


def own_script(language: Language) -> Script:
    """Return the script of a language's own face."""
    return Script.HAN if language is Language.ZH else Script.LATIN


@lru_cache(maxsize=4096)
def runs(text: str, language: Language) -> tuple[tuple[Script, str], ...]:
    """Return a text in runs of one face each; a character that no face has stays with the language's own."""
    own = own_script(language)

    def script_of(char: str) -> Script:
        return _script_with(char, own) or own

    return tuple((script, "".join(chars)) for script, chars in groupby(text, script_of))


class Type(NamedTuple):
    """Letters of one language, weight and size (the em, in pixels)."""

    language: Language
    weight: int
    size: int

    @property
    def space(self) -> int:
        """The width of a space in whole pixels, so that words stand apart on coarse panels, too."""
        return max(2, ceil(self.size * _SPACE_EM))

    def width(self, text: str) -> int:
        """Return how far a text moves the pen, in whole pixels."""
        return _width(self, text)

    def ink(self, text: str) -> Ink:
        """Return the box of a text's ink."""
        return _ink(self, text)

    def draw(self, draw: ImageDraw.ImageDraw, x: int, baseline: int, text: str, fill: int = 255) -> None:
        """Draw a text into a mask, its baseline beginning at x."""
        for script, run, at in _placed(self, text):
            draw.text((x + at, baseline), run, fill, self.face(script), "ls", language=_tag(script))

    def face(self, script: Script) -> ImageFont.FreeTypeFont:
        """Return the face for a script; small Han is not bold, since its strokes would run into each other."""
        weight = MEDIUM if script is Script.HAN and self.size < _LEAST_BOLD_HAN_PX else self.weight
        return _face(script, weight, self.size)


class _Placed(NamedTuple):
    """A run of one face within one word: its letters and where its pen begins."""

    script: Script
    text: str
    x: int


@lru_cache(maxsize=16384)
def _placed(letters: Type, text: str) -> tuple[_Placed, ...]:
    placed, pen = [], 0
    for number, word in enumerate(text.replace("\u00a0", " ").split(" ")):
        pen += letters.space if number else 0
        for script, run in runs(word, letters.language):
            placed.append(_Placed(script, run, pen))
            pen += _advance(letters, script, run)
    return tuple(placed)


@lru_cache(maxsize=65536)
def _advance(letters: Type, script: Script, run: str) -> int:
    return round(letters.face(script).getlength(run, language=_tag(script)))


@lru_cache(maxsize=65536)
def _width(letters: Type, text: str) -> int:
    blanks = text.count(" ") + text.count("\u00a0")
    return blanks * letters.space + sum(_advance(letters, one.script, one.text) for one in _placed(letters, text))


@lru_cache(maxsize=16384)
def _ink(letters: Type, text: str) -> Ink:
    boxes = []
    for script, run, x in _placed(letters, text):
        left, top, right, bottom = letters.face(script).getbbox(run, anchor="ls", language=_tag(script))
        boxes.append((x + left, top, x + right, bottom))
    if not boxes:
        return Ink(0, 0, 0, 0)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Ink(int(min(lefts)), int(min(tops)), int(max(rights)), int(max(bottoms)))


def _tag(script: Script) -> str | None:
    """The language for shaping: Han in its forms for zh-Hans. The plain layout takes none."""
    if not has_raqm():
        return None
    return "zh-Hans" if script is Script.HAN else "vi"

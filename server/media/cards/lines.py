"""Breaking a paragraph into lines: as few as possible, about equally long, at the best places, no orphan at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from playlists.language import Language
from server.media.cards.breaking import INSIDE, Piece, pieces
from server.media.cards.fonts import Type

ORPHAN = 4.0
"""What a last line of one short syllable costs: more than any raggedness."""
LONELY = 1.0
"""What another line of one short syllable costs."""
_SHORT_SHARE = 0.3
_HALF_EMPTY = tuple("，。、；：！？）》”’")
_ONE_SYLLABLE = re.compile(r"[^\s\u00a0–-]{1,8}")
_ONE_HAN = re.compile(r"[^\x00-\x7f][，。；：？！、）》”]*")


class Broken(NamedTuple):
    """A paragraph in lines.

    `too_wide`: a part is wider than the measure; `poor`: a line is one short syllable, or a word is split.
    """

    lines: tuple[str, ...]
    too_wide: bool
    poor: bool


@lru_cache(maxsize=16384)
def broken(text: str, letters: Type, width: int) -> Broken:
    """Break a paragraph into the fewest lines of at most `width` pixels; a part that is wider stands alone."""
    parts = pieces(text, letters.language)
    widths = [letters.width(part.text) for part in parts]
    room = [each - _hanging(part.text, letters) for each, part in zip(widths, parts, strict=True)]
    ends = _best_ends(parts, _Measures(widths, room, letters.space, max(1, width)), letters.language)
    lines, start = [], 0
    for end in ends:
        lines.append(joined(parts[start:end]))
        start = end
    split = any(parts[end - 1].cost >= INSIDE for end in ends[:-1])
    lonely = (is_orphan(line, letters.width(line), width, letters.language) for line in lines)
    return Broken(tuple(lines), any(each > width for each in room), split or (len(lines) > 1 and any(lonely)))


def _hanging(text: str, letters: Type) -> int:
    """Return how much of a line's end may stand out: a full-width closing mark is empty in its right half."""
    return max(0, letters.width(text) - letters.ink(text).right) if text.endswith(_HALF_EMPTY) else 0


class _Measures(NamedTuple):
    """Widths of pieces within a line and at its end, of a space, and of the lines, in pixels."""

    within: Sequence[int]
    at_end: Sequence[int]
    space: int
    width: int


def joined(parts: Sequence[Piece]) -> str:
    """Return pieces as one line."""
    return "".join(part.text + (" " if part.spaced else "") for part in parts).rstrip(" ")


def is_orphan(line: str, length: float, width: int, language: Language) -> bool:
    """Tell whether a last line is one short syllable, or one Han character."""
    whole = _ONE_HAN if language is Language.ZH else _ONE_SYLLABLE
    return length < width * _SHORT_SHARE and whole.fullmatch(line) is not None


def _best_ends(parts: Sequence[Piece], measures: _Measures, language: Language) -> list[int]:
    """Return the end of every line, by dynamic programming over (number of lines, badness)."""
    count = len(parts)
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, count + 1):
        found = (count + 2, 0.0, 0)
        length = measures.at_end[end - 1] - measures.within[end - 1]
        for start in range(end - 1, -1, -1):
            length += measures.within[start]
            length += measures.space if start < end - 1 and parts[start].spaced else 0
            if length > measures.width and start < end - 1:
                break
            lines, badness, _ = best[start]
            slack = max(0.0, 1 - length / measures.width)
            cost = slack * slack + (parts[end - 1].cost if end < count else 0.0)
            if (start or end < count) and is_orphan(joined(parts[start:end]), length, measures.width, language):
                cost += ORPHAN if end == count else LONELY
            found = min(found, (lines + 1, badness + cost, start))
        best.append(found)
    ends, at = [], count
    while at:
        ends.append(at)
        at = best[at][2]
    return ends[::-1]

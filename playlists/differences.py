"""What changed between two texts, in pieces that a reader can tell apart: by words, in Chinese by characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from playlists.variant import Spoken

Kind = Literal["same", "old", "new"]
_PIECES = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]|\{[a-z0-9_]+\}|\w+|\s+|[^\w\s]")
"""A Han character, a value's token, a word, white space, or one other sign."""


class Piece(NamedTuple):
    """A part of a text: the same in both, only in the old, or only in the new."""

    kind: Kind
    text: str


def marked(old: str, new: str) -> list[Piece]:
    """Return the pieces of two texts in the order of reading: what is gone stands before what came for it.

    >>> [tuple(piece) for piece in marked("mở cửa lúc 7 giờ", "mở cửa lúc 8 giờ")]
    [('same', 'mở cửa lúc '), ('old', '7'), ('new', '8'), ('same', ' giờ')]
    >>> [tuple(piece) for piece in marked("Hằng ngày", "Thứ Hai đến thứ Bảy")]
    [('old', 'Hằng ngày'), ('new', 'Thứ Hai đến thứ Bảy')]
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    found: list[Piece] = []
    gone, came = "", ""
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (_, a, b, c, d) in enumerate(opcodes, start=1):
        one, other = "".join(before[a:b]), "".join(after[c:d])
        is_between = bool(gone or came) and number < len(opcodes) and one.isspace()
        if one != other or is_between:
            gone, came = gone + one, came + other
            continue
        found += [*_change(gone, came), Piece("same", one)]
        gone, came = "", ""
    return found + _change(gone, came)


def _change(gone: str, came: str) -> list[Piece]:
    pieces: list[Piece] = [Piece("old", gone), Piece("new", came)]
    return [piece for piece in pieces if piece.text]


class Field(NamedTuple):
    """One text of a language: where it stands, for example `title` or `rows.2.label`, and what changed."""

    path: str
    pieces: list[Piece]


def changed_words(old: Spoken, new: Spoken) -> list[Field]:
    """Return the texts of a language that differ, in the order of reading."""
    before, after = dict(_texts(old)), dict(_texts(new))
    paths = list(dict.fromkeys([*after, *before]))
    return [
        Field(path, marked(before.get(path, ""), after.get(path, "")))
        for path in paths
        if before.get(path, "") != after.get(path, "")
    ]


def _texts(spoken: Spoken) -> Iterator[tuple[str, str]]:
    words = spoken.words
    yield "title", words.title
    yield "body", words.body
    for number, row in enumerate(words.rows, start=1):
        yield f"rows.{number}.label", row.label
        yield f"rows.{number}.value", row.value
    for media_id, caption in words.captions.items():
        yield f"captions.{media_id}", caption
    yield "subtitles", "\n".join(cue.text for cue in spoken.subtitles)

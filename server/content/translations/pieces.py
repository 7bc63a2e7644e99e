"""The pieces of a notice's words, each a line of a translators' file, and the reference that finds them again.

A reference holds the notice, its revision, the piece, and short digests of what each language said when the file was
written, so that a filled file tells by itself what has changed since. It proves nothing: what a person may change is
decided by who uploads the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from playlists.card import Row
from playlists.ids import sha256_hex
from playlists.language import Language
from playlists.variant import SOURCE, Wording

TARGETS = (Language.EN, Language.ZH)
_MARK = "bt1"
_DIGEST = 8
_NOT_ASKED = "-"
_WRITTEN = re.compile(
    rf"{_MARK}:(?P<notice>[0-9a-f]{{32}}):(?P<revision>[0-9]{{1,6}}):(?P<piece>[a-z0-9.]{{1,50}})"
    rf":(?P<vi>[0-9a-f]{{{_DIGEST}}}):(?P<en>[0-9a-f]{{{_DIGEST}}}|-):(?P<zh>[0-9a-f]{{{_DIGEST}}}|-)"
)


class Reference(NamedTuple):
    """Where a line of a file belongs; `digests` holds the source and the languages that the file asks for."""

    notice_id: UUID
    revision: int
    piece: str
    digests: Mapping[Language, str]

    def __str__(self) -> str:
        digests = ":".join(self.digests.get(language, _NOT_ASKED) for language in (SOURCE, *TARGETS))
        return f"{_MARK}:{self.notice_id.hex}:{self.revision}:{self.piece}:{digests}"

    @property
    def asked(self) -> tuple[Language, ...]:
        """The languages that were to be translated into."""
        return tuple(language for language in TARGETS if language in self.digests)


def find_reference(text: str) -> Reference | None:
    """Return the reference that stands in a cell; None when there is none."""
    found = _WRITTEN.search("".join(text.split()))
    if found is None:
        return None
    digests = {language: found.group(language) for language in Language if found.group(language) != _NOT_ASKED}
    return Reference(UUID(hex=found.group("notice")), int(found.group("revision")), found.group("piece"), digests)


def digest(text: str) -> str:
    """Return a short digest of a text; white space does not count, since office programs change it."""
    return sha256_hex(" ".join(text.split()).encode())[:_DIGEST]


def pieces(words: Wording) -> dict[str, str]:
    """Return the texts of a notice in one language, by piece, in the order of reading; empty ones too."""
    found = {"title": words.title, "body": words.body}
    for number, row in enumerate(words.rows, start=1):
        found |= {f"row.{number}.label": row.label, f"row.{number}.value": row.value}
    return found | {f"caption.{media_id.hex}": text for media_id, text in words.captions.items()}


def to_translate(words: Wording) -> dict[str, str]:
    """Return the pieces of a source that have something to translate: letters outside of `{names}`."""
    return {
        piece: text for piece, text in pieces(words).items() if re.search(r"[^\W\d_]", re.sub(r"\{\w*\}", "", text))
    }


def put_together(source: Wording, target: Wording, new: Mapping[str, str]) -> Wording:
    """Return a translation in the shape of its source, with new pieces over those that it has.

    A piece that needs no translation (`{hours}`) is taken over from the source where the translation has none.
    """
    translatable = to_translate(source)
    held = {piece: text for piece, text in pieces(target).items() if text}
    texts = {
        piece: new.get(piece) or held.get(piece) or ("" if piece in translatable else text)
        for piece, text in pieces(source).items()
    }
    rows = tuple(
        Row(label=texts[f"row.{number}.label"], value=texts[f"row.{number}.value"])
        for number in range(1, len(source.rows) + 1)
    )
    captions = {media_id: texts[f"caption.{media_id.hex}"] for media_id in source.captions}
    return Wording(title=texts["title"], body=texts["body"], rows=rows, captions=captions)


def is_complete(source: Wording, target: Wording) -> bool:
    """Tell whether every piece that has something to translate is translated."""
    held = pieces(target)
    return all(held.get(piece) for piece in to_translate(source))

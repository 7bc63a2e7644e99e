"""The texts of a notice put right before they are kept: what `playlists.hygiene` is certain of, with what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from playlists.card import Row
from playlists.hygiene import Remark, clean
from playlists.language import Language
from playlists.variant import Spoken, Wording
from server.content.notices.whole import Whole


class Said(NamedTuple):
    """A remark about a text, such as `title` or `rows.2.label`, in a language."""

    language: Language
    field: str
    remark: Remark


def tidied(whole: Whole, languages: Iterable[Language]) -> tuple[Whole, list[Said]]:
    """Return a notice with the texts of some languages put right, and what was found in them."""
    said: list[Said] = []
    variants = dict(whole.variants)
    for language in languages:
        if language in variants:
            variants[language] = _spoken(variants[language], language, said)
    return whole.model_copy(update={"variants": variants}), said


def _spoken(spoken: Spoken, language: Language, said: list[Said]) -> Spoken:
    def tidy(field: str, text: str) -> str:
        cleaned = clean(text, language)
        said.extend(Said(language, field, remark) for remark in cleaned.remarks)
        return cleaned.text

    cues = tuple(cue.model_copy(update={"text": tidy("subtitles", cue.text) or cue.text}) for cue in spoken.subtitles)
    return spoken.model_copy(update={"words": _words(spoken.words, tidy), "subtitles": cues})


def _words(words: Wording, tidy: Callable[[str, str], str]) -> Wording:
    rows = tuple(
        Row(label=tidy(f"rows.{number}.label", row.label), value=tidy(f"rows.{number}.value", row.value))
        for number, row in enumerate(words.rows, start=1)
    )
    captions = {media_id: tidy(f"captions.{media_id}", text) for media_id, text in words.captions.items()}
    return Wording(title=tidy("title", words.title), body=tidy("body", words.body), rows=rows, captions=captions)

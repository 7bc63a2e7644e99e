"""The glossary: terms agreed in three languages, what they must not be called, and whether a text keeps to it.

Terms are found in the Vietnamese source as whole words with their accents, the longest first; `hoà` and `hòa` are the
same word, `hải quan` and `hai quan` are not. Advice only: a glossary never blocks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playlists.language import Language
from playlists.syllable import apart

MOST_RENDERINGS = 8
MOST_TERM = 200
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_TERM)]
Phrases = Annotated[tuple[Phrase, ...], Field(max_length=MOST_RENDERINGS)]


class Term(BaseModel):
    """A term of the source and what it is called. The first rendering is the agreed one, further ones are accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: Phrase
    en: Phrases = ()
    zh: Phrases = ()
    forbidden_en: Phrases = ()
    forbidden_zh: Phrases = ()
    """What it must not be called; a part of an accepted rendering is not meant."""
    optional: bool = False
    """The translation may leave it out."""
    note: Annotated[str, StringConstraints(max_length=500)] = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for language in (Language.EN, Language.ZH):
            both = {_folded(one) for one in self.renderings(language)} & {
                _folded(one) for one in self.forbidden(language)
            }
            if both:
                raise ValueError(f"{min(both)!r} is both agreed and forbidden in {language}")
        return self

    def renderings(self, language: Language) -> tuple[str, ...]:
        """Return what the term may be called in a language, the agreed one first."""
        return {Language.VI: (self.vi,), Language.EN: self.en, Language.ZH: self.zh}[language]

    def forbidden(self, language: Language) -> tuple[str, ...]:
        """Return what the term must not be called in a language."""
        return {Language.VI: (), Language.EN: self.forbidden_en, Language.ZH: self.forbidden_zh}[language]

    def agreed(self, language: Language) -> str | None:
        """Return what the term is called in a language; None when nothing was agreed."""
        return next(iter(self.renderings(language)), None)


class Found(NamedTuple):
    """A term in a source text: [start, end) in characters."""

    term: Term
    start: int
    end: int


class DepartureCode(StrEnum):
    """How a translation can depart from the glossary."""

    MISSING = "missing_term"
    FORBIDDEN = "forbidden_rendering"


class Departure(NamedTuple):
    """A departure: what is written (forbidden ones), and what was agreed."""

    code: DepartureCode
    term: Term
    language: Language
    text: str
    agreed: str


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
Key = tuple[tuple[str, str], ...]


class Glossary:
    """Agreed terms, ready to be looked for."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_first: dict[tuple[str, str], list[tuple[Key, Term]]] = {}
        for term in terms:
            key = key_of(term.vi)
            if key:
                self._by_first.setdefault(key[0], []).append((key, term))
        for held in self._by_first.values():
            held.sort(key=lambda one: -len(one[0]))

    def found_in(self, source: str) -> list[Found]:
        """Return the terms in a Vietnamese text, in order, none within another."""
        text = unicodedata.normalize("NFC", source)
        words = list(_WORD.finditer(text))
        found, at = [], 0
        while at < len(words):
            hit = self._at(text, words, at)
            if hit is None:
                at += 1
                continue
            term, length = hit
            found.append(Found(term, words[at].start(), words[at + length - 1].end()))
            at += length
        return found

    def _at(self, text: str, words: list[re.Match[str]], at: int) -> tuple[Term, int] | None:
        for key, term in self._by_first.get(apart(words[at].group(0)), ()):
            span = words[at : at + len(key)]
            if tuple(apart(one.group(0)) for one in span) == key and _joined(text, span):
                return term, len(key)
        return None

    def warnings(self, source: str, target: str, language: Language) -> list[Departure]:
        """Return where a translation departs from the terms that its source has, each once; an empty one does not."""
        if not target.strip() or language is Language.VI:
            return []
        terms = {one.term.vi: one.term for one in self.found_in(source)}
        written = unicodedata.normalize("NFC", target)
        return [warning for term in terms.values() for warning in _departures(term, written, language)]


def key_of(phrase: str) -> Key:
    """Return a Vietnamese phrase as it is compared: words without case, wherever their tone marks stand."""
    return tuple(apart(word) for word in _WORD.findall(unicodedata.normalize("NFC", phrase)))


def _joined(text: str, span: list[re.Match[str]]) -> bool:
    between = (text[one.end() : after.start()] for one, after in pairwise(span))
    return all(gap.isspace() or gap == "-" for gap in between)


def _departures(term: Term, written: str, language: Language) -> Iterator[Departure]:
    agreed = term.agreed(language)
    masked, holds = written, False
    for accepted in sorted(term.renderings(language), key=len, reverse=True):
        masked, count = _pattern(accepted, language).subn("\n", masked)
        holds = holds or count > 0
    for wrong in term.forbidden(language):
        hit = _pattern(wrong, language).search(masked)
        if hit is not None:
            yield Departure(DepartureCode.FORBIDDEN, term, language, hit.group(0), agreed or "")
            holds = True
    if not holds and agreed is not None and not term.optional:
        yield Departure(DepartureCode.MISSING, term, language, "", agreed)


def _pattern(phrase: str, language: Language) -> re.Pattern[str]:
    """Return where a phrase stands: anywhere in Chinese; as whole words, in the plural too, in English."""
    words = [re.escape(part) for part in unicodedata.normalize("NFC", phrase).replace("'", "’").split()]
    escaped = r"\s+".join(words).replace("’", "['’]")
    if language is Language.ZH:
        return re.compile(escaped)
    return re.compile(rf"(?<!\w){escaped}(?:s|es)?(?!\w)", re.IGNORECASE)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()

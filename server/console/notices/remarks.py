"""What is said beside the text of a notice while it is written: room, values, terms, what was pasted, what is legible.

Values in, words out. Legibility is decided by `playlists.legibility`, cleaning by `playlists.hygiene`, terms by
`playlists.glossary`; here they become sentences with buttons. A button's change is a document of paths and values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from playlists.card import Template
from playlists.glossary import DepartureCode, Glossary
from playlists.hygiene import Remark, RemarkCode, clean
from playlists.language import Language
from playlists.legibility import MOST_HAN, MOST_LETTERS, Finding, FixKind, room
from playlists.typed import NameFault, NameFaultCode, Value, faults, fill, names_in, written
from playlists.typed_suggestions import suggest
from playlists.variant import SOURCE, Spoken
from server.console.notices import words as words_notices
from server.console.texts import Texts, mark

Changes = dict[str, Any]
MOST_TERMS = 12


@dataclass(frozen=True)
class Note:
    """One remark: a sentence, whether it blocks, and the change that ends it."""

    text: str
    blocks: bool = False
    fix: Changes | None = None
    fix_name: str = ""
    key: str = ""
    """Of advice that can be put aside."""
    seconds: int = 0
    """How long it should be on air, where that ends it; playlists say how long it is."""


@dataclass(frozen=True)
class Term:
    """A term of the glossary: what to call it here, or that it is not called so."""

    text: str
    insert: str = ""
    warns: bool = False


@dataclass(frozen=True)
class Count:
    """How much room a text takes, of how much."""

    text: str
    over: bool


@dataclass(frozen=True)
class Written:
    """A value as a language writes it."""

    name: str
    text: str
    used: bool

    @property
    def token(self) -> str:
        """How it stands in the text."""
        return "{" + self.name + "}"


@dataclass
class Remarks:
    """All that is said about one language."""

    code: str
    title: Count
    body: Count
    values: list[Written] = field(default_factory=list)
    findings: list[Note] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """What is being written: what each language says, and the values."""

    spoken: Mapping[Language, Spoken]
    values: Mapping[str, Value]
    zone: ZoneInfo


def remarks_of(
    texts: Texts, draft: Draft, findings: Sequence[Finding], panels: Mapping[str, str], glossary: Glossary
) -> list[Remarks]:
    """Return what is said about each language; findings that are of no language stand with the source."""
    return [_language(texts, code, draft, findings, panels, glossary) for code in Language]


def _language(
    texts: Texts,
    code: Language,
    draft: Draft,
    findings: Sequence[Finding],
    panels: Mapping[str, str],
    glossary: Glossary,
) -> Remarks:
    spoken = draft.spoken.get(code, Spoken())
    own = [one for one in findings if (one.language or SOURCE) is code]
    notes = [*_faulty(texts, spoken, draft), *_pasted(texts, code, spoken)]
    notes += [_found(texts, one, draft, panels) for one in own]
    if code is SOURCE:
        notes += _suggested(texts, spoken, draft)
    most = MOST_HAN if code is Language.ZH else MOST_LETTERS
    return Remarks(
        code=code.value,
        title=_count(spoken.words.title, code, draft, most.title),
        body=_count(spoken.words.body, code, draft, most.body),
        values=_values(code, spoken, draft),
        findings=sorted(notes, key=lambda note: not note.blocks),
        terms=_terms(texts, code, spoken, draft, glossary),
    )


def _filled(text: str, code: Language, draft: Draft) -> str:
    if any(fault.code is not NameFaultCode.UNUSED for fault in faults([text], draft.values)):
        return text
    return fill(text, draft.values, code, draft.zone)


def _count(text: str, code: Language, draft: Draft, most: int) -> Count:
    has = room(_filled(text, code, draft), code)
    return Count(f"{has}/{most}", has > most)


def _texts(spoken: Spoken) -> Iterator[tuple[str, str]]:
    """Yield each text of a language with its path within the language."""
    words = spoken.words
    yield "words.title", words.title
    yield "words.body", words.body
    for number, row in enumerate(words.rows):
        yield f"words.rows.{number}.label", row.label
        yield f"words.rows.{number}.value", row.value
    for media_id, caption in words.captions.items():
        yield f"words.captions.{media_id}", caption


def _all(spoken: Spoken) -> str:
    return "\n".join(text for _, text in _texts(spoken))


def _values(code: Language, spoken: Spoken, draft: Draft) -> list[Written]:
    used = set(names_in(_all(spoken)))
    return [Written(name, written(value, code, draft.zone), name in used) for name, value in draft.values.items()]


_FAULTS = {
    NameFaultCode.UNKNOWN: mark("{%(name)s} is no value of this notice. Take it out, or insert the value anew."),
    NameFaultCode.BRACE: mark("A brace stands alone here: %(name)s"),
}


def _faulty(texts: Texts, spoken: Spoken, draft: Draft) -> Iterator[Note]:
    found: list[NameFault] = faults([text for _, text in _texts(spoken)], draft.values)
    for fault in found:
        if fault.code in _FAULTS:
            sentence = _FAULTS[fault.code]
            yield Note(texts.say(sentence, name=fault.name), blocks=True)


_REMARKS = {
    RemarkCode.CONVERTED_TCVN3: mark("This was typed in an old font (TCVN3). In today's letters: %(to)s"),
    RemarkCode.CONVERTED_VNI: mark("This was typed in an old font (VNI). In today's letters: %(to)s"),
    RemarkCode.INVISIBLE: mark(
        "Invisible characters came along with what was pasted; they are taken out when you save."
    ),
    RemarkCode.LOOKALIKE: mark("A character only looks like the right one; %(to)s is written instead."),
    RemarkCode.WIDTHS: mark("Chinese punctuation is full-width, and figures are not: %(to)s"),
    RemarkCode.TRADITIONAL: mark("%(text)s is a traditional character; in simplified writing it is %(to)s"),
    RemarkCode.EXCLAMATION: mark("Notices do without exclamation marks."),
    RemarkCode.QUOTES: mark("Straight quotation marks; in print they are %(to)s"),
}
_PUT_RIGHT, _REPLACE = mark("Put right"), mark("Replace")


def _pasted(texts: Texts, code: Language, spoken: Spoken) -> Iterator[Note]:
    for path, text in _texts(spoken):
        if not text:
            continue
        cleaned = clean(text, code)
        for remark in cleaned.remarks:
            yield _remark(texts, f"variants.{code}.{path}", cleaned.text, remark)


def _remark(texts: Texts, path: str, cleaned: str, remark: Remark) -> Note:
    sentence = _REMARKS[remark.code]
    said = texts.say(sentence, text=remark.text, to=_short(remark.replacement))
    if remark.is_done:
        return Note(said, fix={path: cleaned}, fix_name=texts.say(_PUT_RIGHT))
    return Note(said, fix={path: cleaned.replace(remark.text, remark.replacement)}, fix_name=texts.say(_REPLACE))


def _short(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


_SUGGESTED, _SUGGESTED_TIME = (
    mark("“%(found)s” can be a value: each language writes it in its own way, and you change it once for all."),
    mark(
        "“%(found)s” can be a value: Chinese readers are told Beijing time beside it, and you change it once for all."
    ),
)
_MAKE_VALUE = mark("Make it a value")


def _suggested(texts: Texts, spoken: Spoken, draft: Draft) -> Iterator[Note]:
    taken = set(draft.values)
    for path, text in _texts(spoken):
        for one in suggest(text, taken):
            taken.add(one.name)
            sentence = _SUGGESTED_TIME if one.value.kind.startswith("time") else _SUGGESTED
            changes = {
                f"values.{one.name}": one.value.model_dump(mode="json"),
                f"variants.{SOURCE}.{path}": f"{text[: one.start]}{{{one.name}}}{text[one.end :]}",
            }
            yield Note(texts.say(sentence, found=one.found), fix=changes, fix_name=texts.say(_MAKE_VALUE))


_TERM, _FORBIDDEN = mark("%(vi)s: %(agreed)s"), mark("“%(text)s” is not what %(vi)s is called here; agreed: %(agreed)s")
_MISSING = mark("%(vi)s should be called %(agreed)s")


def _terms(texts: Texts, code: Language, spoken: Spoken, draft: Draft, glossary: Glossary) -> list[Term]:
    if code is SOURCE:
        return []
    source, target = (_all(one) for one in (draft.spoken.get(SOURCE, Spoken()), spoken))
    departures = glossary.warnings(source, target, code)
    found = []
    for one in departures:
        sentence = _FORBIDDEN if one.code is DepartureCode.FORBIDDEN else _MISSING
        said = texts.say(sentence, vi=one.term.vi, agreed=one.agreed, text=one.text)
        found.append(Term(said, one.agreed, warns=True))
    if target.strip():
        return found[:MOST_TERMS]
    for term in {one.term.vi: one.term for one in glossary.found_in(source)}.values():
        agreed = term.agreed(code)
        if agreed is not None:
            found.append(Term(texts.say(_TERM, vi=term.vi, agreed=agreed), agreed))
    return found[:MOST_TERMS]


def _found(texts: Texts, one: Finding, draft: Draft, panels: Mapping[str, str]) -> Note:
    sentence = words_notices.finding(texts, one, panels)
    if one.fix is None and one.code in words_notices.NO_TAP:
        sentence = f"{sentence} {words_notices.why_no_tap(texts, one)}"
    changes = _changes(one, draft)
    is_airtime = one.fix is not None and one.fix.kind is FixKind.ON_AIR_MS
    seconds = round(int(one.fix.value) / 1000) if one.fix is not None and is_airtime else 0
    name = words_notices.fix_name(texts, one.fix) if one.fix is not None and (changes or seconds) else ""
    return Note(sentence, one.blocks, changes, name, "" if one.blocks else one.key, seconds)


def _changes(one: Finding, draft: Draft) -> Changes | None:
    """Return the change of the document that ends a finding; None where the document cannot end it."""
    if one.fix is None:
        return None
    match one.fix.kind:
        case FixKind.INK:
            return {"content.look.colours.ink": one.fix.value}
        case FixKind.MOTION:
            return {"content.look.motion": one.fix.value}
        case FixKind.ONE_AFTER_ANOTHER:
            has_body = any(spoken.words.body.strip() for spoken in draft.spoken.values())
            alone = Template.HEADLINE_BODY if has_body else Template.HEADLINE
            return {"content.look.template": alone.value}
        case FixKind.REMOVE if one.language is not None:
            return _without(draft.spoken.get(one.language, Spoken()), one.language, str(one.fix.value))
        case _:
            return None


def _without(spoken: Spoken, code: Language, gone: str) -> Changes:
    table = str.maketrans("", "", gone)
    return {
        f"variants.{code}.{path}": text.translate(table)
        for path, text in _texts(spoken)
        if text.translate(table) != text
    }

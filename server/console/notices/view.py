"""A notice as its editor shows it: the document that fills the form, and of each language its state and next steps.

Values in, values out; what may be done in the end, the API decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from playlists.artwork import Cue
from playlists.differences import changed_words
from playlists.language import Language
from playlists.variant import SOURCE, Spoken, Standing, VariantState
from server.console.notices import words as words_notices
from server.console.page import HOME_ZONE
from server.console.texts import HTML_LANG, Texts, mark
from server.content.notices.whole import Whole

Document = dict[str, Any]


def document_of(whole: Whole) -> Document:
    """Return what the form is filled with: the body of the API's PUT, subtitles as the text of an SRT file."""
    written: Document = whole.model_dump(mode="json")
    for code, spoken in whole.variants.items():
        written["variants"][code.value]["subtitles"] = srt(spoken.subtitles) or None
    return written


def srt(cues: Sequence[Cue]) -> str:
    """Return subtitles as an SRT file has them."""
    return "\n".join(
        f"{number}\n{_moment(cue.start_ms)} --> {_moment(cue.end_ms)}\n{cue.text}\n"
        for number, cue in enumerate(cues, start=1)
    )


def _moment(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"


@dataclass(frozen=True)
class Past:
    """An older state of a notice: its number, and what each language said."""

    number: int
    variants: Mapping[Language, Spoken]


@dataclass(frozen=True)
class Reader:
    """What of the reader decides which steps are offered."""

    user_id: UUID
    edits: bool
    reviews: frozenset[Language]
    """The languages that this person is registered for."""


_FIELDS = {"title": mark("Headline"), "body": mark("Text"), "subtitles": mark("Subtitles")}
_LINE, _CAPTION = mark("Line %(number)s"), mark("Caption")


def field_name(texts: Texts, path: str) -> str:
    """Return what people call a text of a language, such as `rows.2.label`."""
    first, *rest = path.split(".")
    if first == "rows":
        return texts.say(_LINE, number=rest[0])
    name = _FIELDS.get(first, _CAPTION)
    return texts.say(name)


def languages_of(
    texts: Texts,
    now: datetime,
    whole: Whole | None,
    standings: Mapping[Language, Standing],
    past: Sequence[Past],
    reader: Reader,
    names: Mapping[UUID, str],
    api: str,
) -> list[Document]:
    """Return what the editor shows of each language.

    `past` are older states, newest first; `names` are people's; `api` is the notice's address in the API, or empty
    while there is none.
    """
    return [_language(texts, now, code, whole, standings.get(code), past, reader, names, api) for code in Language]


def _language(
    texts: Texts,
    now: datetime,
    code: Language,
    whole: Whole | None,
    standing: Standing | None,
    past: Sequence[Past],
    reader: Reader,
    names: Mapping[UUID, str],
    api: str,
) -> Document:
    short = words_notices.SHORT_LANGUAGES[code]
    state = standing.state if standing is not None else VariantState.MISSING
    is_stale = state is VariantState.STALE and whole is not None and standing is not None
    source = _source_change(whole, standing, past) if is_stale and whole is not None and standing is not None else []
    steps, hint = _steps(texts, code, state, standing, reader, names) if api else ([], "")
    return {
        "code": code.value,
        "lang": HTML_LANG[code],
        "name": texts.language_name(code),
        "short": texts.say(short),
        "state": words_notices.state(texts, code, state),
        "source": [(field_name(texts, field.path), field.pieces) for field in source],
        "steps": [step | {"api": f"POST {api}/variants/{code}/state"} for step in steps] if reader.edits else [],
        "hint": _done_by(texts, now, standing, names) or hint,
    }


def _source_change(whole: Whole, standing: Standing, past: Sequence[Past]) -> list[Any]:
    """Return how the source differs from the one that a stale translation was made of."""
    now = whole.variants.get(SOURCE, Spoken())
    then = next((one.variants[SOURCE] for one in past if _is_of(one, standing.source_sha256)), None)
    return changed_words(then, now) if then is not None else []


def _is_of(past: Past, digest: str) -> bool:
    return SOURCE in past.variants and past.variants[SOURCE].digest == digest


_HAND_OVER = mark("Hand over to translation")
_HANDED = mark("Handed over. Translators find it under “To translate”.")
_FINISHED = mark("The translation is finished")
_FINISHED_SAID = mark("Finished. Another person reviews it now.")
_FITS = mark("It still fits")
_FITS_SAID = mark("Kept as it is; another person reviews it now.")
_REVIEWED = mark("Reviewed: it is right")
_REVIEWED_SAID = mark("Reviewed.")
_REOPEN = mark("Open it again")
_REOPENED = mark("Open again as a draft.")


def _step(texts: Texts, name: str, said: str, to: VariantState, *, main: bool = False) -> Document:
    return {"name": texts.say(name), "said": texts.say(said), "body": {"state": to.value}, "main": main}


def _steps(
    texts: Texts,
    code: Language,
    state: VariantState,
    standing: Standing | None,
    reader: Reader,
    names: Mapping[UUID, str],
) -> tuple[list[Document], str]:
    """Return the steps that a reader may take from a state, and what to know about it."""
    is_source = code is SOURCE
    match state:
        case VariantState.MISSING:
            return [], texts.say("Write the translation here and save; Vietnamese stands beside it.")
        case VariantState.DRAFT:
            name, said = (_HAND_OVER, _HANDED) if is_source else (_FINISHED, _FINISHED_SAID)
            return [_step(texts, name, said, VariantState.TRANSLATED, main=True)], ""
        case VariantState.STALE:
            hint = texts.say("Change the translation where it needs it and save, or say that it still fits.")
            return [_step(texts, _FITS, _FITS_SAID, VariantState.TRANSLATED)], hint
        case VariantState.TRANSLATED:
            return _reviewing(texts, code, standing, reader, names)
        case _:
            return [_step(texts, _REOPEN, _REOPENED, VariantState.DRAFT)], ""


def _reviewing(
    texts: Texts, code: Language, standing: Standing | None, reader: Reader, names: Mapping[UUID, str]
) -> tuple[list[Document], str]:
    reopen = _step(texts, _REOPEN, _REOPENED, VariantState.DRAFT)
    by = standing.translated_by if standing is not None else None
    if code in reader.reviews and by != reader.user_id:
        return [_step(texts, _REVIEWED, _REVIEWED_SAID, VariantState.REVIEWED, main=True), reopen], ""
    if code is SOURCE:
        return [reopen], ""
    name = names.get(by, "") if by is not None else ""
    waits = texts.say("Waits for a reviewer of this language other than %(name)s.", name=name)
    return [reopen], waits if name else texts.say("Waits for a reviewer of this language.")


def _done_by(texts: Texts, now: datetime, standing: Standing | None, names: Mapping[UUID, str]) -> str:
    if standing is None or standing.reviewed_by is None or standing.state is not VariantState.REVIEWED:
        return ""
    when = texts.when(standing.reviewed_at, now, HOME_ZONE) if standing.reviewed_at is not None else ""
    return texts.say("Reviewed by %(name)s, %(when)s.", name=names.get(standing.reviewed_by, "—"), when=when)

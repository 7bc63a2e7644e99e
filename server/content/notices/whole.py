"""All that one revision of a notice says, as a value; how an edit is laid over it, also beside somebody else's.

An edit is based on a revision. When another one came since, both are compared with that base field by field: what only
one of them touched is kept, and a field that both changed differently is a difference that a person has to look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playlists.instant import Instant
from playlists.language import Language
from playlists.notice import ContentClass
from playlists.typed import Values
from playlists.variant import SOURCE, Spoken, Wording
from server.content.notices.content import Content
from server.content.notices.schemas import Freshness, Mandate, NoticeChange, Responsible, VariantAsked

Flat = dict[str, Any]
"""JSON values by path, such as `variants.zh.words.title`."""
_LEAVES = ("values.", "freshness", "responsible")
"""Where a value is taken whole: half of one edit and half of another would make no sense."""


class Whole(BaseModel):
    """A revision's content in all languages; one that is missing is not in `variants`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    content: Content
    values: Values = Field(default_factory=dict)
    mandate: Mandate | None = None
    subject_id: UUID | None = None
    task_id: UUID | None = None
    responsible: Responsible | None = None
    content_class: ContentClass = ContentClass.SERVICE
    festive: bool = False
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    freshness: Freshness | None = None
    variants: dict[Language, Spoken]

    @property
    def source_digest(self) -> str:
        """What translations are made from."""
        return self.variants.get(SOURCE, Spoken()).digest

    def flat(self) -> Flat:
        """Return every field by its path."""
        return dict(_flattened("", self.model_dump(mode="json")))


class Difference(NamedTuple):
    """A field that two people changed: as it was, as the other one made it, and as it was asked for now."""

    field: str
    before: Any
    theirs: Any
    yours: Any


class Differs(Exception):
    """An edit that touches what somebody else changed differently since."""

    def __init__(self, differences: list[Difference]) -> None:
        super().__init__(f"{len(differences)} fields were changed by somebody else since")
        self.differences = differences


def _flattened(path: str, value: Any) -> Any:
    inner = f"{path}." if path else ""
    if isinstance(value, dict) and path not in _LEAVES and not path.startswith("values."):
        for key, part in value.items():
            yield from _flattened(f"{inner}{key}", part)
    else:
        yield path, value


def _whole(flat: Mapping[str, Any]) -> Whole:
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        at = nested
        *parents, last = path.split(".")
        for name in parents:
            at = at.setdefault(name, {})
        at[last] = value
    return Whole.model_validate(nested)


def merged(base: Whole, theirs: Whole, yours: Whole) -> Whole:
    """Return what comes of two edits of the same base.

    Raises:
        Differs: both changed a field, and not in the same way.
    """
    if base == theirs:
        return yours
    before, their, your = base.flat(), theirs.flat(), yours.flat()
    result = dict(their)
    differences = []
    for path in {**before, **your}:
        was, now, asked = before.get(path, ...), their.get(path, ...), your.get(path, ...)
        if asked in (was, now):
            continue
        if now != was:
            differences.append(Difference(path, *(None if one is ... else one for one in (was, now, asked))))
        elif asked is ...:
            result.pop(path, None)
        else:
            result[path] = asked
    if differences:
        raise Differs(differences)
    try:
        return _whole(result)
    except (ValidationError, AttributeError) as error:
        # both edits are sound and their sum is not, for example one made a card of what the other gave a file
        raise Differs([Difference("content", before, their, your)]) from error


def changed(base: Whole, change: NoticeChange) -> Whole:
    """Return a notice with a change laid over it; fields that were not sent stay.

    Raises:
        pydantic.ValidationError: the whole is not sound any more.
    """
    sent = {name: getattr(change, name) for name in change.model_fields_set if name != "variants"}
    kept = {name: getattr(base, name) for name in Whole.model_fields}
    never_null = {"title", "content", "values", "content_class", "festive"}
    kept |= {name: value for name, value in sent.items() if value is not None or name not in never_null}
    variants = dict(base.variants)
    for language, asked in (change.variants or {}).items():
        if asked is None:
            variants.pop(language, None)
        else:
            variants[language] = spoken(variants.get(language, Spoken()), asked)
    kept["variants"] = present(variants)
    return Whole.model_validate(kept)


def present(variants: Mapping[Language, Spoken]) -> dict[Language, Spoken]:
    """Return the languages that have anything, and the source."""
    return {language: one for language, one in variants.items() if language is SOURCE or not one.is_empty}


def spoken(was: Spoken, asked: VariantAsked) -> Spoken:
    """Return what a language says with what was sent laid over it."""
    words = was.words if asked.words is None else _words(was.words, asked.words)
    media_id = asked.media_id if "media_id" in asked.model_fields_set else was.media_id
    subtitles = tuple(asked.subtitles or ()) if "subtitles" in asked.model_fields_set else was.subtitles
    return Spoken(words=words, media_id=media_id, subtitles=subtitles)


def _words(was: Wording, asked: Wording) -> Wording:
    return was.model_copy(update={name: getattr(asked, name) for name in asked.model_fields_set})

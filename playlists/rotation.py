"""Language rotation: in which order the languages of a playlist's items go on air, before airtime is shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from playlists.airtime import Turn
from playlists.language import SegmentLanguage

MOST_LANGUAGE_WEIGHT = 10
LanguageWeights = Mapping[SegmentLanguage, Annotated[int, Field(ge=1, le=MOST_LANGUAGE_WEIGHT)]]
"""How often a language comes round; one that is not named counts once."""
_T = TypeVar("_T")


class Rotation(StrEnum):
    """How the languages of a playlist follow one another."""

    PER_ITEM = "per_item"
    """An item in all its languages, then the next item; the item with its languages is one turn."""
    PER_LOOP = "per_loop"
    """The whole list in one language, then in the next."""
    WEIGHTED = "weighted"
    """As per_loop, a language coming round as often as its weight says, spread evenly."""
    MUL = "mul"
    """An item that has a picture with all languages shows that one only; the others as per_item."""


@dataclass(frozen=True, slots=True)
class Spoken(Generic[_T]):
    """An item that can be played: what there is of it by language, in its own order."""

    item: str
    on_air_ms: int
    takes: tuple[tuple[SegmentLanguage, _T], ...]


def rotate(
    rotation: Rotation, weights: Mapping[SegmentLanguage, int], items: Sequence[Spoken[_T]]
) -> tuple[Turn[_T], ...]:
    """Return one round of a playlist as turns; an item of which nothing can be played is left out."""
    if rotation in (Rotation.PER_ITEM, Rotation.MUL):
        return _by_item([_one_picture(item) for item in items] if rotation is Rotation.MUL else items)
    languages = dict.fromkeys(language for item in items for language, _ in item.takes)
    counts = {language: weights.get(language, 1) if rotation is Rotation.WEIGHTED else 1 for language in languages}
    return tuple(
        Turn(item.item, ((content, item.on_air_ms),))
        for language in spread(counts)
        for item in items
        for own, content in item.takes
        if own is language
    )


def spread(counts: Mapping[SegmentLanguage, int]) -> list[SegmentLanguage]:
    """Return each language as often as its count, spread evenly (smooth weighted round robin), ties in order.

    >>> [one.value for one in spread({SegmentLanguage.VI: 2, SegmentLanguage.EN: 1, SegmentLanguage.ZH: 1})]
    ['vi', 'en', 'zh', 'vi']
    """
    total, credit = sum(counts.values()), dict.fromkeys(counts, 0)
    order: list[SegmentLanguage] = []
    for _ in range(total):
        for language, count in counts.items():
            credit[language] += count
        chosen = max(credit, key=credit.__getitem__)
        credit[chosen] -= total
        order.append(chosen)
    return order


def _by_item(items: Sequence[Spoken[_T]]) -> tuple[Turn[_T], ...]:
    return tuple(
        Turn(item.item, tuple((content, item.on_air_ms) for _, content in item.takes)) for item in items if item.takes
    )


def _one_picture(item: Spoken[_T]) -> Spoken[_T]:
    whole = tuple(take for take in item.takes if take[0] is SegmentLanguage.MUL)
    return Spoken(item.item, item.on_air_ms, whole or item.takes)

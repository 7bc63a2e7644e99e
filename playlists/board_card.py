"""Status boards before they are drawn: the plan that people edit, and what of it one language shows.

`BoardPlan` is edited; with the approved phrases it becomes a `BoardCard` for each language, which decides every pixel
of the base and of the sheet of tiles. `Layout` is what the drawing says of where things lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playlists.board import Box, Face, OnStale, PhraseKey, Place, Slot, SlotKind, SlotName
from playlists.card import Colours
from playlists.ids import Sha256
from playlists.language import Language, SegmentLanguage

EDITION = 1
"""Counted up when the same board is drawn differently, so that bases and sheets are drawn anew."""
MOST_LINES = 12
MOST_PHRASES_ON_CARD = 60


class Tone(StrEnum):
    """How a phrase is meant: it has a colour by that."""

    PLAIN = "plain"
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Texts(_Frozen):
    """A few words in every language."""

    vi: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    zh: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]

    def in_(self, language: Language) -> str:
        """Return the words in a language."""
        return str(getattr(self, language))


class PlannedSlot(_Frozen):
    """A slot with what stands before and behind its value; clock, "as of" and "until" need no words."""

    slot: Slot
    label: Texts | None = None
    unit: Texts | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.slot.kind not in NO_LABEL and self.label is None:
            raise ValueError(f"the slot {self.slot.name} needs a label; say what its value is")
        return self


NO_LABEL = frozenset({SlotKind.CLOCK, SlotKind.AS_OF, SlotKind.UNTIL})


class BoardPlan(_Frozen):
    """What a status board is made of, as people edit it."""

    title: Texts
    slots: Annotated[tuple[PlannedSlot, ...], Field(min_length=1, max_length=MOST_LINES)]
    max_age_s: Annotated[int, Field(ge=60, le=31 * 86400)] | None = None
    on_stale: OnStale = OnStale.KEEP
    colours: Colours = Colours()

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [one.slot.name for one in self.slots]
        if len(set(names)) != len(names):
            raise ValueError("two slots have the same name; give each its own")
        for one in self.slots:
            if one.slot.of is not None and one.slot.of not in names:
                raise ValueError(
                    f"the slot {one.slot.name} names the slot {one.slot.of}, which the board does not have"
                )
        for kind in (SlotKind.CLOCK, SlotKind.AS_OF):
            if sum(one.slot.kind is kind for one in self.slots) > 1:
                raise ValueError(f"a board has one slot of the kind {kind} at most")
        return self

    @property
    def phrases(self) -> frozenset[str]:
        """The keys of all phrases that its slots may show."""
        return frozenset(key for one in self.slots for key in one.slot.phrases)


class CardPhrase(_Frozen):
    """A phrase in the language of a card."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    tone: Tone = Tone.PLAIN


class CardLine(_Frozen):
    """A slot as far as it decides pixels. `digits` is the most digits that its value can have."""

    name: SlotName
    kind: SlotKind
    label: str = ""
    unit: str = ""
    phrases: tuple[PhraseKey, ...] = ()
    digits: int = 0
    is_signed: bool = False
    of: SlotName | None = None


class BoardCard(_Frozen):
    """A board in one language: all that decides the pixels of its base and its tiles."""

    language: Language
    title: str
    lines: Annotated[tuple[CardLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    phrases: Annotated[dict[PhraseKey, CardPhrase], Field(max_length=MOST_PHRASES_ON_CARD)] = Field(
        default_factory=dict
    )
    colours: Colours = Colours()
    edition: int = EDITION


class Layout(_Frozen):
    """Where slots and tiles lie, in pixels of the panel and of the sheet."""

    places: dict[SlotName, Place]
    plate: Box
    plate_at: Box

    def face(self, language: SegmentLanguage, base: Sha256, sheet: Sha256, sheet_size: int) -> Face:
        """Return the face that a manifest carries."""
        return Face(
            language=language,
            base=base,
            sheet=sheet,
            sheet_size=sheet_size,
            places=self.places,
            plate=self.plate,
            plate_at=self.plate_at,
        )


class PhraseTexts(_Frozen):
    """An approved phrase of the book."""

    texts: Texts
    tone: Tone = Tone.PLAIN


def card_of(plan: BoardPlan, book: Mapping[str, PhraseTexts], language: Language) -> BoardCard:
    """Return a board in one language.

    Raises:
        LookupError: a phrase is not in the book; the text is its key.
    """
    for key in sorted(plan.phrases):
        if key not in book:
            raise LookupError(key)
    return BoardCard(
        language=language,
        title=plan.title.in_(language),
        lines=tuple(_line(one, language) for one in plan.slots),
        phrases={
            key: CardPhrase(text=book[key].texts.in_(language), tone=book[key].tone) for key in sorted(plan.phrases)
        },
        colours=plan.colours,
    )


def _line(planned: PlannedSlot, language: Language) -> CardLine:
    slot = planned.slot
    bounds = (slot.least, slot.most)
    return CardLine(
        name=slot.name,
        kind=slot.kind,
        label=planned.label.in_(language) if planned.label is not None else "",
        unit=planned.unit.in_(language) if planned.unit is not None else "",
        phrases=slot.phrases,
        digits=max(len(str(abs(bound))) for bound in bounds) if slot.kind in _NUMBERS else 0,
        is_signed=min(bounds) < 0 and slot.kind in _NUMBERS,
        of=slot.of,
    )


_NUMBERS = frozenset({SlotKind.DIGITS, SlotKind.TEMPERATURE, SlotKind.COUNTDOWN})

"""Values of a status board: the small document that says what its slots show, and whether one may be acted on.

The newest valid document of a board wins, whatever the order in which documents come in: its number decides. A
person states only the exception; what has an end is over by itself. The document keeps a place for the signature of
the site's status officer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playlists.board import Board, PhraseKey, Slot, SlotKind, SlotName
from playlists.ids import Sha256
from playlists.instant import Instant

MOST_VALUES = 24
LONGEST = timedelta(days=31)
"""No document is good for longer than this after it was set."""
FUTURE = timedelta(minutes=5)
"""A document that says it was set later than this from now comes from a wrong clock."""

Number = Annotated[int, Field(ge=-999_999, le=999_999, strict=True)]
Value = Number | PhraseKey


class Signature(BaseModel):
    """A signature of the document without its signatures, by the site's status officer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    keyid: Sha256
    sig: Annotated[str, StringConstraints(max_length=2000)]


class Values(BaseModel):
    """What a board's slots show from `set_at` until `expires_at` (UTC); `seq` counts up with each change.

    `until` ends single values earlier: then the calendar of the slot speaks again. `stated_at` says of values that
    were stated before `set_at` and only repeated here how old they really are.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: Literal[1] = 1
    board: UUID
    seq: Annotated[int, Field(ge=1, lt=1 << 63)]
    set_at: Instant
    expires_at: Instant
    values: Annotated[dict[SlotName, Value], Field(max_length=MOST_VALUES)] = Field(default_factory=dict)
    until: Annotated[dict[SlotName, Instant], Field(max_length=MOST_VALUES)] = Field(default_factory=dict)
    stated_at: Annotated[dict[SlotName, Instant], Field(max_length=MOST_VALUES)] = Field(default_factory=dict)
    signatures: Annotated[tuple[Signature, ...], Field(max_length=16)] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.set_at < self.expires_at <= self.set_at + LONGEST:
            raise ValueError(f"values end after they were set, and within {LONGEST.days} days")
        if not self.until.keys() | self.stated_at.keys() <= self.values.keys():
            raise ValueError("a time is given for a slot that has no value")
        return self

    def __hash__(self) -> int:
        return hash((self.board, self.seq))

    def said_at(self, slot: str) -> datetime:
        """Return when the value of a slot was stated (UTC)."""
        return min(self.stated_at.get(slot, self.set_at), self.set_at)

    def stated(self, slot: str, at: datetime) -> Value | None:
        """Return what is stated for a slot at an aware time, or None when nothing is or its end has come."""
        ends = self.until.get(slot, self.expires_at)
        return self.values.get(slot) if at < min(ends, self.expires_at) else None


class Refusal(StrEnum):
    """Why values may not be shown."""

    UNKNOWN_BOARD = "unknown_board"
    OLD_SEQ = "old_seq"
    EXPIRED = "expired"
    FROM_FUTURE = "from_future"
    UNKNOWN_SLOT = "unknown_slot"
    NOT_SETTABLE = "not_settable"
    WRONG_KIND = "wrong_kind"
    OUTSIDE_RANGE = "outside_range"


def refusal(
    board: Board | None, held: Values | None, offered: Values, now: datetime, *, clock_trusted: bool
) -> Refusal | None:
    """Return why a document may not take the place of the one that is held, or None when it may.

    With a clock that is not trusted nothing is refused for its times: what such a value may show is decided later.
    """
    if board is None or board.id != offered.board:
        return Refusal.UNKNOWN_BOARD
    if held is not None and offered.seq <= held.seq:
        return Refusal.OLD_SEQ
    if clock_trusted and offered.expires_at <= now:
        return Refusal.EXPIRED
    if clock_trusted and offered.set_at > now + FUTURE:
        return Refusal.FROM_FUTURE
    return unfit(board, offered.values)


def unfit(board: Board, values: Mapping[str, Any]) -> Refusal | None:
    """Return why values lie outside of what was released for a board, or None when they do not."""
    slots = {slot.name: slot for slot in board.slots}
    found = (Refusal.UNKNOWN_SLOT if name not in slots else misfit(slots[name], said) for name, said in values.items())
    return next((one for one in found if one is not None), None)


def newest(boards: Iterable[Board], held: Iterable[Values]) -> tuple[Values, ...]:
    """Return of the held documents the newest of each board that still fits it, ordered by board."""
    kept: dict[UUID, Values] = {}
    known = {board.id: board for board in boards}
    for one in held:
        board = known.get(one.board)
        before = kept.get(one.board)
        if board is not None and unfit(board, one.values) is None and (before is None or one.seq > before.seq):
            kept[one.board] = one
    return tuple(kept[board] for board in sorted(kept))


def misfit(slot: Slot, said: object) -> Refusal | None:
    """Return why a slot cannot show a value, or None when it can."""
    match slot.kind:
        case SlotKind.PHRASE:
            if not isinstance(said, str):
                return Refusal.WRONG_KIND
            return None if said in slot.phrases else Refusal.OUTSIDE_RANGE
        case SlotKind.DIGITS | SlotKind.TEMPERATURE:
            if not isinstance(said, int) or isinstance(said, bool):
                return Refusal.WRONG_KIND
            return None if slot.least <= said <= slot.most else Refusal.OUTSIDE_RANGE
        case _:
            return Refusal.NOT_SETTABLE

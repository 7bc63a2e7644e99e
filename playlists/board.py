"""Status boards: a released base picture with slots, and what each slot shows at a time.

A slot is filled with approved tiles only: phrases that were translated and approved once, digits and a few signs.
`shown` decides in values which tiles; `playlists.board_picture` says where they are laid. An opening-hours week of
the board says open or closed by itself; stated values say the exception.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playlists.daypart import Week
from playlists.ids import Sha256
from playlists.language import SegmentLanguage

MOST_SLOTS = 24
MOST_PHRASES = 40
MOST_BOARDS = 8
MOST_SIDE_PX = 3840
MOST_SHEET_PX = 16_384
LEAST_NUMBER, MOST_NUMBER = -999_999, 999_999

SlotName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
PhraseKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Tile = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_-]{0,39}|[0-9:/°?@> -])$")]
"""A picture in a sheet: a phrase by its key, or a sign. `°` is the unit of temperature, `@` the words "as of", `>` the
word "until", `?` what stands for a value that is not known."""

UNKNOWN, AS_OF, UNTIL, DEGREES = "?", "@", ">", "°"
DIGITS = "0123456789"


class SlotKind(StrEnum):
    """What a slot shows."""

    PHRASE = "phrase"
    DIGITS = "digits"
    TEMPERATURE = "temperature"
    CLOCK = "clock"
    """The site's time, hours and minutes."""
    COUNTDOWN = "countdown"
    """Whole local days that are left to a date."""
    AS_OF = "as_of"
    """When the values were set."""
    UNTIL = "until"
    """When the exception of another slot ends."""

    @property
    def is_settable(self) -> bool:
        """Whether a value can be stated for it."""
        return self in (SlotKind.PHRASE, SlotKind.DIGITS, SlotKind.TEMPERATURE)


class OnStale(StrEnum):
    """What becomes of a board whose values are older than its contract allows."""

    KEEP = "keep"
    """They stay, with the time at which they were set."""
    PLATE = "plate"
    """A plate lies over the slots and says that there is no current information."""
    DROP = "drop"
    """The board leaves the playlist until there are new ones."""


class Slot(BaseModel):
    """A place for a value, and the range of values that was released for it.

    A phrase slot with `hours` shows `open_phrase` or `closed_phrase` by itself while nothing is stated.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: SlotName
    kind: SlotKind
    phrases: Annotated[tuple[PhraseKey, ...], Field(max_length=MOST_PHRASES)] = ()
    least: Annotated[int, Field(ge=LEAST_NUMBER, le=MOST_NUMBER)] = 0
    most: Annotated[int, Field(ge=LEAST_NUMBER, le=MOST_NUMBER)] = 999
    hours: Week | None = None
    open_phrase: PhraseKey | None = None
    closed_phrase: PhraseKey | None = None
    deadline: date | None = None
    of: SlotName | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.kind is SlotKind.PHRASE and not self.phrases:
            raise ValueError(f"the slot {self.name} shows phrases and names none; add the phrases that it may show")
        if self.least > self.most:
            raise ValueError(f"the slot {self.name} goes from {self.least} to {self.most}; exchange them")
        if self.kind is SlotKind.COUNTDOWN and self.deadline is None:
            raise ValueError(f"the slot {self.name} counts down and has no date; add deadline")
        if self.kind is SlotKind.UNTIL and self.of is None:
            raise ValueError(f"the slot {self.name} says until when and does not say of which slot; add of")
        if self.hours is not None and {self.open_phrase, self.closed_phrase} - set(self.phrases):
            raise ValueError(f"the slot {self.name} follows opening hours; name two of its phrases for open and closed")
        return self


class Box(NamedTuple):
    """A rectangle in pixels: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int


class Align(StrEnum):
    """Where tiles lie in a slot that is wider than they are."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Place(BaseModel):
    """Where a slot lies on the panel, and which cell of the sheet holds each of its tiles."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    box: Box
    align: Align = Align.LEFT
    cells: Annotated[dict[Tile, Box], Field(max_length=MOST_PHRASES + 20)]

    def __hash__(self) -> int:
        return hash(self.box)


class Face(BaseModel):
    """A board in one language and the panel's pixels: the base segment, and the sheet with all of its tiles.

    `plate` is the cell that is laid at `plate_at` when there is no current information.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: SegmentLanguage
    base: Sha256
    sheet: Sha256
    sheet_size: Annotated[int, Field(ge=1, le=8 << 20)]
    places: Annotated[dict[SlotName, Place], Field(max_length=MOST_SLOTS)]
    plate: Box
    plate_at: Box

    def __hash__(self) -> int:
        return hash((self.base, self.sheet))


class Board(BaseModel):
    """A status board as a manifest carries it. `id` is what values name.

    Values older than `max_age_s` are stale; the calendar and stated exceptions to it never are, since they end.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    name: str = ""
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=MOST_SLOTS)]
    faces: Annotated[tuple[Face, ...], Field(min_length=1, max_length=8)]
    max_age_s: Annotated[int, Field(ge=60, le=31 * 86400)] | None = None
    on_stale: OnStale = OnStale.KEEP

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [slot.name for slot in self.slots]
        if len(set(names)) != len(names):
            raise ValueError(f"the board {self.name} has two slots of one name")
        for slot in self.slots:
            if slot.of is not None and slot.of not in names:
                raise ValueError(f"the slot {slot.name} names the slot {slot.of}, which the board does not have")
        for face in self.faces:
            for slot in self.slots:
                _check_place(slot, face.places.get(slot.name))
        return self

    @property
    def bases(self) -> frozenset[str]:
        """The digests of the base segments."""
        return frozenset(face.base for face in self.faces)

    def face(self, base: str) -> Face | None:
        """Return the face of a base segment."""
        return next((one for one in self.faces if one.base == base), None)


def tiles_of(slot: Slot) -> frozenset[str]:
    """Return every tile that a slot can ever show."""
    match slot.kind:
        case SlotKind.PHRASE:
            signs = ""
        case SlotKind.DIGITS:
            signs = DIGITS + ("-" if slot.least < 0 else "")
        case SlotKind.TEMPERATURE:
            signs = DIGITS + "-" + DEGREES
        case SlotKind.CLOCK:
            signs = DIGITS + ":"
        case SlotKind.COUNTDOWN:
            signs = DIGITS
        case SlotKind.AS_OF:
            signs = DIGITS + ":/ " + AS_OF
        case SlotKind.UNTIL:
            signs = DIGITS + ":/ " + UNTIL
    return frozenset((*slot.phrases, *signs, UNKNOWN))


def _check_place(slot: Slot, place: Place | None) -> None:
    if place is None:
        raise ValueError(f"the slot {slot.name} has no place on a face")
    if not tiles_of(slot) <= place.cells.keys():
        raise ValueError(f"the slot {slot.name} lacks a tile on a face")
    for box in (place.box, *place.cells.values()):
        if min(box) < 0 or max(box) > MOST_SHEET_PX:
            raise ValueError(f"the slot {slot.name} has a box outside of a picture")

"""Cards: notices that are set from words, values and pictures by a template, at the pixels of any panel.

Says what a card is made of. How it looks is drawn by `server.media.cards`; whether it can be read is decided by
`playlists.legibility`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playlists.daypart import zone as time_zone
from playlists.ids import Sha256
from playlists.instant import Instant
from playlists.language import Language

VIETNAM = "Asia/Ho_Chi_Minh"
MOST_TITLE = 120
MOST_BODY = 600
MOST_ROWS = 12
MOST_SECONDS = 60

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
"""A colour as sRGB, `#rrggbb` in lower case."""


class Template(StrEnum):
    """The ways a card can look."""

    HEADLINE = "headline"
    HEADLINE_BODY = "headline_body"
    PICTURE_CAPTION = "picture_caption"
    HOURS_TABLE = "hours_table"
    QUEUE_STATUS = "queue_status"
    WEATHER_WARNING = "weather_warning"
    WELCOME = "welcome"
    COUNTDOWN = "countdown"
    QR_TEXT = "qr_text"
    SPLIT = "split"
    """All three languages on one picture."""


class Motion(StrEnum):
    """How the words of a card appear; everything but `none` is real motion and counts as animated."""

    NONE = "none"
    FADE = "fade"
    SLIDE = "slide"
    TICKER = "ticker"


class Level(StrEnum):
    """How serious a warning is: the four colours of public weather warnings."""

    NOTE = "note"
    WATCH = "watch"
    WARNING = "warning"
    DANGER = "danger"


class Part(StrEnum):
    """What a template may ask for besides a title."""

    BODY = "body"
    ROWS = "rows"
    PICTURE = "picture"
    URL = "url"
    LEVEL = "level"
    DEADLINE = "deadline"


class Needs(NamedTuple):
    """Which parts a template needs, and which it takes when they are there."""

    needed: frozenset[Part] = frozenset()
    taken: frozenset[Part] = frozenset()


NEEDS: Mapping[Template, Needs] = {
    Template.HEADLINE: Needs(),
    Template.HEADLINE_BODY: Needs(frozenset({Part.BODY})),
    Template.PICTURE_CAPTION: Needs(frozenset({Part.PICTURE}), frozenset({Part.BODY})),
    Template.HOURS_TABLE: Needs(frozenset({Part.ROWS}), frozenset({Part.BODY})),
    Template.QUEUE_STATUS: Needs(frozenset({Part.ROWS}), frozenset({Part.BODY})),
    Template.WEATHER_WARNING: Needs(frozenset({Part.LEVEL}), frozenset({Part.BODY})),
    Template.WELCOME: Needs(frozenset(), frozenset({Part.BODY, Part.PICTURE})),
    Template.COUNTDOWN: Needs(frozenset({Part.DEADLINE}), frozenset({Part.BODY})),
    Template.QR_TEXT: Needs(frozenset({Part.URL}), frozenset({Part.BODY})),
    Template.SPLIT: Needs(frozenset(), frozenset({Part.BODY})),
}


class Row(BaseModel):
    """A line of a table: what, and its value; both are words of one language with the values already written out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Annotated[str, StringConstraints(max_length=MOST_TITLE)]
    value: Annotated[str, StringConstraints(max_length=MOST_TITLE)] = ""


class Words(BaseModel):
    """What a card says in one language, NFC; a line feed in `body` begins a new paragraph."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, StringConstraints(max_length=MOST_TITLE)]
    body: Annotated[str, StringConstraints(max_length=MOST_BODY)] = ""
    rows: Annotated[tuple[Row, ...], Field(max_length=MOST_ROWS)] = ()


class Colours(BaseModel):
    """The agency's colours. White on deep blue unless it says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ground: Colour = "#0b2a4a"
    ink: Colour = "#ffffff"
    accent: Colour = "#ffc62b"


class Look(BaseModel):
    """What a card shares between its languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: Template
    motion: Motion = Motion.NONE
    seconds: Annotated[int, Field(ge=1, le=MOST_SECONDS)] = 10
    """How long a moving card lasts; a still one is a held second."""
    colours: Colours = Colours()
    logo: Sha256 | None = None
    picture: Sha256 | None = None
    url: Annotated[str, StringConstraints(max_length=300, pattern=r"^https?://")] | None = None
    level: Level | None = None
    deadline: Instant | None = None
    zone: Annotated[str, StringConstraints(max_length=64)] = VIETNAM
    """The IANA zone in whose time the deadline is said."""
    corner: Annotated[str, StringConstraints(max_length=60)] = ""
    """A small remark in a corner, such as that these are sample data."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        time_zone(self.zone)
        missing = sorted(part for part in NEEDS[self.template].needed if self._lacks(part))
        if missing:
            raise ValueError(f"a card of the template {self.template} needs: {', '.join(missing)}")
        return self

    def _lacks(self, part: Part) -> bool:
        held = {Part.PICTURE: self.picture, Part.URL: self.url, Part.LEVEL: self.level, Part.DEADLINE: self.deadline}
        return part in held and held[part] is None


class Card(BaseModel):
    """A card ready to be drawn: one language, or all three for the template that shows them together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look: Look
    words: dict[Language, Words]

    @model_validator(mode="after")
    def _check(self) -> Self:
        expected = set(Language) if self.look.template is Template.SPLIT else None
        if expected is not None and set(self.words) != expected:
            raise ValueError("a card that shows all three languages needs the words of all three")
        if expected is None and len(self.words) != 1:
            raise ValueError("a card shows one language")
        return self

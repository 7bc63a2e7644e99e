"""What a controller said in one round, as values. What it cannot say is `Unknown` with the reason, never fine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from playlists.wire.messages import PanelPicture


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that was not read, and why."""

    reason: str


class Place(NamedTuple):
    """A receiving card: output port and position along it, from 0 as on the wire."""

    port: int
    card: int

    @property
    def subject(self) -> str:
        """The place as people count it, from 1."""
        return f"port {self.port + 1} card {self.card + 1}"


NOT_ASKED = Unknown("it was not asked")
NO_MONITOR = Unknown("no monitoring card is fitted")


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What a monitoring card measures in its cabinet; unconnected channels may read a valid zero or open."""

    temperature_milli: int | Unknown = NOT_ASKED
    humidity_percent: int | Unknown = NOT_ASKED
    smoke: bool | Unknown = NOT_ASKED
    fans_rpm: tuple[int | Unknown, ...] = ()
    rails_milli: tuple[int | Unknown, ...] = ()
    doors_open: tuple[bool | Unknown, ...] = ()
    ribbons_open: int | Unknown = NOT_ASKED
    """128 lines, the first in the lowest bit; a set bit is an open line."""


@dataclass(frozen=True, slots=True)
class Card:
    """One receiving card. `answers` is False only where the controller said that nobody is there."""

    answers: bool | Unknown
    temperature_milli: int | Unknown = NOT_ASKED
    voltage_milli: int | Unknown = NOT_ASKED
    cabinet: Cabinet | Unknown = NO_MONITOR


class Link(StrEnum):
    """How far the controller itself is reached."""

    ANSWERS = "answers"
    CONTENDED = "contended"
    """Another program took the session away."""
    SILENT = "silent"
    LEFT_ALONE = "left alone"
    """The kiosk does not ask, because a technician was given the session."""


class Shows(StrEnum):
    """What a receiving card says that it puts on its modules."""

    VIDEO = "video"
    BLACK = "black"
    PATTERN = "pattern"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Survey:
    """One round. `cards` holds those that were asked."""

    link: Link
    reason: str = ""
    """Why, where it does not answer."""
    model: str = ""
    signal: bool | Unknown = NOT_ASKED
    backup_ports: frozenset[int] | Unknown = NOT_ASKED
    brightness: int | Unknown = NOT_ASKED
    """Read back from a receiving card, 0 to 255 of full luminance."""
    shows: Shows | Unknown = NOT_ASKED
    """Read back from a receiving card."""
    light_lux: int | Unknown = NOT_ASKED
    dims_itself: bool | Unknown = NOT_ASKED
    """The controller follows a light sensor of its own and would undo what is set."""
    cards: Mapping[Place, Card] = field(default_factory=dict)


class Failure(Exception):
    """A controller did not do what was asked; the text says why."""


class Contended(Failure):
    """Another program holds the controller's session."""


class Silent(Failure):
    """Nobody answers."""


class Unanswered(Silent):
    """The line is open, but one question got no answer."""


class Refused(Failure):
    """It answered that it will not, or it cannot."""


class Controller(Protocol):
    """One controller. Each call opens its session and lets it go again: there is only one, and technicians need it."""

    @property
    def name(self) -> str:
        """The adapter's name."""

    def survey(self, places: Collection[Place]) -> Survey:
        """Ask the controller and these cards; what goes wrong is in the survey."""

    def set_brightness(self, level: int) -> None:
        """Set all cards to 0 to 255 of full luminance, until they lose power.

        Raises:
            Failure: it was not done.
        """

    def show(self, picture: PanelPicture) -> None:
        """Show the video again, black, or a test picture, on all cards.

        Raises:
            Failure: it was not done.
        """

"""A weak 4G line in simulated time, as TCP and a broker make of it: what is lost comes later, and in order.

Times are seconds of the simulation. What is lost, or sent during a cut, is sent again after 0.3, 0.6, 1.2 … seconds,
and nothing overtakes it (TCP with a timer that doubles, RFC 6298). A cut that takes the line's address leaves the old
connection dead without a word: a new one is opened, and the broker says the last will of the old one (take-over).
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FIRST_AGAIN_S = 0.3
TRAVEL_S = 0.08
RECONNECT_S = 2.0
"""A new connection is tried within so long after the line is back (full jitter)."""
GIVEN_UP = 1.5
"""A broker gives a connection up after so many keepalives without a word."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The line carries nothing from `from_s` to `to_s`."""

    from_s: float
    to_s: float
    takes_address: bool


class Turned(StrEnum):
    """What the kiosk's end of the line notices."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the broker has at a time; a `body` of None is the connection's last will."""

    at_s: float
    session: int
    body: Any | None


@dataclass
class Line:
    """One kiosk's line; `session` counts its connections."""

    chance: random.Random
    loss: float
    keepalive_s: float
    cuts: list[Cut]
    session: int = 0
    is_up: bool = False
    sent: int = 0
    repeats: int = 0
    _is_held: bool = False
    """The broker believes that the connection stands."""
    _flying: list[tuple[float, int, Any]] = field(default_factory=list)
    _last_s: float = 0.0
    _heard_s: float = 0.0
    _said_s: float = 0.0
    _open_s: float = 0.0

    def say(self, now_s: float, body: Any) -> None:
        """Send something on the standing connection."""
        self.sent += 1
        at_s, wait_s = now_s, FIRST_AGAIN_S
        while self._is_cut(at_s) or self.chance.random() < self.loss:
            at_s, wait_s = at_s + wait_s, wait_s * 2
            self.repeats += 1
        self._said_s = now_s
        self._last_s = max(at_s + TRAVEL_S, self._last_s)
        heapq.heappush(self._flying, (self._last_s, self.sent, body))

    def turn(self, now_s: float) -> Turned | None:
        """Let the kiosk's end notice what has happened to its line, and ping."""
        if not self.is_up:
            if now_s < self._open_s or self._is_cut(now_s):
                return None
            self.is_up = True
            return Turned.UP
        lost = next((one for one in self.cuts if one.takes_address and one.to_s <= now_s), None)
        if lost is not None or not (self._is_held or self._is_cut(now_s)):
            self.cuts = [one for one in self.cuts if one is not lost]
            self.is_up, self._flying = False, []
            self._open_s = now_s + RECONNECT_S * self.chance.random()
            return Turned.DOWN
        if now_s - self._said_s >= self.keepalive_s:
            self.say(now_s, None)
        return None

    def open(self, now_s: float) -> list[Arrived]:
        """Make a new connection; the broker says the old one's last will when it did not know that it is dead."""
        old = [Arrived(now_s, self.session, None)] if self._is_held else []
        self.session += 1
        self._is_held, self._last_s, self._heard_s = True, now_s, now_s
        return old

    def arrivals(self, now_s: float) -> list[Arrived]:
        """Return what has come to the broker by now, and the last will when that was too long ago."""
        found = []
        while self._flying and self._flying[0][0] <= now_s:
            self._heard_s, _, body = heapq.heappop(self._flying)
            if body is not None:
                found.append(Arrived(self._heard_s, self.session, body))
        if self._is_held and now_s - self._heard_s > GIVEN_UP * self.keepalive_s:
            self._is_held, self._flying = False, []
            found.append(Arrived(now_s, self.session, None))
        return found

    def _is_cut(self, at_s: float) -> bool:
        return any(one.from_s <= at_s < one.to_s for one in self.cuts)


def cuts(chance: random.Random, until_s: float, every_s: float, most_s: float) -> list[Cut]:
    """Draw cuts that begin at random, `every_s` apart on average, none longer than `most_s`."""
    found, at_s = [], chance.expovariate(1 / every_s)
    while at_s < until_s:
        length_s = chance.uniform(0, most_s)
        found.append(Cut(at_s, at_s + length_s, chance.random() < 0.5))
        at_s += length_s + chance.expovariate(1 / every_s)
    return found

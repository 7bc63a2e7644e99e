"""The player's clock: one reading of monotonic and wall time together, and an interruptible wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Event
from typing import NamedTuple, Protocol

_READINGS = 3
_CLOSE_S = 0.005


class Moment(NamedTuple):
    """The same instant on two clocks: monotonic seconds, and UTC."""

    mono: float
    utc: datetime


class Clock(Protocol):
    """Time as the feeder needs it; tests turn it by hand."""

    def now(self) -> Moment:
        """Return both clocks, read together."""

    def wait_until(self, mono: float, woken: Event) -> None:
        """Return at a monotonic time, or as soon as `woken` is set."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> Moment:
        """Return both clocks; a pause between the two readings is noticed and the reading repeated."""
        for _ in range(_READINGS):
            before = time.monotonic()
            utc = datetime.now(UTC)
            if time.monotonic() - before < _CLOSE_S:
                break
        return Moment(before, utc)

    def wait_until(self, mono: float, woken: Event) -> None:
        """Sleep until a monotonic time, or until `woken` is set."""
        rest = mono - time.monotonic()
        if rest > 0:
            woken.wait(rest)

"""The plan: which second of which file the feeder put on screen at which UTC second. Bounded and thread-safe.

Proof of play and the picture that a capture is compared with both come from here, never from VLC's own counters.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from kiosk_agent.player.port import Cue

MOST_SECONDS = 64
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PlannedSecond:
    """One second on screen from `at` (UTC).

    `cue` is what really shows: when a segment cannot be read it names the stand-in, and `error` says why. `path` and
    `group` are the file that was fed and which of its one-second groups.
    """

    at: datetime
    cue: Cue
    path: Path
    group: int
    error: str | None = None
    unsound: str | None = None
    """The key of the cue that was asked for and cannot be played, beside `error`."""


class Plan:
    """The last and the coming seconds, at most 64."""

    def __init__(self, told: Callable[[PlannedSecond], None] | None = None) -> None:
        self._rows: deque[PlannedSecond] = deque(maxlen=MOST_SECONDS)
        self._lock = Lock()
        self._told = told

    def add(self, row: PlannedSecond) -> None:
        """Note a second before its first frame is written."""
        with self._lock:
            self._rows.append(row)
        if self._told is not None:
            self._told(row)

    def at(self, instant: datetime) -> PlannedSecond | None:
        """Return what is on screen at an aware time; during a stall the last second stays up."""
        with self._lock:
            for row in reversed(self._rows):
                if row.at <= instant:
                    return row
        return None

    def newest(self) -> PlannedSecond | None:
        """Return the second that was planned last."""
        with self._lock:
            return self._rows[-1] if self._rows else None

    def between(self, since: datetime, until: datetime) -> list[PlannedSecond]:
        """Return the seconds that began from one aware time to another."""
        with self._lock:
            return [row for row in self._rows if since <= row.at <= until]

    def frames_near(self, instant: datetime, fps: int, slack_s: float) -> list[tuple[PlannedSecond, int]]:
        """Return the (second, frame number) pairs that may be on screen within `slack_s` of an instant."""
        found: list[tuple[PlannedSecond, int]] = []
        reach = round(slack_s * fps)
        for offset in range(-reach, reach + 1):
            moment = instant + timedelta(seconds=offset / fps)
            row = self.at(moment)
            if row is not None:
                into = min((moment - row.at) / _SECOND, 1 - 1 / (2 * fps))
                found.append((row, int(into * fps)))
        return found

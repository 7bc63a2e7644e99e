"""The pacing arithmetic of the endless stream: which second of the stream is on screen when.

Pure: clock readings come in as values. The stream is counted in whole seconds since it began; every second of it is
on screen from a whole UTC second, so panels of one site are in step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk_agent.player.clock import Moment

STEP_TOLERANCE_S = 0.25
"""A wall clock that disagrees by more than this was set, and the stream follows it."""

RENEWAL_S = 12 * 3600
"""VLC 3 freezes when a timeline wraps after 26.5 h: renew at an item's end from 12 h on ..."""
RENEWAL_GRACE_S = 3600
"""... and in the middle of an item that goes on for an hour longer; at 13.5 h VLC 3 freezes at the renewal itself."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Ties the stream to the clocks: its second 0 is on screen at monotonic `mono`, which is the UTC time `wall`."""

    mono: float
    wall: datetime

    def due(self, second: int, frame: int = 0, fps: int = 25) -> float:
        """Return the monotonic time at which a frame of a second is on screen."""
        return self.mono + second + frame / fps

    def instant(self, second: int) -> datetime:
        """Return the UTC time at which a second of the stream begins on screen."""
        return self.wall + timedelta(seconds=second)

    def later(self, seconds: int) -> Anchor:
        """Return the anchor of the same stream shown so many whole seconds later."""
        return Anchor(self.mono + seconds, self.wall + timedelta(seconds=seconds))


def whole_second_after(instant: datetime) -> datetime:
    """Return the first whole UTC second that is not before an aware time."""
    utc = instant.astimezone(UTC)
    floor = utc.replace(microsecond=0)
    return floor if floor == utc else floor + timedelta(seconds=1)


def first_anchor(now: Moment, ahead_s: float) -> Anchor:
    """Anchor a stream that begins now: its first frame is written `ahead_s` before it is on screen."""
    wall = whole_second_after(now.utc + timedelta(seconds=ahead_s))
    return Anchor(now.mono + (wall - now.utc).total_seconds(), wall)


def first_frame_anchor(now: Moment, ahead_s: float, fps: int) -> tuple[Anchor, int]:
    """Anchor a stream that begins at the next frame: return also how many frames of its second 0 are over by then."""
    begins = now.utc + timedelta(seconds=ahead_s)
    wall = begins.astimezone(UTC).replace(microsecond=0)
    over = math.ceil((begins - wall).total_seconds() * fps)
    if over >= fps:
        wall, over = wall + timedelta(seconds=1), 0
    return Anchor(now.mono + (wall - now.utc).total_seconds(), wall), over


def stall_shift(late_s: float, tolerance_s: float) -> int:
    """Return by how many whole seconds the plan moves when a frame is written `late_s` after its time.

    Within the tolerance nothing moves (the reader's buffer covers it). Beyond it the overdue frames are never sent in
    a burst; moving by whole seconds keeps the stream on whole UTC seconds.
    """
    return math.ceil(late_s) if late_s > tolerance_s else 0


def follow_clock(anchor: Anchor, second: int, now: Moment) -> Anchor:
    """Return the anchor that follows a wall clock that was set; the same anchor when it was not.

    The stream waits for less than a second at `second`, so that this begins on a whole second of the new time.
    """
    error = (now.utc - anchor.wall).total_seconds() - (now.mono - anchor.mono)
    if abs(error) <= STEP_TOLERANCE_S:
        return anchor
    true = anchor.instant(second) + timedelta(seconds=error)
    wall = whole_second_after(true)
    return Anchor(anchor.mono + (wall - true).total_seconds(), wall - timedelta(seconds=second))


def renewal_due(timeline_s: int, *, at_item_end: bool) -> bool:
    """Tell whether a timeline that has run for so many seconds is to begin anew."""
    return timeline_s >= (RENEWAL_S if at_item_end else RENEWAL_S + RENEWAL_GRACE_S)


def seconds_into(starts_at: datetime, at: datetime) -> int:
    """Return how many whole seconds of an airing are over when it is joined at an instant (0 when it just begins)."""
    return max(0, math.floor((at - starts_at).total_seconds() + 0.001))

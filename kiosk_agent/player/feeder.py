"""The feeder: remuxes segments into one endless transport stream, paced by the clock.

It asks what is on at the last moment, re-stamps packets, repeats a still's last closed group, cuts at whole seconds,
and keeps the stream alive whatever a file holds. What shows the stream is the reader's matter.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from threading import Event

import av
from av.container import OutputContainer

from kiosk_agent.core.seal import Seal
from kiosk_agent.player.clock import Clock, SystemClock
from kiosk_agent.player.groups import Frame, Group, SegmentUnsound, closed_groups
from kiosk_agent.player.pacing import (
    Anchor,
    first_anchor,
    first_frame_anchor,
    follow_clock,
    renewal_due,
    seconds_into,
    stall_shift,
)
from kiosk_agent.player.plan import Plan, PlannedSecond
from kiosk_agent.player.port import Cue, NextCue
from kiosk_agent.player.safe import DARK, SAFE, StandIns
from playlists.profile import Profile

TICKS_PER_S = 90_000
STALL_TOLERANCE_S = 0.5
_TICK = Fraction(1, TICKS_PER_S)
_MPEGTS = {"flush_packets": "1", "pcr_period": "20", "mpegts_flags": "initial_discontinuity+pat_pmt_at_frames"}


Shown = Callable[[float], object]
"""Told once, on the feeder's thread and ahead of time: the monotonic second from which an answer is on screen."""


class CueUnanswered(Exception):
    """Nobody said in time what is on; the picture that is up stays for another second."""


class _Sink:
    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, chunk: bytes) -> int:
        if chunk:
            self._write(bytes(chunk))
        return len(chunk)


class Timeline:
    """One transport-stream timeline from its time zero: a muxer that lives until the next renewal."""

    def __init__(self, profile: Profile, write: Callable[[bytes], object]) -> None:
        self._out: OutputContainer = av.open(_Sink(write), "w", format="mpegts", options=_MPEGTS)
        self._stream = self._out.add_mux_stream(
            "h264", rate=profile.fps, width=profile.width, height=profile.height, time_base=_TICK
        )

    def put(self, ticks: int, frame: Frame) -> None:
        """Write one frame with its presentation time in ticks of 1/90000 s since the timeline began."""
        packet = av.Packet(frame.payload)
        packet.stream = self._stream
        packet.time_base = _TICK
        packet.pts = packet.dts = ticks
        packet.is_keyframe = frame.is_key
        self._out.mux(packet)

    def close(self) -> None:
        """Flush what the muxer holds."""
        self._out.close()


class Airing:
    """One cue being fed, second by second. Never fails: a file that cannot be read gives way to a stand-in."""

    def __init__(self, cue: Cue, at: datetime, profile: Profile, spare: StandIns) -> None:
        self.cue = cue
        self.error: str | None = None
        self._asked = cue
        self._profile = profile
        self._spare = spare
        self._index = -1
        self._group: Group = ()
        path = cue.path or (spare.black if cue.key == DARK else spare.safe)
        self._open(path, cue.seal if cue.path is not None else None)
        for _ in range(seconds_into(cue.starts_at, at)):
            if not self._advance():
                break

    def is_same(self, cue: Cue) -> bool:
        """Tell whether a cue is this airing again, perhaps with another end."""
        asked = self._asked
        return (cue.key, cue.path, cue.starts_at) == (asked.key, asked.path, asked.starts_at)

    def extend(self, cue: Cue) -> None:
        """Take over the new end of the same airing."""
        self._asked = cue
        self.cue = replace(self.cue, ends_at=cue.ends_at)

    def next_second(self, at: datetime) -> tuple[PlannedSecond, Group]:
        """Return the second that begins at an instant, as planned and as frames."""
        self._advance()
        return self.hold(at)

    def hold(self, at: datetime) -> tuple[PlannedSecond, Group]:
        """Return the second that is up once more."""
        unsound = self._asked.key if self.error is not None else None
        return PlannedSecond(at, self.cue, self._path, self._index, self.error, unsound), self._group

    def _open(self, path: Path, seal: Seal | None = None) -> None:
        self._path = path
        self._index = -1
        self._groups: Iterator[Group] | None = closed_groups(path, self._profile, seal)

    def _advance(self) -> bool:
        """Step to the next group, or hold the last; False when it is held."""
        if self._groups is None:
            return False
        try:
            self._group = next(self._groups)
        except StopIteration:
            self._groups = None
            return False
        except SegmentUnsound as unsound:
            self._groups = None
            self._give_way(str(unsound))
            return False
        self._index += 1
        return True

    def _give_way(self, reason: str) -> None:
        self.error = f"segment {self._asked.key} cannot be played: {reason}; it needs to be fetched again"
        if self._index >= 0:
            return
        if self._path == self._spare.safe:
            raise SegmentUnsound(f"the safe picture itself cannot be read ({self._path.name}): {reason}")
        self.cue = Cue(SAFE, None, self.cue.starts_at, self.cue.ends_at)
        self._open(self._spare.safe)
        self._advance()


class Feeder:
    """Feeds one panel's stream until it is stopped. `run` belongs to one thread; the rest may be called from any."""

    def __init__(
        self,
        profile: Profile,
        next_cue: NextCue,
        spare: StandIns,
        write: Callable[[bytes], object],
        plan: Plan,
        *,
        ahead_s: float,
        timeline_s: int = 0,
        mid_second: bool = False,
        clock: Clock | None = None,
    ) -> None:
        """Feed through `write`, each frame `ahead_s` before it shows; `timeline_s` is the first timeline's age.

        The stream begins on a whole second, or with `mid_second` at the next frame.
        """
        self._profile = profile
        self._next_cue = next_cue
        self._spare = spare
        self._write = write
        self._plan = plan
        self._ahead_s = ahead_s
        self._timeline_s = timeline_s
        self._mid_second = mid_second
        self._clock = clock or SystemClock()
        self._stopped = Event()
        self._refresh = Event()
        self._shown: Shown | None = None
        self._answered: Shown | None = None
        self.frames = 0
        """Frames written since the start."""

    def refresh(self, shown: Shown | None = None) -> None:
        """Ask again at the next whole second; `shown` (that of the last call) is told when the answer is on screen."""
        if shown is not None:
            self._shown = shown
        self._refresh.set()

    def stop(self) -> None:
        """End `run` soon."""
        self._stopped.set()

    def run(self) -> None:
        """Feed until stopped.

        Raises:
            OSError: the stream cannot be written any more.
            SegmentUnsound: even the safe picture cannot be read.
        """
        timeline = Timeline(self._profile, self._write)
        try:
            self._run(timeline)
        finally:
            with contextlib.suppress(OSError, av.FFmpegError):
                timeline.close()

    def _run(self, timeline: Timeline) -> None:
        anchor, over = self._first_anchor()
        airing: Airing | None = None
        second, began = 0, -self._timeline_s
        while not self._stopped.is_set():
            anchor = self._after_stall(follow_clock(anchor, second, self._clock.now()), second, over)
            at = anchor.instant(second) + timedelta(seconds=over / self._profile.fps)
            before, (airing, planned, group) = airing, self._second(airing, at)
            if renewal_due(second - began, at_item_end=airing is not before):
                timeline.close()
                timeline, began = Timeline(self._profile, self._write), second
            self._plan.add(planned)
            anchor = self._feed(timeline, group[: len(group) - over], anchor, second, began)
            second, over = second + 1, 0

    def _second(self, airing: Airing | None, at: datetime) -> tuple[Airing, PlannedSecond, Group]:
        """Choose the second that begins on screen at an instant, asking what is on where the item is over."""
        asked = self._refresh.is_set()
        if airing is not None and not asked and airing.cue.starts_at <= at < airing.cue.ends_at:
            return airing, *airing.next_second(at)
        self._refresh.clear()
        # Whoever asks to be told from here on asks again too, so what is answered now is new to the one told.
        shown, self._shown = self._shown, None
        try:
            cue = self._next_cue(at)
        except CueUnanswered:
            self.refresh(shown)
            if airing is not None:
                return airing, *airing.hold(at)
            cue = Cue(SAFE, None, at, at + timedelta(seconds=1))
        self._answered = shown
        if airing is not None and airing.is_same(cue):
            airing.extend(cue)
        else:
            airing = Airing(cue, at, self._profile, self._spare)
        return airing, *airing.next_second(at)

    def _feed(self, timeline: Timeline, group: Group, anchor: Anchor, second: int, began: int) -> Anchor:
        """Write the frames up to a second's end, each at its time; return the anchor, moved if it was held up."""
        fps = self._profile.fps
        for number, frame in enumerate(group, fps - len(group)):
            anchor = self._after_stall(anchor, second, number)
            self._clock.wait_until(anchor.due(second, number, fps) - self._ahead_s, self._stopped)
            if self._stopped.is_set():
                break
            timeline.put((second - began) * TICKS_PER_S + number * TICKS_PER_S // fps, frame)
            self.frames += 1
            if self._answered is not None:
                self._answered(anchor.due(second, number, fps))
                self._answered = None
        return anchor

    def _first_anchor(self) -> tuple[Anchor, int]:
        """Return where the stream begins, and how many frames of its first second are left out."""
        now = self._clock.now()
        if self._mid_second:
            return first_frame_anchor(now, self._ahead_s, self._profile.fps)
        return first_anchor(now, self._ahead_s), 0

    def _after_stall(self, anchor: Anchor, second: int, number: int) -> Anchor:
        late_s = self._clock.now().mono - (anchor.due(second, number, self._profile.fps) - self._ahead_s)
        return anchor.later(stall_shift(late_s, STALL_TOLERANCE_S))


def forgiving(next_cue: NextCue, noted: Callable[[str | None], None]) -> NextCue:
    """Wrap a cue source so that any failure is noted and holds the picture up; an answer is noted as None."""

    def ask(at: datetime) -> Cue:
        try:
            cue = next_cue(at)
        except Exception as error:
            noted(f"nobody could say what is on at {at:%H:%M:%S}Z: {error}; the last picture stays up")
            raise CueUnanswered(str(error)) from error
        noted(None)
        return cue

    return ask

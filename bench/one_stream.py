"""The endless stream under hardships that the real player does not let happen, for `gap`.

They are a feeder that is held up for seconds in the middle of a write, and a timeline that runs into the 33-bit wrap of
its timestamps, as after 26.5 hours. Runs as a child process with the feeder, pipe, window and VLC options of the real
player: `python -m bench.one_stream SPEC`.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event, Thread

from pydantic import BaseModel

from bench.eye import PURPLE, TEAL
from kiosk_agent.player.clock import SystemClock
from kiosk_agent.player.feeder import TICKS_PER_S, Feeder, Timeline
from kiosk_agent.player.groups import closed_groups
from kiosk_agent.player.pacing import RENEWAL_GRACE_S, RENEWAL_S, first_anchor
from kiosk_agent.player.pipe import StreamPipe
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.plan import Plan
from kiosk_agent.player.port import Cue
from kiosk_agent.player.safe import stand_ins
from kiosk_agent.player.stage import VLC_AHEAD_S, Frames, Stage
from playlists.profile import Profile

WRAP_S = (1 << 33) / TICKS_PER_S
JUMP_AFTER_S = 2
"""So many seconds begin at zero, as every timeline does; then its time jumps forward, which VLC does not mind."""


class Hardship(StrEnum):
    """What befalls the stream."""

    STARVED = "starved"
    """The feeder is held up for four seconds."""
    WRAPPED = "wrapped"
    """The timeline comes to its 33-bit wrap."""
    RENEWED_LATE = "renewed_late"
    """The timeline is renewed two seconds before its wrap."""
    RENEWED_13H = "renewed_13h"
    """The timeline is renewed at thirteen hours, the latest that the feeder ever does."""


AGE_S = {
    Hardship.WRAPPED: WRAP_S,
    Hardship.RENEWED_LATE: WRAP_S - 2,
    Hardship.RENEWED_13H: RENEWAL_S + RENEWAL_GRACE_S,
}
"""How old the timeline is when the hardship comes."""


class StreamSpec(BaseModel):
    """Where to play, what (item number is the index), for how long, and what befalls the stream how long after."""

    display: str
    placement: Placement
    profile: str
    files: list[Path]
    folder: Path
    seconds: float
    hardship: Hardship
    after_s: float
    starved_s: float = 4.0


def play(spec: StreamSpec) -> None:
    """Show item `second % len(files)` from every whole UTC second on."""
    pipe = StreamPipe()
    frames = Frames(spec.display, spec.placement, PURPLE, TEAL)
    frames.show(beneath=False)
    stage = Stage(frames)
    stage.play(pipe.read_fd)
    stopped = Event()
    feed = _starve if spec.hardship is Hardship.STARVED else _age
    feeding = Thread(target=feed, args=(spec, pipe, stopped), daemon=True)
    feeding.start()
    time.sleep(spec.seconds)
    stopped.set()
    feeding.join(2)
    pipe.close()
    stage.close()


def _starve(spec: StreamSpec, pipe: StreamPipe, stopped: Event) -> None:
    """Feed through the real feeder, whose write takes seconds once."""
    profile = Profile.parse(spec.profile)
    due = [time.monotonic() + spec.after_s]

    def write(chunk: bytes) -> int:
        if due and time.monotonic() >= due[0]:
            due.clear()
            time.sleep(spec.starved_s)
        return pipe.write(chunk)

    def next_cue(at: datetime) -> Cue:
        item = int(at.timestamp()) % len(spec.files)
        starts_at = datetime.fromtimestamp(int(at.timestamp()), UTC)
        return Cue(f"item-{item}", spec.files[item], starts_at, starts_at + timedelta(seconds=1))

    feeder = Feeder(profile, next_cue, stand_ins(profile, spec.folder), write, Plan(), ahead_s=VLC_AHEAD_S)
    feeding = Thread(target=feeder.run, daemon=True)
    feeding.start()
    stopped.wait()
    feeder.stop()
    feeding.join(1)


def _age(spec: StreamSpec, pipe: StreamPipe, stopped: Event) -> None:
    """Feed a timeline that is as old as the hardship wants `after_s` after the start, and is renewed then or not."""
    profile, clock = Profile.parse(spec.profile), SystemClock()
    groups = [next(closed_groups(path, profile)) for path in spec.files]
    anchor = first_anchor(clock.now(), VLC_AHEAD_S)
    first, comes_at = int(anchor.wall.timestamp()), round(spec.after_s)
    timeline, began, jump_s = Timeline(profile, pipe.write), 0, 0.0
    for second in range(round(spec.seconds) + 2):
        if second == JUMP_AFTER_S:
            jump_s = AGE_S[spec.hardship] - comes_at
        if second == comes_at and spec.hardship is not Hardship.WRAPPED:
            timeline.close()
            timeline, began, jump_s = Timeline(profile, pipe.write), second, 0.0
        for number, frame in enumerate(groups[(first + second) % len(groups)]):
            clock.wait_until(anchor.due(second, number, profile.fps) - VLC_AHEAD_S, stopped)
            if stopped.is_set():
                return
            timeline.put(round((jump_s + second - began + number / profile.fps) * TICKS_PER_S), frame)


if __name__ == "__main__":
    spec = StreamSpec.model_validate_json(sys.argv[1])
    os.environ["DISPLAY"] = spec.display
    play(spec)

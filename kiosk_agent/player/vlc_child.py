"""The VLC child process: windows, libVLC and the feeder, so that a crash or a hang never takes the agent with it.

Started by `vlc_player` as `python -m kiosk_agent.player.vlc_child SPEC`; it asks its parent what is on, says what it
plans, and ends when its parent goes.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from datetime import datetime
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread

from pydantic import BaseModel

from kiosk_agent.player.cover import UNCOVER_AFTER_S
from kiosk_agent.player.feeder import CueUnanswered, Feeder
from kiosk_agent.player.groups import SegmentUnsound
from kiosk_agent.player.lines import (
    Alive,
    Answer,
    Ask,
    Begin,
    Cut,
    LineUnsound,
    Overlay,
    Planned,
    Raise,
    Raised,
    Refresh,
    Said,
    Stop,
    Uncovered,
    Wire,
)
from kiosk_agent.player.output import VideoOutput, vlc_options
from kiosk_agent.player.pipe import StreamPipe
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.plan import Plan, PlannedSecond
from kiosk_agent.player.port import Cue
from kiosk_agent.player.safe import stand_ins
from kiosk_agent.player.stage import BLACK, VLC_AHEAD_S, Frames, NoFrames, Stage
from playlists.profile import Profile

ANSWER_WITHIN_S = 0.4
ALIVE_EVERY_S = 0.5
LAST_WORDS_S = 3.0
OUTPUT_AWAITED_S = 0.02
MID_SECOND_S = 0.5
"""Items change on whole seconds: halfway between two, the same picture is up in two children."""
EXIT_STREAM_ENDED = 3


class ChildSpec(BaseModel):
    """What the parent tells its child at the start."""

    profile: str
    placement: Placement
    display: str
    folder: Path
    training: bool = False
    socket_fd: int
    backdrop: int = BLACK
    outside: int = BLACK
    timeline_s: int = 0
    output: VideoOutput = VideoOutput.X11


class Parent:
    """The parent seen from the child: answers what is on, and may ask to refresh or to stop."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._answers: Queue[Answer] = Queue(maxsize=16)
        self._asked = 0
        self._answered = 0
        self.stopped = Event()
        self.begun = Event()
        """Set when the parent wants the stream, and when it wants the end."""
        self.beneath = False
        self.woken = Event()
        """Set when there is something to do before the next word: an overlay has changed, or the end."""
        self.overlay: Path | None = None
        self.cover: Path | None = None
        self.uncover_s: float | None = None
        """The monotonic second from which the stream shows what the cover stands for; None: not known yet."""
        self.raise_s: float | None = None
        """The monotonic second at which the windows are to come up."""

    def next_cue(self, at: datetime) -> Cue:
        """Ask the parent what is on from an instant.

        Raises:
            CueUnanswered: it did not say so within 0.4 s.
        """
        self._asked += 1
        self._wire.send(Ask(number=self._asked, at=at))
        try:
            while (answer := self._answers.get(timeout=ANSWER_WITHIN_S)).number != self._asked:
                pass
        except Empty:
            raise CueUnanswered("the agent did not answer in time") from None
        self._answered = answer.number
        return Cue(answer.key, answer.path, answer.starts_at, answer.ends_at, answer.seal)

    def tell(self, row: PlannedSecond) -> None:
        """Say which second is about to be written."""
        words = Planned(
            number=self._answered,
            at=row.at,
            key=row.cue.key,
            path=row.path,
            group=row.group,
            error=row.error,
            unsound=row.unsound,
        )
        self._wire.send(words)

    def listen(self, feeder: Feeder) -> None:
        """Take what the parent says until it goes; runs on a thread of its own."""
        try:
            for message in self._wire.messages():
                if isinstance(message, Stop):
                    break
                self._take(message, feeder)
        except LineUnsound as error:
            print(f"the agent's line was refused: {error}", file=sys.stderr)  # noqa: T201 - stderr is the report
        self.stopped.set()
        self.begun.set()
        self.woken.set()
        # A hanging libVLC must not outlive the agent.
        Event().wait(LAST_WORDS_S)
        os._exit(EXIT_STREAM_ENDED)

    def uncovered(self, cover: Path) -> None:
        """Say that a cover has been taken away."""
        self._wire.send(Uncovered(cover=cover))

    def raised(self) -> None:
        """Say that the windows are up."""
        self._wire.send(Raised())

    def _take(self, message: Said, feeder: Feeder) -> None:
        if isinstance(message, Answer) and not self._answers.full():
            self._answers.put(message)
        elif isinstance(message, Begin):
            self.beneath = message.beneath
            self.begun.set()
        elif isinstance(message, Refresh):
            feeder.refresh()
        elif isinstance(message, Overlay):
            self.overlay, self.cover = message.path, None
            self.woken.set()
        elif isinstance(message, Cut):
            self._cut(message.cover, feeder)
        elif isinstance(message, Raise):
            now_s = time.monotonic()
            self.raise_s = now_s if message.at_once else now_s + (MID_SECOND_S - time.time()) % 1
            self.woken.set()

    def _cut(self, cover: Path, feeder: Feeder) -> None:
        def shown(at_s: float) -> None:
            if self.cover == cover:
                self.uncover_s = at_s + UNCOVER_AFTER_S
                self.woken.set()

        self.cover, self.uncover_s = cover, None
        self.woken.set()
        feeder.refresh(shown)


def _feed(feeder: Feeder, stopped: Event) -> None:
    try:
        feeder.run()
    except (OSError, SegmentUnsound) as error:
        print(f"the stream ended: {error}", file=sys.stderr)  # noqa: T201 - stderr is the report
    finally:
        stopped.set()


class Attendant:
    """The thread that owns libVLC: changes overlays, raises the windows, and says how VLC does."""

    def __init__(self, parent: Parent, wire: Wire, stage: Stage, frames: Frames | NoFrames) -> None:
        self._parent = parent
        self._wire = wire
        self._stage = stage
        self._frames = frames
        self._up: Path | None = None
        self._said_output = False

    def attend(self, ended: Event) -> None:
        """Work until the parent says stop or the stream ends."""
        parent, due = self._parent, time.monotonic()
        while not parent.stopped.is_set() and not ended.is_set():
            parent.woken.clear()
            has_output = self._stage.pictures()[0] > 0 and self._stage.has_output()
            if has_output:
                self._dress()
            self._raise_if_due()
            if time.monotonic() >= due or has_output != self._said_output:
                self._say_alive(has_output)
                due = time.monotonic() + ALIVE_EVERY_S
            parent.woken.wait(max(0.0, self._next_s(due, has_output) - time.monotonic()))

    def _dress(self) -> None:
        """Lay over the stream what is to be there now: a cover until the stream has caught up, else the overlay."""
        parent = self._parent
        cover = parent.cover
        over = cover is not None and parent.uncover_s is not None and time.monotonic() >= parent.uncover_s
        wanted = cover if cover is not None and not over else parent.overlay
        if wanted != self._up:
            self._stage.overlay(wanted)
            self._up = wanted
        if cover is not None and over:
            if parent.cover == cover:
                parent.cover = None
            parent.uncovered(cover)

    def _raise_if_due(self) -> None:
        at_s = self._parent.raise_s
        if at_s is not None and time.monotonic() >= at_s:
            self._parent.raise_s = None
            self._frames.raise_up()
            self._parent.raised()

    def _say_alive(self, has_output: bool) -> None:
        self._said_output = has_output
        frames, lost = self._stage.pictures()
        self._wire.send(
            Alive(
                frames=frames,
                lost=lost,
                silent_ms=self._stage.silent_ms(),
                output=self._stage.has_output(),
                window=self._frames.window_id or 0,
            )
        )

    def _next_s(self, due: float, has_output: bool) -> float:
        """Return the monotonic second at which there is something to do, unless woken before."""
        parent = self._parent
        moments = [due, *(at for at in (parent.uncover_s if parent.cover else None, parent.raise_s) if at is not None)]
        if not has_output:
            moments.append(time.monotonic() + OUTPUT_AWAITED_S)
        return min(moments)


def play(spec: ChildSpec, wire: Wire) -> int:
    """Make all ready and wait for the parent's word, then play until it says stop or goes (0).

    The status is 3 when the stream or VLC fails.
    """
    parent = Parent(wire)
    profile = Profile.parse(spec.profile)
    windowed = spec.output is VideoOutput.X11
    frames = Frames(spec.display, spec.placement, spec.backdrop, spec.outside) if windowed else NoFrames()
    spare = stand_ins(profile, spec.folder, training=spec.training)
    pipe = StreamPipe()
    plan = Plan(parent.tell)
    feeder = Feeder(
        profile,
        parent.next_cue,
        spare,
        pipe.write,
        plan,
        ahead_s=VLC_AHEAD_S,
        timeline_s=spec.timeline_s,
        mid_second=True,
    )
    stage = Stage(frames, vlc_options(spec.output, spec.placement))
    Thread(target=parent.listen, args=(feeder,), name="listener", daemon=True).start()
    parent.begun.wait()
    ended = Event()
    feeding = Thread(target=_feed, args=(feeder, ended), name="feeder", daemon=True)
    if not parent.stopped.is_set():
        frames.show(beneath=parent.beneath)
        stage.play(pipe.read_fd)
        feeding.start()
        Attendant(parent, wire, stage, frames).attend(ended)
    feeder.stop()
    if feeding.is_alive():
        feeding.join(LAST_WORDS_S)
    pipe.close()
    stage.close()
    return 0 if parent.stopped.is_set() else EXIT_STREAM_ENDED


def main(arguments: list[str]) -> int:
    """Run the child; the only argument is a `ChildSpec` as JSON."""
    spec = ChildSpec.model_validate_json(arguments[0])
    if spec.display:
        os.environ["DISPLAY"] = spec.display
    wire = Wire(socket.socket(fileno=spec.socket_fd))
    try:
        return play(spec, wire)
    except OSError as error:
        print(f"the player cannot go on: {error}", file=sys.stderr)  # noqa: T201 - stderr is the report
        return EXIT_STREAM_ENDED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

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

from kiosk_agent.player.feeder import CueUnanswered, Feeder
from kiosk_agent.player.groups import SegmentUnsound
from kiosk_agent.player.lines import Alive, Answer, Ask, LineUnsound, Overlay, Planned, Refresh, Stop, Wire
from kiosk_agent.player.output import VideoOutput, vlc_options
from kiosk_agent.player.pipe import StreamPipe
from kiosk_agent.player.plan import Plan, PlannedSecond
from kiosk_agent.player.port import Cue
from kiosk_agent.player.safe import stand_ins
from kiosk_agent.player.stage import BLACK, VLC_AHEAD_S, Frames, NoFrames, Placement, Stage
from playlists.profile import Profile

ANSWER_WITHIN_S = 0.4
ALIVE_EVERY_S = 0.5
LAST_WORDS_S = 3.0
OUTPUT_AWAITED_S = 0.02
EXIT_STREAM_ENDED = 3


class ChildSpec(BaseModel):
    """What the parent tells its child at the start."""

    profile: str
    placement: Placement
    display: str
    folder: Path
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
        self.woken = Event()
        """Set when there is something to do before the next word: an overlay has changed, or the end."""
        self.overlay: Path | None = None

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
        return Cue(answer.key, answer.path, answer.starts_at, answer.ends_at)

    def tell(self, row: PlannedSecond) -> None:
        """Say which second is about to be written."""
        words = Planned(
            number=self._answered, at=row.at, key=row.cue.key, path=row.path, group=row.group, error=row.error
        )
        self._wire.send(words)

    def listen(self, feeder: Feeder) -> None:
        """Take what the parent says until it goes; runs on a thread of its own."""
        try:
            for message in self._wire.messages():
                if isinstance(message, Answer) and not self._answers.full():
                    self._answers.put(message)
                elif isinstance(message, Refresh):
                    feeder.refresh()
                elif isinstance(message, Overlay):
                    self.overlay = message.path
                    self.woken.set()
                elif isinstance(message, Stop):
                    break
        except LineUnsound as error:
            print(f"the agent's line was refused: {error}", file=sys.stderr)  # noqa: T201 - stderr is the report
        self.stopped.set()
        self.woken.set()
        # A hanging libVLC must not outlive the agent.
        Event().wait(LAST_WORDS_S)
        os._exit(EXIT_STREAM_ENDED)


def _feed(feeder: Feeder, stopped: Event) -> None:
    try:
        feeder.run()
    except (OSError, SegmentUnsound) as error:
        print(f"the stream ended: {error}", file=sys.stderr)  # noqa: T201 - stderr is the report
    finally:
        stopped.set()


def _attend(parent: Parent, wire: Wire, stage: Stage, ended: Event) -> None:
    """Say twice a second how VLC does, and change the overlay as soon as it is asked for and there is an output."""
    due = time.monotonic()
    up: Path | None = None
    while not parent.stopped.is_set() and not ended.is_set():
        parent.woken.clear()
        if parent.overlay != up and stage.shown_pictures() > 0 and stage.has_output():
            up = parent.overlay
            stage.overlay(up)
        if time.monotonic() >= due:
            wire.send(Alive(frames=stage.shown_pictures(), silent_ms=stage.silent_ms(), output=stage.has_output()))
            due = time.monotonic() + ALIVE_EVERY_S
        wait_s = due - time.monotonic()
        parent.woken.wait(max(0.0, wait_s if parent.overlay == up else min(wait_s, OUTPUT_AWAITED_S)))


def play(spec: ChildSpec, wire: Wire) -> int:
    """Play until the parent says stop or goes (0), or until the stream or VLC fails (3)."""
    parent = Parent(wire)
    profile = Profile.parse(spec.profile)
    windowed = spec.output is VideoOutput.X11
    frames = Frames(spec.display, spec.placement, spec.backdrop, spec.outside) if windowed else NoFrames()
    spare = stand_ins(profile, spec.folder)
    pipe = StreamPipe()
    plan = Plan(parent.tell)
    feeder = Feeder(profile, parent.next_cue, spare, pipe.write, plan, ahead_s=VLC_AHEAD_S, timeline_s=spec.timeline_s)
    stage = Stage(frames, vlc_options(spec.output, spec.placement))
    stage.play(pipe.read_fd)
    ended = Event()
    feeding = Thread(target=_feed, args=(feeder, ended), name="feeder", daemon=True)
    feeding.start()
    Thread(target=parent.listen, args=(feeder,), name="listener", daemon=True).start()
    _attend(parent, wire, stage, ended)
    feeder.stop()
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

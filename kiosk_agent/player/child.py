"""One life of the VLC child process as its parent sees it: what it asks, plans and shows, and how it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import IO

import psutil
from PIL import Image

from kiosk_agent.player.cover import Cover
from kiosk_agent.player.feeder import CueUnanswered, forgiving
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
    Stop,
    Uncovered,
    Wire,
)
from kiosk_agent.player.plan import Plan, PlannedSecond
from kiosk_agent.player.port import Cue, NextCue
from kiosk_agent.player.vlc_child import ChildSpec
from kiosk_agent.player.watch import Reading
from kiosk_agent.player.witness import Witness
from playlists.profile import Profile

log = logging.getLogger(__name__)

STDERR_KEPT_BYTES = 4096
STDERR_SAID_A_SECOND = 5
"""So many lines of what the child complains about go into the log."""
CUES_KEPT = 64
STOP_WITHIN_S = 0.8
_HERE = str(Path(__file__).parents[2])


class Child:
    """The process, its plan, and the verdict on its picture; it stands by until `begin`.

    `hurry` is called on any thread when something is worth a report.
    """

    def __init__(self, spec: ChildSpec, next_cue: NextCue, hurry: Callable[[], object]) -> None:
        ours, theirs = socket.socketpair()
        spec = spec.model_copy(update={"socket_fd": theirs.fileno()})
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kiosk_agent.player.vlc_child", spec.model_dump_json()],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (_HERE, os.environ.get("PYTHONPATH"))))},
            )
        finally:
            theirs.close()
        self.plan = Plan()
        self.witness = Witness(Profile.parse(spec.profile), self.plan)
        self._wire = Wire(ours)
        self._next_cue = forgiving(next_cue, self._note)
        self._hurry = hurry
        self._cues: dict[int, Cue] = {}
        self._started = time.monotonic()
        self._heard: float | None = None
        self._alive = Alive(frames=0, silent_ms=None)
        self._cover: tuple[Cover, Path] | None = None
        self._uncovered: Path | None = None
        self._stderr: deque[str] = deque(maxlen=20)
        self.complaint: str | None = None
        """What the agent's side did wrong last: a cue that could not be answered."""
        self.is_raised = False
        """It was started beneath another's windows and has come up."""
        self.is_stopped = False
        """The process was stopped by a signal; it does nothing until it is continued."""
        self._threads = [
            Thread(target=self._listen, name="vlc-listener", daemon=True),
            Thread(target=self._drain, args=(self._process.stderr,), name="vlc-stderr", daemon=True),
            Thread(target=self._await_blow, name="vlc-blow", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def frames(self) -> int:
        """How many pictures VLC has displayed in this life."""
        return self._alive.frames

    @property
    def lost(self) -> int:
        """How many pictures VLC has lost in this life."""
        return self._alive.lost

    @property
    def has_output(self) -> bool:
        """Tell whether VLC said last that it has a video output."""
        return self._alive.output

    @property
    def window(self) -> int | None:
        """The X id of the window with the panel's picture, once VLC has shown one."""
        return self._alive.window if self._alive.output and self._alive.frames > 0 else None

    @property
    def age_s(self) -> float:
        """Seconds since it was made, or began to play."""
        return time.monotonic() - self._started

    def why_ended(self) -> str | None:
        """Return why the process ended, with its last words, or None while it runs."""
        status = self._process.poll()
        if status is None:
            return None
        words = " ".join(self._stderr).strip() or "it said nothing"
        return f"VLC's process ended with status {status} ({words[-300:]}); it was started anew"

    def reading(self, now_s: float) -> Reading:
        """Return what is known of the child at a monotonic second."""
        silent_ms = self._alive.silent_ms
        try:
            rss_mb = psutil.Process(self.pid).memory_info().rss / 1e6
        except psutil.Error:
            rss_mb = 0.0
        return Reading(
            self.age_s,
            None if self._heard is None else now_s - self._heard,
            None if silent_ms is None else silent_ms / 1000,
            rss_mb,
            self.witness.stuck_s(now_s),
            self.is_stopped,
        )

    def begin(self, *, beneath: bool) -> None:
        """Let a child that stands by play, its windows above all others or beneath them."""
        self._started = time.monotonic()
        self._say(Begin(beneath=beneath))

    def refresh(self) -> None:
        """Tell the child to ask again."""
        self._say(Refresh())

    def overlay(self, picture: Image.Image | None, path: Path | None) -> None:
        """Tell the child what to lay over the stream, and expect it."""
        self._cover = None
        self._say(Overlay(path=path))
        self.witness.overlay(picture, time.monotonic())

    def cut(self, cover: Cover, path: Path) -> None:
        """Tell the child to lay a cover over the stream until the stream shows what is due, and expect it."""
        self._cover = cover, path
        self._say(Cut(cover=path))
        self.witness.overlay(cover.picture, time.monotonic(), of_item=True)

    def cover(self) -> Cover | None:
        """Return the cover that is up; called before each look, so that the stream is expected when it is gone."""
        if self._cover is not None and self._uncovered == self._cover[1]:
            self._cover = None
            self.witness.overlay(None, time.monotonic())
        return None if self._cover is None else self._cover[0]

    def come_up(self, *, at_once: bool) -> None:
        """Tell a child that was started beneath another to raise its windows."""
        self._say(Raise(at_once=at_once))

    def freeze(self) -> None:
        """Stop a process that hangs, so that it does nothing more while its last picture stays up."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGSTOP)

    def end(self, *, kindly: bool) -> None:
        """End the process: ask and wait for a moment, or kill at once."""
        if kindly:
            self._say(Stop())
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_WITHIN_S)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._wire.close()
        if kindly:
            self._bury()
        else:
            # On a busy machine, or while a helper of libVLC still holds the error pipe, this takes its time.
            Thread(target=self._bury, name="vlc-burial", daemon=True).start()

    def _bury(self) -> None:
        """Let the threads come to their end, and close what they read."""
        for thread in self._threads:
            thread.join(1)
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _say(self, message: Begin | Refresh | Overlay | Cut | Raise | Stop) -> None:
        with contextlib.suppress(OSError):
            self._wire.send(message)

    def _note(self, complaint: str | None) -> None:
        self.complaint = complaint

    def _await_blow(self) -> None:
        """Wait until the process ends or is stopped; the kernel says so at once, however loaded the machine is."""
        with contextlib.suppress(ChildProcessError):
            blow = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
            self.is_stopped = blow is not None and blow.si_code == os.CLD_STOPPED
        self._hurry()

    def _listen(self) -> None:
        try:
            for message in self._wire.messages():
                self._take(message)
        except (LineUnsound, OSError) as error:
            self.complaint = f"VLC's process was misunderstood: {error}"
            self._process.kill()

    def _take(self, message: object) -> None:
        if isinstance(message, Ask):
            self._answer(message)
        elif isinstance(message, Planned):
            self.plan.add(self._planned(message))
        elif isinstance(message, Alive):
            had_window, self._alive, self._heard = self.window, message, time.monotonic()
            if had_window is None and self.window is not None:
                self._hurry()
        elif isinstance(message, Uncovered):
            self._uncovered = message.cover
        elif isinstance(message, Raised):
            self.is_raised = True
            self._hurry()

    def _answer(self, ask: Ask) -> None:
        try:
            cue = self._next_cue(ask.at)
        except CueUnanswered:
            return
        self._cues[ask.number] = cue
        self._cues.pop(ask.number - CUES_KEPT, None)
        self._wire.send(
            Answer(
                number=ask.number,
                key=cue.key,
                path=cue.path,
                starts_at=cue.starts_at,
                ends_at=cue.ends_at,
                seal=cue.seal,
            )
        )

    def _planned(self, said: Planned) -> PlannedSecond:
        asked = self._cues.get(said.number)
        cue = asked or Cue(said.key, None, said.at, said.at)
        if cue.key != said.key:
            cue = replace(cue, key=said.key, path=None)
        return PlannedSecond(said.at, cue, said.path, said.group, said.error, said.unsound)

    def _drain(self, stderr: IO[bytes]) -> None:
        second = said = 0
        while line := stderr.readline(STDERR_KEPT_BYTES):
            text = line.decode(errors="replace").strip()
            self._stderr.append(text)
            second, said = (now, 0) if (now := int(time.monotonic())) != second else (second, said + 1)
            if said < STDERR_SAID_A_SECOND:
                log.info("%s", text)

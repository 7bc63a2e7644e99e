"""The VLC player: a supervised child process with a memory ceiling and a kill path.

It answers the child's cue questions, keeps the child's plan, compares the screen with it, and starts the child anew
when it dies, hangs, freezes or grows.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import IO

import psutil
from PIL import Image

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.expected import to_jpeg
from kiosk_agent.player.feeder import CueUnanswered, forgiving
from kiosk_agent.player.lines import Alive, Answer, Ask, LineUnsound, Overlay, Planned, Refresh, Stop, Wire
from kiosk_agent.player.output import VideoOutput, why_unfit
from kiosk_agent.player.overlay import for_vlc, read_overlay
from kiosk_agent.player.plan import Plan, PlannedSecond
from kiosk_agent.player.port import Cue, NextCue, PlayerReport
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.stage import BLACK, Placement
from kiosk_agent.player.vlc_child import ChildSpec
from kiosk_agent.player.watch import (
    LIVED_WELL_S,
    Reading,
    is_stalled,
    restart_pause_s,
    why_restart,
)
from kiosk_agent.player.witness import Witness
from kiosk_agent.player.xserver import DisplayUnavailable, XServer, open_display
from playlists.manifest import PanelSpec

MOST_RSS_MB = 600.0
STDERR_KEPT_BYTES = 4096
CUES_KEPT = 64
STOP_WITHIN_S = 0.8
ERROR_SHOWN_S = 60.0
_HERE = str(Path(__file__).parents[2])


class Child:
    """One life of the VLC child process, and what it has said."""

    def __init__(self, spec: ChildSpec, next_cue: NextCue, plan: Plan) -> None:
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
        self._wire = Wire(ours)
        self._plan = plan
        self._next_cue = forgiving(next_cue, self._note)
        self._cues: dict[int, Cue] = {}
        self._started = time.monotonic()
        self._heard: float | None = None
        self._alive = Alive(frames=0, silent_ms=None)
        self._stderr: deque[str] = deque(maxlen=20)
        self.complaint: str | None = None
        """What the agent's side did wrong last: a cue that could not be answered."""
        self._threads = [
            Thread(target=self._listen, name="vlc-listener", daemon=True),
            Thread(target=self._drain, args=(self._process.stderr,), name="vlc-stderr", daemon=True),
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
    def has_output(self) -> bool:
        """Tell whether VLC said last that it has a video output."""
        return self._alive.output

    @property
    def age_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def why_ended(self) -> str | None:
        """Return why the process ended, with its last words, or None while it runs."""
        status = self._process.poll()
        if status is None:
            return None
        words = " ".join(self._stderr).strip() or "it said nothing"
        return f"VLC's process ended with status {status} ({words[-300:]}); it was started anew"

    def reading(self, frozen_s: float) -> Reading:
        """Return what is known of the child now."""
        silent_ms = self._alive.silent_ms
        try:
            rss_mb = psutil.Process(self.pid).memory_info().rss / 1e6
        except psutil.Error:
            rss_mb = 0.0
        return Reading(
            self.age_s,
            None if self._heard is None else time.monotonic() - self._heard,
            None if silent_ms is None else silent_ms / 1000,
            rss_mb,
            frozen_s,
        )

    def refresh(self) -> None:
        """Tell the child to ask again."""
        with contextlib.suppress(OSError):
            self._wire.send(Refresh())

    def overlay(self, picture: Path | None) -> None:
        """Tell the child what to lay over the stream."""
        with contextlib.suppress(OSError):
            self._wire.send(Overlay(path=picture))

    def end(self, *, kindly: bool) -> None:
        """End the process: ask and wait for a moment, or kill at once."""
        if kindly:
            with contextlib.suppress(OSError):
                self._wire.send(Stop())
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_WITHIN_S)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._wire.close()
        for thread in self._threads:
            thread.join(1)
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _note(self, complaint: str | None) -> None:
        self.complaint = complaint

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
            self._plan.add(self._planned(message))
        elif isinstance(message, Alive):
            self._alive, self._heard = message, time.monotonic()

    def _answer(self, ask: Ask) -> None:
        try:
            cue = self._next_cue(ask.at)
        except CueUnanswered:
            return
        self._cues[ask.number] = cue
        self._cues.pop(ask.number - CUES_KEPT, None)
        self._wire.send(
            Answer(number=ask.number, key=cue.key, path=cue.path, starts_at=cue.starts_at, ends_at=cue.ends_at)
        )

    def _planned(self, said: Planned) -> PlannedSecond:
        asked = self._cues.get(said.number)
        cue = asked or Cue(said.key, None, said.at, said.at)
        if cue.key != said.key:
            cue = replace(cue, key=said.key, path=None)
        return PlannedSecond(said.at, cue, said.path, said.group, said.error)

    def _drain(self, stderr: IO[bytes]) -> None:
        while line := stderr.readline(STDERR_KEPT_BYTES):
            self._stderr.append(line.decode(errors="replace").strip())


class VlcPlayer:
    """Plays one panel through libVLC on an X display."""

    name = "vlc"

    def __init__(
        self,
        folder: Path,
        *,
        most_rss_mb: float = MOST_RSS_MB,
        own_display: bool = False,
        backdrop: int = BLACK,
        outside: int = BLACK,
        timeline_s: int = 0,
        output: VideoOutput = VideoOutput.X11,
    ) -> None:
        """Take a folder for the pictures the player makes itself.

        `own_display` starts an Xvfb even where `$DISPLAY` is set; `backdrop` and `outside` are the colours (0xRRGGBB)
        behind and around VLC's picture, which measurements change; `timeline_s` is the age at which the
        stream's first timeline begins, which a test of the renewal sets; `output` is what draws, and with DRM there is
        nothing that could be captured.
        """
        self._folder = folder
        self._most_rss_mb = most_rss_mb
        self._own_display = own_display
        self._colours = (backdrop, outside)
        self._timeline_s = timeline_s
        self._output = output
        self._misfit: str | None = None
        self._panel: PanelSpec | None = None
        self._x: XServer | None = None
        self._screen: Screen | None = None
        self._child: Child | None = None
        self._crashed: Cue | None = None
        self._over: tuple[Image.Image, Path] | None = None
        self._forget()

    @property
    def display(self) -> str | None:
        """The X display in use, for those who look at the same screen."""
        return self._x.display if self._x else None

    @property
    def child_pid(self) -> int | None:
        """The process id of the child that plays now."""
        return self._child.pid if self._child else None

    def start(self, panel: PanelSpec, next_cue: NextCue) -> None:
        """Begin the endless stream for a panel; a display that is not there yet is tried again by `report`."""
        self.stop()
        self._forget()
        self._panel, self._next_cue = panel, next_cue
        self._spawn(panel)

    def refresh(self) -> None:
        """Ask what is on again at the next whole second."""
        if self._child is not None:
            self._child.refresh()

    def overlay(self, picture: Path | None) -> None:
        """Lay a picture over the running stream, or take it away; see the port."""
        if self._panel is None:
            raise ValueError("there is no panel to lay a picture over: start the player first")
        over: tuple[Image.Image, Path] | None = None
        if picture is not None:
            image = read_overlay(picture, self._panel)
            over = image, for_vlc(picture, image, self._panel.window.rotation, self._folder)
        self._over = over
        self._lay_over()

    def report(self) -> PlayerReport:
        """Return what is on screen; starts a dead, hanging, frozen or grown child anew."""
        if self._panel is None:
            return PlayerReport(None, None, 0, stalled=True, error="the player has not been started")
        moment = datetime.now(UTC)
        match = self._look(moment)
        stalled = self._supervise(self._panel)
        row = self._plan.at(moment) if self._child is not None and self._plan is not None else None
        child_frames = self._child.frames if self._child else 0
        verdict = self._witness.verdict if self._child is not None and self._witness is not None else Verdict.UNKNOWN
        frames = self._frames_before + child_frames
        crashed = self._crashed
        self._crashed = None
        error = self._error(row)
        return PlayerReport(row.cue if row else None, match, frames, stalled, error, verdict, crashed, self._misfit)

    def capture_jpeg(self) -> bytes | None:
        """Return the panel's pixels on the X screen as JPEG."""
        picture = self._screen.capture() if self._screen else None
        return to_jpeg(picture) if picture else None

    def stop(self) -> None:
        """End the child, the screen's reader and our own Xvfb."""
        self._drop_child(kindly=True)
        self._close_screen()
        self._panel = None

    def _forget(self) -> None:
        self._plan: Plan | None = None
        self._witness: Witness | None = None
        self._frames_before = 0
        self._failures = 0
        self._crashed = None
        self._over = None
        self._spawn_at = 0.0
        self._trouble: tuple[float, str] | None = None

    def _open_screen(self, panel: PanelSpec) -> None:
        placement = Placement.of(panel)
        self._x = open_display(placement.screen_width, placement.screen_height, own=self._own_display)
        self._screen = Screen(self._x.display, placement)

    def _close_screen(self) -> None:
        if self._screen is not None:
            self._screen.close()
            self._screen = None
        if self._x is not None:
            self._x.stop()
            self._x = None

    def _spawn(self, panel: PanelSpec) -> None:
        try:
            if self._output is VideoOutput.X11 and (self._x is None or not self._x.runs):
                self._close_screen()
                self._open_screen(panel)
            self._misfit = why_unfit(self._output, panel, self._x.display if self._x else None)
            self._start_child(panel, self._x.display if self._x else "")
        except (DisplayUnavailable, OSError) as error:
            self._close_screen()
            self._fail(f"VLC could not be started: {error}")

    def _start_child(self, panel: PanelSpec, display: str) -> None:
        self._plan = Plan()
        self._witness = Witness(panel.profile, self._plan)
        spec = ChildSpec(
            profile=str(panel.profile),
            placement=Placement.of(panel),
            display=display,
            folder=self._folder,
            socket_fd=-1,
            backdrop=self._colours[0],
            outside=self._colours[1],
            timeline_s=self._timeline_s,
            output=self._output,
        )
        self._child = Child(spec, self._next_cue, self._plan)
        if self._over is not None:
            self._lay_over()

    def _lay_over(self) -> None:
        image, path = self._over or (None, None)
        if self._child is not None:
            self._child.overlay(path)
        if self._witness is not None:
            self._witness.overlay(image, time.monotonic())

    def _drop_child(self, *, kindly: bool) -> None:
        if self._child is not None:
            self._frames_before += self._child.frames
            self._child.end(kindly=kindly)
            self._child = None

    def _supervise(self, panel: PanelSpec) -> bool:
        """Kill and start anew what must be; return whether frames have stopped."""
        if self._child is None:
            if time.monotonic() >= self._spawn_at:
                self._spawn(panel)
            return True
        frozen_s = 0.0 if self._witness is None else self._witness.stuck_s(time.monotonic())
        reading = self._child.reading(frozen_s)
        screen_lost = None if self._x is None or self._x.runs else "the X server has ended; it was started anew"
        reason = screen_lost or self._child.why_ended() or why_restart(reading, self._most_rss_mb)
        if reason is None:
            return is_stalled(reading)
        if self._child.age_s > LIVED_WELL_S or (self._witness is not None and self._witness.was_fine):
            self._failures = 0
        newest = self._plan.newest() if self._plan is not None and screen_lost is None else None
        self._crashed = newest.cue if newest is not None else None
        self._drop_child(kindly=False)
        self._fail(reason)
        return True

    def _fail(self, reason: str) -> None:
        """Note a failure and when to try again."""
        self._failures += 1
        self._trouble = (time.monotonic(), reason)
        self._spawn_at = time.monotonic() + restart_pause_s(self._failures)

    def _look(self, moment: datetime) -> int | None:
        """Compare the screen with the plan; without a child there is nothing to compare."""
        if self._child is None or self._witness is None:
            return None
        picture = self._screen.capture() if self._screen else None
        return self._witness.look(picture, moment, time.monotonic(), output=self._child.has_output)

    def _error(self, row: PlannedSecond | None) -> str | None:
        if row is not None and row.error is not None:
            return row.error
        if self._child is not None and self._child.complaint is not None:
            return self._child.complaint
        if self._trouble is not None and time.monotonic() - self._trouble[0] < ERROR_SHOWN_S:
            return self._trouble[1]
        return None

"""The VLC player: a supervised child process with a memory ceiling and a kill path.

It answers the child's cue questions, compares the screen with the child's plan, covers and cuts in what is due at once,
and starts the child anew when it dies, hangs, freezes or grows, beneath a picture that stays up until the new one is
right: that of the old child where it still stands, else the curtain. A spare child stands by, so that this is quick.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.child import Child
from kiosk_agent.player.cover import Cover, cover_of
from kiosk_agent.player.curtain import Curtain
from kiosk_agent.player.drops import Drops
from kiosk_agent.player.expected import is_dark, thumbnail, to_jpeg
from kiosk_agent.player.feeder import CueUnanswered, forgiving
from kiosk_agent.player.onset import Capture, InStep
from kiosk_agent.player.output import VideoOutput, why_unfit
from kiosk_agent.player.overlay import draw_for_vlc, for_vlc, read_overlay
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.plan import PlannedSecond
from kiosk_agent.player.port import Cue, NextCue, PlayerReport, unhurried
from kiosk_agent.player.screen import Screen, WindowEye
from kiosk_agent.player.stage import BLACK
from kiosk_agent.player.succession import Step, Succession
from kiosk_agent.player.vlc_child import ChildSpec
from kiosk_agent.player.watch import (
    LIVED_WELL_S,
    is_stalled,
    nears_ceiling,
    restart_pause_s,
    why_restart,
)
from kiosk_agent.player.xserver import DisplayUnavailable, XServer, open_display
from playlists.manifest import PanelSpec

MOST_RSS_MB = 600.0
ERROR_SHOWN_S = 60.0
SPARE_AFTER_S = 2.0
"""A child that has played for so long gets a spare."""
SPARE_AGAIN_S = 30.0
COVERS_KEPT = 4
"""A cover's file may still be read while the next one is written."""


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
        spare: bool = True,
        output: VideoOutput = VideoOutput.X11,
    ) -> None:
        """Take a folder for the pictures the player makes itself.

        `own_display` starts an Xvfb even where `$DISPLAY` is set; `backdrop` and `outside` are the colours (0xRRGGBB)
        behind and around VLC's picture, which measurements change; `timeline_s` is the age at which the
        stream's first timeline begins, which a test of the renewal sets; without a `spare` a restart takes longer.
        `output` is what draws, and with DRM there is nothing that could be captured.
        """
        self._folder = folder
        self._most_rss_mb = most_rss_mb
        self._own_display = own_display
        self._colours = (backdrop, outside)
        self._timeline_s = timeline_s
        self._wants_spare = spare
        self._output = output
        self._misfit: str | None = None
        self._panel: PanelSpec | None = None
        self._x: XServer | None = None
        self._screen: Screen | None = None
        self._curtain: Curtain | None = None
        self._child: Child | None = None
        self._spare: Child | None = None
        self._succession: Succession | None = None
        self._crashed: Cue | None = None
        self._over: tuple[Image.Image, Path] | None = None
        self._forget()

    @property
    def display(self) -> str | None:
        """The X display in use, for those who look at the same screen."""
        return self._x.display if self._x else None

    @property
    def child_pid(self) -> int | None:
        """The process id of the child whose picture is up."""
        return self._child.pid if self._child else None

    @property
    def renewing(self) -> bool:
        """Tell whether a new child is on its way up beneath the old one's picture."""
        return self._succession is not None

    @property
    def is_covered(self) -> bool:
        """Tell whether a cover is up that the stream has not caught up with."""
        return self._child is not None and self._child.cover() is not None

    def start(self, panel: PanelSpec, next_cue: NextCue, hurry: Callable[[], object] = unhurried) -> None:
        """Begin the endless stream for a panel; a display that is not there yet is tried again by `report`."""
        self.stop()
        self._forget()
        self._panel, self._next_cue, self._hurry = panel, next_cue, hurry
        self._spawn(panel)

    def refresh(self) -> None:
        """Ask what is on again at the next whole second."""
        for child in self._children():
            child.refresh()

    def overlay(self, picture: Path | None) -> None:
        """Lay a picture over the running stream, or take it away; see the port."""
        if self._panel is None:
            raise ValueError("there is no panel to lay a picture over: start the player first")
        over: tuple[Image.Image, Path] | None = None
        if picture is not None:
            image = read_overlay(picture, self._panel)
            over = image, for_vlc(picture, image, self._panel.window.rotation, self._folder)
        self._over = over
        for child in self._children():
            self._lay_over(child)

    def cut_in(self) -> None:
        """Cover what may not stay with what is due, and cut that into the stream; see the port."""
        cover = self._cover_now()
        if cover is None:
            self.refresh()
            return
        rotation = self._panel.window.rotation if self._panel is not None else 0
        self._covers += 1
        if self._curtain is not None:
            self._curtain.blacken()
        path = draw_for_vlc(cover.picture, rotation, self._folder / f"cover-{self._covers % COVERS_KEPT}.png")
        for child in self._children():
            child.cut(cover, path)

    def renew(self) -> None:
        """Start a new child beneath the old one, which goes when the new one's picture is right; see the port."""
        if self._panel is not None and self._child is not None and self._succession is None and self._may_succeed:
            self._begin_succession(self._panel, at_once=False)

    def report(self) -> PlayerReport:
        """Return what is on screen; starts a dead, hanging, frozen or grown child anew."""
        if self._panel is None:
            return PlayerReport(None, None, 0, stalled=True, error="the player has not been started")
        moment = datetime.now(UTC)
        covered = self._child.cover() if self._child is not None else None
        match = self._look(moment)
        stalled = self._supervise(self._panel)
        row = self._child.plan.at(moment) if self._child is not None else None
        shown = covered.cue if covered is not None else row.cue if row is not None else None
        verdict = self._child.witness.verdict if self._child is not None else Verdict.UNKNOWN
        frames = self._frames_before + (self._child.frames if self._child else 0)
        crashed = self._crashed
        self._crashed = None
        if covered is None and not stalled and self._child is not None and self._succession is None:
            self._in_step.consider(self._child.plan, self._child.witness.expectation, self._own_eye)
        offset_ms, error = self._in_step.offset_ms, self._error(row)
        seen = self._sees_overlay(stalled=stalled)
        lost = self._drops.note(time.monotonic(), self._child.frames, self._child.lost) if self._child else None
        return PlayerReport(
            shown,
            match,
            frames,
            stalled,
            error,
            verdict,
            crashed,
            offset_ms,
            self._misfit,
            seen,
            lost,
            row.unsound if row is not None else None,
        )

    def _sees_overlay(self, *, stalled: bool) -> bool:
        if self._over is None or self._child is None or self._is_frozen:
            return False
        if self._output is VideoOutput.DRM:
            return self._child.has_output and not stalled
        return self._child.cover() is None and self._child.witness.matches

    def capture_jpeg(self) -> bytes | None:
        """Return the panel's pixels on the X screen as JPEG."""
        picture = self._screen.capture() if self._screen else None
        return to_jpeg(picture) if picture else None

    def stop(self) -> None:
        """End the child, the screen's reader and our own Xvfb."""
        self._drop_heir()
        self._drop_spare()
        self._drop_child(kindly=True)
        self._close_screen()
        self._panel = None

    @contextmanager
    def _own_eye(self) -> Iterator[Capture]:
        """Open a capture of the panel for another thread."""
        if self._panel is None:
            raise DisplayUnavailable("the player has been stopped")
        screen = Screen(self.display or "", Placement.of(self._panel))
        try:
            yield screen.capture
        finally:
            screen.close()

    def _forget(self) -> None:
        self._in_step = InStep()
        self._frames_before = 0
        self._drops = Drops()
        self._failures = 0
        self._crashed = None
        self._over = None
        self._covers = 0
        self._spawn_at = 0.0
        self._trouble: tuple[float, str] | None = None
        self._spare_at = 0.0
        self._may_succeed = self._output is VideoOutput.X11
        """A new child came up from beneath the last time that it was tried."""
        self._is_recovering = False
        """The child was started after a blow and has shown nothing yet."""
        self._is_frozen = False
        """The child on screen hangs and was stopped; its last picture stays up until the new one takes over."""

    def _children(self) -> list[Child]:
        """Return the child on screen and the one on its way, as far as there are any."""
        heir = self._succession.heir if self._succession is not None else None
        return [child for child in (self._child, heir) if child is not None]

    def _open_screen(self, panel: PanelSpec) -> None:
        placement = Placement.of(panel)
        self._x = open_display(placement.screen_width, placement.screen_height, own=self._own_display)
        self._screen = Screen(self._x.display, placement)
        self._curtain = Curtain(self._x.display, placement, self._colours[1])

    def _close_screen(self) -> None:
        self._drop_spare()
        if self._curtain is not None:
            self._curtain.close()
            self._curtain = None
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
            self._child = self._begun(panel, beneath=False)
        except (DisplayUnavailable, OSError) as error:
            self._close_screen()
            self._fail(f"VLC could not be started: {error}")

    def _begun(self, panel: PanelSpec, *, beneath: bool) -> Child:
        """Return a child that plays: the spare where one stands by."""
        child, self._spare = self._spare, None
        if child is not None and (child.why_ended() is not None or child.is_stopped):
            child.end(kindly=False)
            child = None
        child = child or self._new_child(panel)
        if self._over is not None:
            self._lay_over(child)
        child.begin(beneath=beneath)
        return child

    def _mind_spare(self, panel: PanelSpec, child: Child) -> None:
        """Keep a spare while a child plays."""
        now_s = time.monotonic()
        if self._spare is not None and (self._spare.why_ended() is not None or self._spare.is_stopped):
            self._drop_spare()
            self._spare_at = now_s + SPARE_AGAIN_S
        ready = child.age_s > SPARE_AFTER_S and child.window is not None and self._succession is None
        if self._wants_spare and self._spare is None and ready and now_s >= self._spare_at:
            self._spare = self._new_child(panel)

    def _new_child(self, panel: PanelSpec) -> Child:
        spec = ChildSpec(
            profile=str(panel.profile),
            placement=Placement.of(panel),
            display=self.display or "",
            folder=self._folder,
            training=panel.training,
            socket_fd=-1,
            backdrop=self._colours[0],
            outside=self._colours[1],
            timeline_s=self._timeline_s,
            output=self._output,
        )
        return Child(spec, self._next_cue, self._hurry)

    def _lay_over(self, child: Child) -> None:
        image, path = self._over or (None, None)
        child.overlay(image, path)

    def _cover_now(self) -> Cover | None:
        """Return what is due now as a still; None where there is nothing to lay it over, or an overlay that stays."""
        if self._panel is None or self._child is None or self._over is not None:
            return None
        now = datetime.now(UTC)
        try:
            cue = forgiving(self._next_cue, self._note)(now)
            return cover_of(cue, now, self._panel.profile, self._folder, training=self._panel.training)
        except CueUnanswered:
            return None

    def _drop_child(self, *, kindly: bool) -> None:
        if self._child is not None:
            self._frames_before += self._child.frames
            self._child.end(kindly=kindly)
            self._child = None
        self._is_frozen = False

    def _drop_spare(self) -> None:
        if self._spare is not None:
            self._spare.end(kindly=False)
            self._spare = None

    def _drop_heir(self) -> None:
        if self._succession is not None:
            self._succession.close()
            self._succession.heir.end(kindly=False)
            self._succession = None

    def _supervise(self, panel: PanelSpec) -> bool:
        """Kill and start anew what must be; return whether frames have stopped."""
        if self._succession is not None:
            self._succeed(self._succession)
        if self._child is None:
            if self._succession is None and time.monotonic() >= self._spawn_at:
                self._start_anew(panel)
            return True
        if self._is_frozen:
            return True
        reading = self._child.reading(time.monotonic())
        screen_lost = None if self._x is None or self._x.runs else "the X server has ended; it was started anew"
        ended = screen_lost or self._child.why_ended()
        reason = ended or why_restart(reading, self._most_rss_mb)
        if reason is None:
            if nears_ceiling(reading, self._most_rss_mb):
                self.renew()
            if self._child.witness.was_fine:
                self._may_succeed = self._output is VideoOutput.X11
            self._mind_spare(panel, self._child)
            self._is_recovering = self._is_recovering and self._child.window is None
            return self._is_recovering or is_stalled(reading)
        self._restart(panel, self._child, reason, screen_lost=screen_lost is not None, ended=ended is not None)
        return True

    def _restart(self, panel: PanelSpec, child: Child, reason: str, *, screen_lost: bool, ended: bool) -> None:
        """Start anew: beneath the old picture where that can stay, from nothing where it is gone."""
        if child.age_s > LIVED_WELL_S or child.witness.was_fine:
            self._failures = 0
        newest = child.plan.newest() if not screen_lost else None
        self._crashed = newest.cue if newest is not None else None
        self._fail(reason)
        self._is_recovering = True
        if screen_lost:
            self._drop_heir()
        if not ended and self._may_succeed and self._shows_something():
            child.freeze()
            self._is_frozen = True
        else:
            self._drop_child(kindly=False)
        if self._succession is not None:
            self._succession.at_once = True
        elif self._is_frozen or time.monotonic() >= self._spawn_at:
            self._start_anew(panel)

    def _start_anew(self, panel: PanelSpec) -> None:
        """Start a child beneath what is up; from nothing where that cannot be, or did not come to anything."""
        if self._may_succeed and self._x is not None and self._x.runs:
            self._begin_succession(panel, at_once=True)
        if self._succession is None:
            self._drop_child(kindly=False)
            self._spawn(panel)

    def _shows_something(self) -> bool:
        """Tell whether the picture that stands is one to look at until the next is there."""
        picture = self._screen.capture() if self._screen else None
        return picture is not None and not is_dark(thumbnail(picture))

    def _begin_succession(self, panel: PanelSpec, *, at_once: bool) -> None:
        try:
            eye = WindowEye(self.display or "", Placement.of(panel))
            self._succession = Succession(self._begun(panel, beneath=True), eye, at_once=at_once)
        except (DisplayUnavailable, OSError) as error:
            self._trouble = (time.monotonic(), f"a new VLC could not be started beneath the old one: {error}")

    def _succeed(self, succession: Succession) -> None:
        """Let the child on its way take its next step, and the place of the old one when it is up."""
        step = succession.proceed()
        if step is Step.UP:
            self._drop_child(kindly=False)
            succession.close()
            self._child, self._succession = succession.heir, None
            self._may_succeed, self._failures = True, 0
        elif step is Step.FAILED:
            if self._child is None:
                newest = succession.heir.plan.newest()
                self._crashed = newest.cue if newest is not None else None
            self._drop_heir()
            self._fail(succession.failure)
            self._may_succeed = self._child is not None and not self._is_frozen
            if self._is_frozen:
                self._drop_child(kindly=False)

    def _fail(self, reason: str) -> None:
        """Note a failure and when to try again."""
        self._failures += 1
        self._trouble = (time.monotonic(), reason)
        self._spawn_at = time.monotonic() + restart_pause_s(self._failures)

    def _note(self, complaint: str | None) -> None:
        if complaint is not None:
            self._trouble = (time.monotonic(), complaint)

    def _look(self, moment: datetime) -> int | None:
        """Compare the screen with the plan; without a child that works there is nothing to compare."""
        if self._child is None or self._is_frozen:
            return None
        picture = self._screen.capture() if self._screen else None
        witness = self._child.witness
        match = witness.look(picture, moment, time.monotonic(), output=self._child.has_output)
        if witness.matches and self._curtain is not None:
            self._curtain.keep()
        return match

    def _error(self, row: PlannedSecond | None) -> str | None:
        if row is not None and row.error is not None:
            return row.error
        if self._child is not None and self._child.complaint is not None:
            return self._child.complaint
        if self._trouble is not None and time.monotonic() - self._trouble[0] < ERROR_SHOWN_S:
            return self._trouble[1]
        return None

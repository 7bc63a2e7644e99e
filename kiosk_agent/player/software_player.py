"""The software player: the same endless stream, decoded by PyAV in this process; no VLC and no display needed.

A thread feeds the pipe, another decodes what comes out, and the newest decoded frame is "the panel". Frames are
written at their time, so decoding on arrival is playing.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread

import av
from PIL import Image

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.cover import UNCOVER_AFTER_S, Cover, cover_of
from kiosk_agent.player.expected import to_jpeg, to_picture
from kiosk_agent.player.feeder import CueUnanswered, Feeder, forgiving
from kiosk_agent.player.groups import SegmentUnsound
from kiosk_agent.player.overlay import read_overlay
from kiosk_agent.player.pipe import StreamPipe
from kiosk_agent.player.plan import Plan
from kiosk_agent.player.port import NextCue, PlayerReport, unhurried
from kiosk_agent.player.safe import stand_ins
from kiosk_agent.player.witness import Witness
from playlists.manifest import PanelSpec

AHEAD_S = 0.06
"""A transport stream gives a frame out when the next begins: one frame, and a little for decoding."""
STALLED_AFTER_S = 2.0
Paint = Callable[[Image.Image], Image.Image | None]
_PROBE = {"probesize": "65536", "analyzeduration": "0", "fflags": "nobuffer"}


def as_decoded(picture: Image.Image) -> Image.Image:
    """Return the picture unchanged: what is decoded is what is up."""
    return picture


class Run:
    """One life of the stream: a feeder thread, a decoder thread and the frame that is up."""

    def __init__(
        self, panel: PanelSpec, next_cue: NextCue, folder: Path, paint: Paint, ended: Callable[[], object]
    ) -> None:
        """Begin; `ended` is called on any thread when the stream has come to its end by itself."""
        self._paint = paint
        self._ended = ended
        self._over: Image.Image | None = None
        self._cover: Cover | None = None
        self._uncover_s = float("inf")
        self._profile, self._training = panel.profile, panel.training
        self._folder = folder
        self._plan = Plan()
        self._witness = Witness(panel.profile, self._plan)
        self._next_cue = forgiving(next_cue, self._note)
        self._pipe = StreamPipe()
        self._feeder: Feeder | None = None
        self._stopped = Event()
        self._lock = Lock()
        self._frame: tuple[av.VideoFrame, datetime] | None = None
        self._last_frame = time.monotonic()
        self.frames = 0
        self.complaint: str | None = None
        self._threads = [
            Thread(target=self._feed, name="feeder", daemon=True),
            Thread(target=self._decode, name="decoder", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def plan(self) -> Plan:
        """Which second is up when."""
        return self._plan

    @property
    def lives(self) -> bool:
        """Tell whether both threads run."""
        return all(thread.is_alive() for thread in self._threads)

    @property
    def stalled(self) -> bool:
        """Tell whether no frame has come for two seconds."""
        return time.monotonic() - self._last_frame > STALLED_AFTER_S

    def refresh(self) -> None:
        """Ask what is on again at the next whole second."""
        if self._feeder is not None:
            self._feeder.refresh()

    def picture(self) -> tuple[Image.Image, datetime] | None:
        """Return the frame that is up and when it came, or None before the first."""
        with self._lock:
            held = self._frame
        cover = self.cover()
        over = cover.picture if cover is not None else self._over
        painted = None if held is None else self._paint(over or to_picture(held[0]))
        return None if held is None or painted is None else (painted, held[1])

    def overlay(self, picture: Image.Image | None) -> None:
        """Show a picture instead of the decoded frames, or those again."""
        self._over, self._cover = picture, None
        self._witness.overlay(picture, time.monotonic())

    def cut(self, cover: Cover) -> None:
        """Show a cover until the stream shows what is due."""

        def shown(at_s: float) -> None:
            if self._cover is cover:
                self._uncover_s = at_s + UNCOVER_AFTER_S

        self._cover, self._uncover_s = cover, float("inf")
        self._witness.overlay(cover.picture, time.monotonic(), of_item=True)
        if self._feeder is not None:
            self._feeder.refresh(shown)

    def cover(self) -> Cover | None:
        """Return the cover that is up."""
        if self._cover is not None and time.monotonic() >= self._uncover_s:
            self._cover = None
            self._witness.overlay(self._over, time.monotonic())
        return self._cover

    @property
    def sees_overlay(self) -> bool:
        """Tell whether the last look found what was laid over the stream."""
        return self._over is not None and self._cover is None and self._witness.matches

    @property
    def is_right(self) -> bool:
        """Tell whether the frame that is up is what is expected."""
        held = self.picture()
        return held is not None and self._witness.is_right(held[0], datetime.now(UTC), time.monotonic())

    def look(self) -> tuple[int | None, Verdict]:
        """Return how well the frame that is up equals the plan, 0 to 1000, and what the last looks come to."""
        held, now = self.picture(), datetime.now(UTC)
        picture = None if held is None else held[0]
        match = self._witness.look(picture, now, time.monotonic(), output=held is not None)
        return match, self._witness.verdict

    def stop(self) -> None:
        """End both threads."""
        self._stopped.set()
        if self._feeder is not None:
            self._feeder.stop()
        for thread in self._threads:
            thread.join(2)

    def _note(self, complaint: str | None) -> None:
        self.complaint = complaint

    def _feed(self) -> None:
        try:
            spare = stand_ins(self._profile, self._folder, training=self._training)
            feeder = Feeder(self._profile, self._next_cue, spare, self._pipe.write, self._plan, ahead_s=AHEAD_S)
            self._feeder = feeder
            if not self._stopped.is_set():
                feeder.run()
        except (OSError, SegmentUnsound) as error:
            self.complaint = f"the stream ended and was started anew: {error}"
            self._ended()
        finally:
            self._pipe.close()

    def _decode(self) -> None:
        with os.fdopen(self._pipe.read_fd, "rb", buffering=0) as source:
            try:
                with av.open(source, "r", format="mpegts", options=_PROBE) as container:
                    for frame in _frames(container):
                        with self._lock:
                            self._frame = (frame, datetime.now(UTC))
                        self._last_frame = time.monotonic()
                        self.frames += 1
            except (av.FFmpegError, OSError, IndexError) as error:
                if not self._stopped.is_set():
                    self.complaint = f"the stream could not be decoded and was started anew: {error}"
                    self._ended()


def _frames(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    stream.codec_context.flags |= av.codec.context.Flags.low_delay
    for packet in container.demux(stream):
        # A damaged frame is skipped: the next closed group heals the picture within a second.
        with contextlib.suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    yield frame


class SoftwarePlayer:
    """Plays one panel in this process; its pixels are seen through captures only."""

    name = "software"

    def __init__(self, folder: Path, paint: Paint = as_decoded) -> None:
        """Take a folder for the pictures the player makes itself.

        `paint` is what becomes of a decoded picture on its way to the panel, None where nothing arrives; trials of
        faulty outputs set it.
        """
        self._folder = folder
        self._paint = paint
        self._over: Image.Image | None = None
        self._run: Run | None = None
        self._heir: Run | None = None
        self._frames_before = 0

    @property
    def is_covered(self) -> bool:
        """Tell whether a cover is up that the stream has not caught up with."""
        return self._run is not None and self._run.cover() is not None

    @property
    def renewing(self) -> bool:
        """Tell whether a new stream is on its way."""
        return self._heir is not None

    def start(self, panel: PanelSpec, next_cue: NextCue, hurry: Callable[[], object] = unhurried) -> None:
        """Begin the endless stream for a panel."""
        self.stop()
        self._hurry = hurry
        self._frames_before = 0
        self._panel, self._next_cue = panel, next_cue
        self._over = None
        self._run = self._begun()

    def overlay(self, picture: Path | None) -> None:
        """Lay a picture over the stream, or take it away; see the port."""
        if self._run is None:
            raise ValueError("there is no panel to lay a picture over: start the player first")
        self._over = None if picture is None else read_overlay(picture, self._panel)
        for run in self._runs():
            run.overlay(self._over)

    def cut_in(self) -> None:
        """Cover what may not stay with what is due, and cut that into the stream; see the port."""
        now = datetime.now(UTC)
        if self._run is None or self._over is not None:
            self.refresh()
            return
        try:
            cue = forgiving(self._next_cue, lambda _: None)(now)
        except CueUnanswered:
            self.refresh()
            return
        for run in self._runs():
            run.cut(cover_of(cue, now, self._panel.profile, self._folder, training=self._panel.training))

    def renew(self) -> None:
        """Start a new stream, which takes over when its picture is right; see the port."""
        if self._run is not None and self._heir is None:
            self._heir = self._begun()

    def _runs(self) -> list[Run]:
        return [run for run in (self._run, self._heir) if run is not None]

    def _begun(self) -> Run:
        run = Run(self._panel, self._next_cue, self._folder, self._paint, self._hurry)
        if self._over is not None:
            run.overlay(self._over)
        return run

    def _succeed(self) -> None:
        """Let the new stream take over when its picture is right; one that ended is forgotten."""
        heir, run = self._heir, self._run
        if heir is None or run is None:
            return
        if heir.is_right:
            self._frames_before += run.frames
            self._run, self._heir = heir, None
            run.stop()
        elif not heir.lives:
            heir.stop()
            self._heir = None

    def refresh(self) -> None:
        """Ask what is on again at the next whole second."""
        for run in self._runs():
            run.refresh()

    def report(self) -> PlayerReport:
        """Return what is up; starts a stream that ended anew."""
        self._succeed()
        run = self._run
        if run is None:
            return PlayerReport(None, None, 0, stalled=True, error="the player has not been started")
        frames = self._frames_before + run.frames
        if not run.lives:
            run.stop()
            self._frames_before = frames
            self._run = self._begun()
            newest = run.plan.newest()
            crashed = newest.cue if newest is not None else None
            return PlayerReport(None, None, frames, stalled=True, error=run.complaint, crashed=crashed)
        row = run.plan.at(datetime.now(UTC))
        error = row.error if row is not None and row.error is not None else run.complaint
        cover = run.cover()
        match, verdict = run.look()
        shown = cover.cue if cover is not None else row.cue if row is not None else None
        unsound = row.unsound if row is not None else None
        seen = self._over is not None and run.sees_overlay
        return PlayerReport(shown, match, frames, run.stalled, error, verdict, overlay_seen=seen, unsound=unsound)

    def capture_jpeg(self) -> bytes | None:
        """Return the decoded picture that is up as JPEG."""
        held = self._run.picture() if self._run is not None else None
        return None if held is None else to_jpeg(held[0])

    def stop(self) -> None:
        """End playback."""
        for run in self._runs():
            run.stop()
        self._run = self._heir = None

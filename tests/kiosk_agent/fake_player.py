"""A player that shows nothing and obeys the port: it asks for cues in time and reports them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk_agent.player.port import Cue, NextCue, PlayerReport, unhurried
from playlists.manifest import PanelSpec

JPEG = b"\xff\xd8 a picture \xff\xd9"


class FakePlayer:
    """Believes what it is told; a segment that cannot be read would be an error of the agent."""

    name = "fake"

    def __init__(self) -> None:
        self.panels: list[PanelSpec] = []
        self.shown: list[Cue] = []
        self.stalled = False
        self.stopped = False
        self.frames = 0
        self.over: Path | None = None
        self.cuts = 0
        self.renewals = 0
        self.killers: set[str] = set()
        self._next_cue: NextCue | None = None
        self._refresh = False

    def start(self, panel: PanelSpec, next_cue: NextCue, hurry: Callable[[], object] = unhurried) -> None:
        self.panels.append(panel)
        self._next_cue, self._refresh = next_cue, True

    def refresh(self) -> None:
        self._refresh = True

    def cut_in(self) -> None:
        self._refresh = True
        self.cuts += 1

    def renew(self) -> None:
        self.renewals += 1

    def overlay(self, picture: Path | None) -> None:
        self.over = picture

    def report(self) -> PlayerReport:
        assert self._next_cue is not None
        now = datetime.now(UTC) + timedelta(milliseconds=20)
        if self._refresh or not self.shown or now >= self.shown[-1].ends_at:
            self._refresh = False
            self.shown.append(self._next_cue(now))
        if self.shown[-1].key in self.killers:
            self._refresh = True
            return PlayerReport(None, None, self.frames, stalled=True, crashed=self.shown[-1])
        self.frames += 25
        return PlayerReport(self.shown[-1], 990, self.frames, self.stalled)

    def capture_jpeg(self) -> bytes | None:
        return JPEG

    def stop(self) -> None:
        self.stopped = True

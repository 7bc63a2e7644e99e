"""What the player's tests share: a small panel, segments of solid colour, and a clock turned by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TypeVar
from uuid import UUID

import pytest
from PIL import Image

from kiosk_agent.player.clock import Moment
from kiosk_agent.player.encode import encode_segment
from kiosk_agent.player.port import Cue, NextCue
from kiosk_agent.player.safe import StandIns, stand_ins
from playlists.manifest import OutputWindow, PanelSpec
from playlists.profile import Profile

PANEL = PanelSpec(
    id=UUID(int=7),
    slug="tra-linh-1",
    name="Trà Lĩnh 1",
    width=256,
    height=128,
    window=OutputWindow(hdmi_width=320, hdmi_height=320, x=16, y=8),
)
COLOURS = {"red": (200, 30, 30), "green": (30, 170, 60), "blue": (30, 60, 200)}


class TurnedClock:
    """A clock that moves only when it is waited for or turned."""

    def __init__(self, utc: datetime = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)) -> None:
        self._mono = 1000.0
        self._ahead_of_mono = utc - timedelta(seconds=self._mono)

    def now(self) -> Moment:
        return Moment(self._mono, self._ahead_of_mono + timedelta(seconds=self._mono))

    def wait_until(self, mono: float, woken: Event) -> None:
        self._mono = max(self._mono, mono)

    def hold_up(self, seconds: float) -> None:
        self._mono += seconds

    def set_wall(self, by_s: float) -> None:
        self._ahead_of_mono += timedelta(seconds=by_s)


MakeSegment = Callable[..., Path]


@pytest.fixture(scope="session")
def make_segment(tmp_path_factory: pytest.TempPathFactory) -> MakeSegment:
    """Return a maker of segments: one second for each colour named."""
    folder = tmp_path_factory.mktemp("segments")

    def make(*colours: str, profile: Profile = PANEL.profile) -> Path:
        path = folder / f"{'-'.join(colours)}-{profile}.mp4"
        if not path.exists():
            frames = []
            for colour in colours:
                picture = Image.new("RGB", (profile.width, profile.height), COLOURS[colour])
                picture.paste((240, 240, 240), (0, 0, profile.width // 4, profile.height // 4))
                frames += [picture] * profile.fps
            encode_segment(path, profile, frames)
        return path

    return make


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="session")
def spare(own_folder: Path) -> StandIns:
    return stand_ins(PANEL.profile, own_folder)


def in_turns(items: list[tuple[str, Path | None]], seconds: int = 1) -> NextCue:
    """Return a plan that shows the items one after another, so many seconds each, anchored at the epoch."""

    def next_cue(at: datetime) -> Cue:
        turn = int(at.timestamp()) // seconds
        starts_at = datetime.fromtimestamp(turn * seconds, UTC)
        key, path = items[turn % len(items)]
        return Cue(key, path, starts_at, starts_at + timedelta(seconds=seconds))

    return next_cue


T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, within_s: float = 30) -> T:
    """Return the first answer that is not None or False; fails when none comes."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        answer = look()
        if answer is not None and answer is not False:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {within_s:.0f} s in vain for: {what}")

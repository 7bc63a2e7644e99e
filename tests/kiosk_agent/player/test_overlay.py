"""The overlay on both players: up at once, over restarts and turns, and nothing but a picture of the panel's size."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.overlay import for_vlc, read_overlay
from kiosk_agent.player.port import Cue, Player
from kiosk_agent.player.software_player import SoftwarePlayer
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.manifest import OutputWindow, PanelSpec

from .conftest import PANEL, MakeSegment, in_turns, until

TURNED_WIDE = PANEL.model_copy(update={"window": PANEL.window.model_copy(update={"rotation": 90})})
LEFT, RIGHT = (210, 120, 20), (120, 20, 160)
TURNED = PANEL.model_copy(
    update={"width": 96, "height": 160, "window": OutputWindow(hdmi_width=320, hdmi_height=320, rotation=90)}
)


@pytest.fixture(params=["software", "vlc"])
def player(request: pytest.FixtureRequest, own_folder: Path) -> Iterator[Player]:
    made: Player = (
        SoftwarePlayer(own_folder) if request.param == "software" else VlcPlayer(own_folder, own_display=True)
    )
    yield made
    made.stop()


def drawn(folder: Path, panel: PanelSpec = PANEL) -> Path:
    """Draw two halves of different colour, so that turns and shifts show."""
    picture = Image.new("RGB", (panel.width, panel.height), LEFT)
    picture.paste(RIGHT, (panel.width // 2, 0, panel.width, panel.height))
    path = folder / "overlay-given.png"
    picture.save(path)
    return path


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def is_up(player: Player) -> bool:
    jpeg = player.capture_jpeg()
    if jpeg is None:
        return False
    seen = Image.open(io.BytesIO(jpeg)).convert("RGB")
    places = {(8, 8): LEFT, (seen.width - 9, seen.height - 9): RIGHT, (seen.width - 9, 8): RIGHT}
    return all(_near(seen.getpixel(place), colour) for place, colour in places.items())


def _near(pixel: float | tuple[int, ...] | None, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 24 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("panel", [PANEL, TURNED, TURNED_WIDE], ids=["level", "turned", "turned_wide"])
def test_overlay_covers_the_panel_and_gives_it_back(
    player: Player, make_segment: MakeSegment, tmp_path: Path, panel: PanelSpec
) -> None:
    segments: list[tuple[str, Path | None]] = [
        (name, make_segment(name, profile=panel.profile)) for name in ("red", "green")
    ]
    player.start(panel, in_turns(segments))
    until(lambda: player.report().verdict is Verdict.FINE, "the stream")
    assert not is_up(player)
    player.overlay(drawn(tmp_path, panel))
    until(lambda: is_up(player), "the overlay", 2)
    for _ in range(4):
        assert player.report().match_permille is None
        assert is_up(player)
    player.overlay(None)
    until(lambda: not is_up(player), "the stream below it", 2)
    until(lambda: (player.report().match_permille or 0) >= 950, "a match")
    assert player.report().verdict is Verdict.FINE


def test_overlay_is_up_again_after_the_child_died(own_folder: Path, make_segment: MakeSegment, tmp_path: Path) -> None:
    player = VlcPlayer(own_folder, own_display=True)
    try:
        player.start(PANEL, lambda at: Cue("red", make_segment("red"), at, at + timedelta(hours=1)))
        until(lambda: player.report().verdict is Verdict.FINE, "the stream")
        player.overlay(drawn(tmp_path))
        until(lambda: is_up(player), "the overlay", 2)
        first = player.child_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: player.report().stalled and player.child_pid != first, "the death to be noticed")
        until(lambda: player.report().frames > 0 and is_up(player), "the overlay once more")
        until(lambda: player.report().verdict is Verdict.FINE, "a fine picture")
    finally:
        player.stop()


def test_other_sizes_and_files_are_refused_and_change_nothing(
    player: Player, make_segment: MakeSegment, tmp_path: Path
) -> None:
    good = drawn(tmp_path)
    with pytest.raises(ValueError, match="start the player first"):
        player.overlay(good)

    def next_cue(at: datetime) -> Cue:
        return Cue("red", make_segment("red"), at, at + timedelta(hours=1))

    player.start(PANEL, next_cue)
    until(lambda: player.report().verdict is Verdict.FINE, "the stream")
    player.overlay(good)
    until(lambda: is_up(player), "the overlay", 2)
    small, noise = tmp_path / "small.png", tmp_path / "noise.png"
    Image.new("RGB", (16, 16)).save(small)
    noise.write_bytes(os.urandom(4096))
    for bad, words in ((small, "16x16 px"), (noise, "cannot be read"), (tmp_path / "none.png", "cannot be read")):
        with pytest.raises(ValueError, match=words):
            player.overlay(bad)
    assert is_up(player)


@pytest.mark.parametrize("cut", [0, 1, 8, 20, 33, 60])
def test_damaged_picture_is_refused(tmp_path: Path, cut: int) -> None:
    path = drawn(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match="cannot be read"):
        read_overlay(path, PANEL)


def test_picture_that_vlc_would_misread_is_copied(tmp_path: Path) -> None:
    odd = tmp_path / "a,1;b"
    odd.mkdir()
    given = drawn(odd)
    picture = read_overlay(given, PANEL)
    copy = for_vlc(given, picture, 0, tmp_path / "own")
    assert copy != given
    assert size(copy) == (PANEL.width, PANEL.height)
    turned = for_vlc(given, picture, 90, tmp_path / "own")
    width, height = size(turned)
    assert (width < height, width * PANEL.width) == (True, height * PANEL.height)

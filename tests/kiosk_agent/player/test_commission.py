"""The commissioning picture: its pixels for any panel, and on the real screen."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.commission import BARS, SIDES, commissioning_picture, show
from kiosk_agent.player.software_player import SoftwarePlayer
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.manifest import PanelSpec

from .conftest import PANEL


def panel(width: int, height: int) -> PanelSpec:
    return PanelSpec(id=UUID(int=3), slug="tra-linh-3", name="Trà Lĩnh 3", width=width, height=height)


@settings(max_examples=30, deadline=None)
@given(st.integers(32, 960), st.integers(16, 540))
def test_every_side_has_its_colour_in_its_outermost_line(half_width: int, half_height: int) -> None:
    width, height = 2 * half_width, 2 * half_height
    picture = commissioning_picture(panel(width, height))
    assert picture.size == (width, height)
    middle = (width // 2, height // 2)
    places = {"top": (middle[0], 0), "bottom": (middle[0], height - 1), "left": (0, middle[1])}
    places["right"] = (width - 1, middle[1])
    assert {side: picture.getpixel(place) for side, place in places.items()} == SIDES
    singles = [picture.getpixel((x, 2)) for x in range(3, width - 3)]
    assert set(singles[1::2]) == {(255, 255, 255)}
    assert set(singles[::2]) == {(0, 0, 0)}


@pytest.mark.parametrize("size", [(768, 384), (512, 768), (128, 64)])
def test_all_bars_are_there(size: tuple[int, int]) -> None:
    picture = commissioning_picture(panel(*size))
    colours = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert set(BARS) <= colours


@pytest.mark.parametrize("kind", ["software", "vlc"])
def test_it_is_what_the_screen_shows(kind: str, own_folder: Path) -> None:
    player = SoftwarePlayer(own_folder) if kind == "software" else VlcPlayer(own_folder, own_display=True)
    assert show(player, PANEL, own_folder, 60, _Found(player)) is Verdict.FINE


class _Found(Event):
    """Set as soon as a player has found its picture fine."""

    def __init__(self, player: SoftwarePlayer | VlcPlayer) -> None:
        super().__init__()
        self._player = player

    def wait(self, timeout: float | None = None) -> bool:
        if super().wait(timeout):
            return True
        if self._player.report().verdict is Verdict.FINE:
            self.set()
        return False


def test_it_ends_at_once_when_it_is_told_to(own_folder: Path) -> None:
    stopped = Event()
    stopped.set()
    assert show(SoftwarePlayer(own_folder), PANEL, own_folder, 3600, stopped) is Verdict.UNKNOWN

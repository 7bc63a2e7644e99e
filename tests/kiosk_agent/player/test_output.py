"""The video output: what libVLC is told, what a display lacks, and panels of all sorts on the real screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from Xlib.display import Display

from kiosk_agent.player.choose import make_player
from kiosk_agent.player.output import VideoOutput, misfit, plugin_folders, vlc_options, what_lacks
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.vlc_player import VlcPlayer
from kiosk_agent.player.xserver import ScreenSpec, open_display, read_screen
from playlists.manifest import OutputWindow, PanelSpec

from .conftest import PANEL, MakeSegment, in_turns, until

WINDOW = OutputWindow(hdmi_width=1280, hdmi_height=720, x=100, y=50)
WIDE = PanelSpec(id=UUID(int=4), slug="tra-linh-4", name="Trà Lĩnh 4", width=768, height=384, window=WINDOW)
TALL = WIDE.model_copy(update={"window": WINDOW.model_copy(update={"rotation": 90})})
HD = frozenset({(1280, 720), (640, 480)})


@pytest.mark.parametrize(
    ("panel", "screen", "words"),
    [
        (WIDE, ScreenSpec((1280, 720)), None),
        (WIDE, ScreenSpec((1280, 720), HD), None),
        (WIDE, ScreenSpec((1280, 720), frozenset({(1920, 1080)})), "offers no mode 1280x720"),
        (WIDE, ScreenSpec((640, 480), HD), "smaller than the panel's window needs"),
        (WIDE, ScreenSpec((867, 720)), "768x384 px at 100,50"),
        (WIDE, ScreenSpec((1920, 1080)), "is set to the mode 1280x720"),
        (TALL, ScreenSpec((1280, 720)), "smaller than the panel's window needs"),
    ],
)
def test_display_that_does_not_suit_the_panel_is_told(panel: PanelSpec, screen: ScreenSpec, words: str | None) -> None:
    said = misfit(panel, screen)
    assert (said is None) if words is None else (said is not None and words in said)


def test_module_that_is_not_there_is_told_and_an_unknown_place_is_not(tmp_path: Path) -> None:
    (tmp_path / "video_output").mkdir()
    (tmp_path / "video_output" / "libxcb_x11_plugin.so").touch()
    assert what_lacks(VideoOutput.X11, [tmp_path]) is None
    assert "no video output drm_vout" in (what_lacks(VideoOutput.DRM, [tmp_path]) or "")
    assert what_lacks(VideoOutput.DRM, [tmp_path / "nowhere"]) is None
    assert what_lacks(VideoOutput.X11, plugin_folders()) is None


def test_without_a_desktop_the_picture_is_turned_then_padded_to_the_mode_and_no_mode_is_set() -> None:
    place = Placement(1920, 1080, 8, 16, 384, 768, 270)
    told = vlc_options(VideoOutput.DRM, place)
    assert told[:3] == ("--vout=drm_vout", "--video-filter=transform:croppadd", "--transform-type=270")
    assert set(told[3:]) == {
        "--croppadd-padleft=8",
        "--croppadd-padtop=16",
        f"--croppadd-padright={1920 - 8 - 384}",
        f"--croppadd-padbottom={1080 - 16 - 768}",
        "--drm-vout-no-modeset",
    }
    assert vlc_options(VideoOutput.X11, Placement(640, 360, 0, 0, 256, 128)) == ("--vout=xcb_x11",)


@pytest.fixture
def small_screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = open_display(200, 100, own=True)
    kept = Display(server.display)  # our Xvfb ends with its last client
    monkeypatch.setenv("DISPLAY", server.display)
    yield server.display
    kept.close()
    server.stop()


def test_player_says_what_the_real_screen_lacks(small_screen: str, own_folder: Path, make_segment: MakeSegment) -> None:
    assert read_screen() == ScreenSpec((200, 100), frozenset({(200, 100)}))
    player = VlcPlayer(own_folder)
    try:
        player.start(PANEL, in_turns([("red", make_segment("red"))]))
        assert "offers no mode 320x320" in (player.report().misfit or "")
    finally:
        player.stop()


def test_player_that_needs_a_missing_module_says_so_and_keeps_trying(own_folder: Path) -> None:
    player = make_player("vlc", own_folder, "drm")
    try:
        player.start(PANEL, in_turns([("dark", None)]))
        assert "no video output drm_vout" in (player.report().misfit or "")
        assert player.capture_jpeg() is None
    finally:
        player.stop()


def panel_of(width: int, height: int, fps: int, rotation: int) -> PanelSpec:
    across, down = (height, width) if rotation in (90, 270) else (width, height)
    window = {"hdmi_width": max(640, across), "hdmi_height": max(480, down), "rotation": rotation}
    if across < 640:
        window |= {"x": 24, "y": 10}
    window["hdmi_height"] = max(window["hdmi_height"], down + window.get("y", 0))
    return PANEL.model_copy(
        update={"width": width, "height": height, "fps": fps, "window": OutputWindow.model_validate(window)}
    )


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "panel",
    [
        panel_of(128, 64, 25, 0),
        panel_of(768, 384, 30, 180),
        panel_of(512, 768, 25, 90),
        panel_of(384, 768, 30, 270),
        panel_of(1920, 1080, 25, 0),
    ],
    ids=lambda panel: f"{panel.profile}-{panel.window.rotation}",
)
def test_panels_of_all_sorts_show_what_the_plan_has(
    panel: PanelSpec, own_folder: Path, make_segment: MakeSegment
) -> None:
    items: list[tuple[str, Path | None]] = [
        (name, make_segment(name, profile=panel.profile)) for name in ("red", "green")
    ]
    player = VlcPlayer(own_folder, own_display=True)
    seen: set[str] = set()

    def both_seen() -> bool:
        report = player.report()
        if report.shown is not None and (report.match_permille or 0) >= 970:
            seen.add(report.shown.key)
        return len(seen) == len(items)

    try:
        player.start(panel, in_turns(items))
        until(both_seen, f"both items, upright and in the panel's pixels; seen {seen}", within_s=100)
        assert player.report().misfit is None
        picture = player._screen.capture() if player._screen is not None else None
        assert picture is not None
        assert picture.size == (panel.width, panel.height)
    finally:
        player.stop()

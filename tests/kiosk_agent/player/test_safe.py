"""The safe picture: its words for any panel, on the real screen, and with nothing of the desktop around it."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from Xlib.display import Display
from Xlib.ext import xfixes

from kiosk_agent.player.cover import cover_of
from kiosk_agent.player.expected import is_dark, match_permille, thumbnail
from kiosk_agent.player.framed import TRAINING, in_training
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.port import Cue
from kiosk_agent.player.safe import DARK, stand_ins
from kiosk_agent.player.safe_picture import safe_picture
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.vlc_player import VlcPlayer
from kiosk_agent.player.waiting import waiting_cue, waiting_panel
from playlists.manifest import OutputWindow
from playlists.profile import Profile

from .conftest import PANEL, until

ROOT = Path(__file__).parents[3]
WORDS = ROOT / "kiosk_agent" / "player" / "words"
NOON = datetime(2026, 5, 1, 5, tzinfo=UTC)
INK = 170
"""Nothing but letters is as light as this."""


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_words", ROOT / "scripts" / "draw_words.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_words_are_those_that_the_script_draws(drawing: ModuleType) -> None:
    assert {path.stem for path in WORDS.glob("*.png")} == set(drawing.WORDS)
    for name in drawing.WORDS:
        with Image.open(WORDS / f"{name}.png") as kept:
            anew = drawing.draw(name)
            assert abs(kept.width - anew.width) <= 2
            both = anew.crop((0, 0, kept.width, kept.height))
            assert ImageStat.Stat(ImageChops.difference(kept.convert("L"), both)).mean[0] < 4, name


def letters(picture: Image.Image) -> tuple[int, int, int, int]:
    box = picture.convert("L").point(lambda level: 255 if level > INK else 0).getbbox()
    assert box is not None
    return box


def bands(picture: Image.Image, across: bool = False) -> int:
    """Return how many rows (or columns) of letters there are with free lines between them."""
    lit = picture.convert("L").point(lambda level: 255 if level > INK else 0)
    lines = lit.resize((lit.width, 1) if across else (1, lit.height), Image.Resampling.BOX).point(
        lambda level: 255 if level > 0 else 0
    )
    raw = lines.tobytes()
    return sum(1 for before, now in zip(b"\0" + raw, raw, strict=False) if now and not before)


@settings(max_examples=40, deadline=None)
@given(st.integers(32, 960), st.integers(32, 960))
@example(64, 32)
@example(960, 540)
def test_words_lie_inside_any_panel_and_are_as_large_as_it_allows(half_width: int, half_height: int) -> None:
    width, height = 2 * half_width, 2 * half_height
    picture = safe_picture(width, height)
    assert picture.size == (width, height)
    left, top, right, bottom = letters(picture)
    assert left >= 0.03 * width
    assert right <= 0.97 * width
    assert top >= 0.02 * height
    assert bottom <= 0.98 * height
    assert right - left >= 0.7 * width or bottom - top >= 0.3 * height
    assert not is_dark(thumbnail(picture))


@pytest.mark.parametrize(("size", "rows"), [((768, 384), 3), ((128, 64), 3), ((512, 768), 4), ((1920, 1080), 3)])
def test_each_language_has_its_own_line(size: tuple[int, int], rows: int) -> None:
    # The marks above and below letters may stand apart from them, so there are at least as many bands as lines.
    assert rows <= bands(safe_picture(*size)) <= rows + 4


def test_a_long_and_low_panel_has_one_line() -> None:
    assert bands(safe_picture(960, 96), across=True) >= 3
    assert letters(safe_picture(960, 96))[3] - letters(safe_picture(960, 96))[1] >= 0.3 * 96


def test_smallest_panel_that_there_can_be_is_drawn() -> None:
    assert safe_picture(16, 16).size == (16, 16)


def test_before_a_manifest_the_told_size_is_used_else_the_screens_else_nothing() -> None:
    told = waiting_panel((768, 384), (1920, 1080))
    assert told is not None
    assert (told.width, told.height, told.window.hdmi_width, told.window.x) == (768, 384, 1920, 0)
    alone = waiting_panel((768, 384), None)
    assert alone is not None
    assert (alone.window.hdmi_width, alone.window.hdmi_height) == (768, 384)
    whole = waiting_panel(None, (1367, 769))
    assert whole is not None
    assert (whole.width, whole.height) == (1366, 768)
    huge = waiting_panel(None, (9000, 4320))
    assert huge is not None
    assert (huge.width, huge.height, huge.window.hdmi_width) == (3840, 3840, 7680)
    assert waiting_panel(None, None) is None
    assert waiting_panel(None, (8, 8)) is None


@pytest.fixture
def player(own_folder: Path) -> Iterator[VlcPlayer]:
    made = VlcPlayer(own_folder, own_display=True)
    yield made
    made.stop()


def pointer_pixels(display: str) -> int:
    """Return how many pixels of the pointer can be seen at the middle of the panel."""
    connection = Display(display)
    try:
        root = connection.screen().root
        root.warp_pointer(PANEL.window.x + PANEL.width // 2, PANEL.window.y + PANEL.height // 2)
        connection.sync()
        xfixes.query_version(connection)
        image = xfixes.get_cursor_image(connection, root)
        return sum(pixel >> 24 > 0 for pixel in image.cursor_image)
    finally:
        connection.close()


def test_safe_picture_is_what_the_screen_shows_with_black_around_and_no_pointer(player: VlcPlayer) -> None:
    larger = PANEL.model_copy(update={"window": OutputWindow(hdmi_width=400, hdmi_height=300, x=16, y=8)})
    player.start(larger, waiting_cue)
    until(lambda: (player.report().match_permille or 0) >= 950, "the safe picture")
    shot = player.capture_jpeg()
    assert shot is not None
    seen, drawn = Image.open(io.BytesIO(shot)), safe_picture(PANEL.width, PANEL.height)
    assert match_permille(thumbnail(seen), thumbnail(drawn)) >= 950
    assert bands(seen) >= 3
    display = player.display or ""
    screen = Screen(display, Placement(400, 300, 0, 0, 400, 300))
    whole = screen.capture()
    assert whole is not None
    around = whole.copy()
    around.paste((0, 0, 0), (16, 8, 16 + PANEL.width, 8 + PANEL.height))
    assert around.getbbox() is None
    assert pointer_pixels(display) == 0
    player.refresh()
    screen.close()


def test_dark_by_plan_is_black_all_over_the_screen(player: VlcPlayer) -> None:
    def dark(at: datetime) -> Cue:
        return Cue(DARK, None, at, at + timedelta(hours=1))

    player.start(PANEL, dark)
    until(lambda: player.report().match_permille == 1000, "black by plan")
    screen = Screen(player.display or "", Placement(320, 320, 0, 0, 320, 320))
    whole = screen.capture()
    screen.close()
    assert whole is not None
    assert max(high for _, high in whole.getextrema()) <= 16  # type: ignore[misc]  # RGB bands come in pairs


def test_no_word_is_cut_off_by_its_box() -> None:
    for path in WORDS.glob("*.png"):
        with Image.open(path) as mask:
            left, top, right, bottom = letters(mask)
            assert 0 < top < bottom < mask.height, path.name
            assert 0 < left < right < mask.width, path.name


@pytest.mark.parametrize("size", [(128, 64), (768, 384), (512, 768)])
def test_at_a_training_site_the_safe_picture_stands_in_trainings_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    profile = Profile.of(*size)
    plain, framed = (stand_ins(profile, tmp_path, training=training).safe for training in (False, True))
    assert plain != framed
    seen = next(iter(decoded(framed)))
    for x, y in ((1, 1), (size[0] - 2, 1), (1, size[1] - 2), (size[0] - 2, size[1] - 2)):
        assert near(seen.getpixel((x, y)), TRAINING.ground)
    shown, safe = in_training(safe_picture(*size)), safe_picture(*size)
    assert ImageStat.Stat(ImageChops.difference(seen, shown)).mean[1] < 6
    assert ImageStat.Stat(ImageChops.difference(seen, safe)).mean[1] > 10
    cue = Cue("gone", tmp_path / "gone.mp4", NOON, NOON + timedelta(minutes=1))
    cover = cover_of(cue, NOON, profile, tmp_path, training=True)
    assert near(cover.picture.getpixel((1, 1)), TRAINING.ground)


def decoded(path: Path) -> Iterator[Image.Image]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # untyped in PyAV
            yield picture


def near(colour: object, wanted: tuple[int, int, int]) -> bool:
    return isinstance(colour, tuple) and all(abs(a - b) < 24 for a, b in zip(colour, wanted, strict=True))

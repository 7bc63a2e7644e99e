from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from kiosk_agent.player.expected import Expectation, match_permille, thumbnail, to_jpeg
from kiosk_agent.player.plan import Plan, PlannedSecond
from kiosk_agent.player.port import Cue

from .conftest import COLOURS, PANEL, MakeSegment

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def solid(colour: tuple[int, int, int]) -> Image.Image:
    return thumbnail(Image.new("RGB", (256, 128), colour))


def test_thumbnail_keeps_the_shape() -> None:
    assert thumbnail(Image.new("RGB", (768, 384))).size == (64, 32)
    assert thumbnail(Image.new("RGB", (512, 768))).size == (43, 64)


@pytest.mark.parametrize(
    ("seen", "permille"), [((100, 100, 100), 1000), ((110, 90, 120), 1000), ((100, 100, 130), 0), ((0, 0, 0), 0)]
)
def test_match_counts_pixels_that_are_alike(seen: tuple[int, int, int], permille: int) -> None:
    assert match_permille(solid(seen), solid((100, 100, 100))) == permille


def test_half_a_picture_is_half_a_match() -> None:
    half = Image.new("RGB", (256, 128), (200, 200, 200))
    half.paste((0, 0, 0), (0, 0, 128, 128))
    assert match_permille(thumbnail(half), solid((200, 200, 200))) == 500


def test_pictures_of_other_sizes_do_not_match() -> None:
    assert match_permille(Image.new("RGB", (64, 32)), Image.new("RGB", (32, 64))) == 0


def test_match_is_against_the_second_that_is_on_screen(make_segment: MakeSegment) -> None:
    path = make_segment("red", "green")
    plan = Plan()
    cue = Cue("rg", path, AT, AT + timedelta(seconds=2))
    for group in (0, 1):
        plan.add(PlannedSecond(AT + timedelta(seconds=group), cue, path, group))
    expectation = Expectation(PANEL.profile, plan)
    red, green = (_as_segment(COLOURS[name]) for name in ("red", "green"))
    inside, near = timedelta(milliseconds=500), timedelta(milliseconds=950)
    assert (expectation.match(red, AT + inside) or 0) > 950
    assert (expectation.match(green, AT + inside) or 0) < 300
    assert (expectation.match(green, AT + near) or 0) > 950
    assert (expectation.match(green, AT + timedelta(seconds=30)) or 0) > 950


def test_without_a_plan_there_is_no_match() -> None:
    assert Expectation(PANEL.profile, Plan()).match(Image.new("RGB", (256, 128)), AT) is None


def test_unreadable_expectation_is_no_match(tmp_path: Path) -> None:
    plan = Plan()
    plan.add(PlannedSecond(AT, Cue("x", None, AT, AT), tmp_path / "missing.mp4", 0))
    assert Expectation(PANEL.profile, plan).match(Image.new("RGB", (256, 128)), AT) is None


def test_jpeg_is_readable() -> None:
    picture = Image.open(io.BytesIO(to_jpeg(Image.new("RGBA", (40, 20)))))
    assert (picture.format, picture.size) == ("JPEG", (40, 20))


def _as_segment(colour: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", (256, 128), colour)
    picture.paste((240, 240, 240), (0, 0, 64, 32))
    return picture

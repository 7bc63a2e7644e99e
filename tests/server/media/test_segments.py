"""Stretches of seconds: still ones, moving ones, and those that come again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame
from PIL import Image, ImageChops

from playlists.profile import Profile
from server.media.clips import Fitter, Size, from_picture, rgb
from server.media.flashes import Worst
from server.media.planes import Band, Canvas, Overlay
from server.media.segments import SegmentFault, Stretch, prove, standing, write

PROFILE = Profile.of(96, 64, 25)
SIZE = Size(96, 64)
RED, GREEN, WHITE, BLACK = (200, 40, 30), (30, 160, 60), (255, 255, 255), (0, 0, 0)


def plain(colour: tuple[int, int, int]) -> VideoFrame:
    return Fitter(SIZE).fit(from_picture(Image.new("RGB", SIZE, colour)))


def moving(seconds: int = 1) -> Iterator[VideoFrame]:
    for number in range(25 * seconds):
        image = Image.new("RGB", SIZE, BLACK)
        image.paste(WHITE, (number % 25 * 3, 10, number % 25 * 3 + 20, 40))
        yield Fitter(SIZE).fit(from_picture(image))


def pictures(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [rgb(frame) for frame in container.decode(video=0)]


def colour(picture: Image.Image) -> tuple[int, ...]:
    pixel = picture.getpixel((48, 32))
    assert isinstance(pixel, tuple)
    return pixel


def near(picture: Image.Image, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 9 for one, other in zip(colour(picture), wanted, strict=True))


def test_stretches_stand_behind_each_other_and_come_again(tmp_path: Path) -> None:
    red, green, run = standing(plain(RED), PROFILE), standing(plain(GREEN), PROFILE), Stretch(moving())
    out = tmp_path / "segment.mp4"
    assert write([red, run, green, run, green, green], PROFILE, out) == 150
    prove(out, PROFILE, 150, lambda _: None)
    seen = pictures(out)
    assert len(seen) == 150
    seconds = [seen[start : start + 25] for start in range(0, 150, 25)]
    assert all(near(one, RED) for one in seconds[0])
    assert all(near(one, GREEN) for one in (*seconds[2], *seconds[4], *seconds[5]))
    for first, second in zip(seconds[1], seconds[3], strict=True):
        assert ImageChops.difference(first, second).getbbox() is None
    assert not near(seconds[1][12], RED)


def test_a_still_second_does_not_breathe_within_a_moving_segment(tmp_path: Path) -> None:
    noisy = Image.merge("RGB", [Image.effect_noise(SIZE, 60)] * 3)
    rest = standing(Fitter(SIZE).fit(from_picture(noisy)), PROFILE)
    write([Stretch(moving()), rest, rest], PROFILE, tmp_path / "segment.mp4")
    _, *rest_seen = [pictures(tmp_path / "segment.mp4")[place] for place in (0, 25, 26, 49, 50, 74)]
    assert all(ImageChops.difference(rest_seen[0], one).getbbox() is None for one in rest_seen)


def test_a_part_that_is_not_whole_seconds_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SegmentFault, match="whole seconds"):
        write([Stretch(list(moving())[:24])], PROFILE, tmp_path / "segment.mp4")
    with pytest.raises(SegmentFault, match="whole seconds"):
        write([standing(plain(RED), PROFILE), Stretch([])], PROFILE, tmp_path / "segment.mp4")


def test_the_proof_tells_how_often_it_flashes(tmp_path: Path) -> None:
    def flashing() -> Iterator[VideoFrame]:
        for number in range(50):
            yield plain(WHITE if number // 3 % 2 else BLACK)

    write([Stretch(flashing())], PROFILE, tmp_path / "flashing.mp4")
    assert prove(tmp_path / "flashing.mp4", PROFILE, 50, lambda _: None).flashes == 4
    write([Stretch(moving(2))], PROFILE, tmp_path / "calm.mp4")
    assert prove(tmp_path / "calm.mp4", PROFILE, 50, lambda _: None) == Worst(0, 0)


def test_the_held_last_second_is_measured_with_its_repetition(tmp_path: Path) -> None:
    def once() -> Iterator[VideoFrame]:
        for number in range(25):
            yield plain(WHITE if number in {5, 6, 13, 14, 21, 22} else BLACK)

    write([Stretch(once())], PROFILE, tmp_path / "s.mp4")
    assert prove(tmp_path / "s.mp4", PROFILE, 25, lambda _: None).flashes >= 3


def test_a_canvas_draws_only_its_band(tmp_path: Path) -> None:
    ground = Image.new("RGB", SIZE, GREEN)
    canvas = Canvas(ground, Band.around(21, 30, 64))
    rows = Image.new("RGB", (96, Band.around(21, 30, 64).height), RED)
    seen = rgb(canvas.drawn(rows))
    assert [near_at(seen, row, GREEN) for row in (0, 16, 34, 63)] == [True] * 4
    assert [near_at(seen, row, RED) for row in (23, 25, 27)] == [True] * 3

    def frames() -> Iterator[VideoFrame]:
        for number in range(25):
            yield canvas.drawn(Image.new("RGB", rows.size, (number * 10, number * 10, number * 10)))

    write([Stretch(frames())], PROFILE, tmp_path / "s.mp4")
    levels = [one.getpixel((48, 25)) for one in pictures(tmp_path / "s.mp4")]
    assert all(abs(level[0] - 10 * number) < 12 for number, level in enumerate(levels) if isinstance(level, tuple))


def near_at(picture: Image.Image, row: int, wanted: tuple[int, int, int]) -> bool:
    pixel = picture.getpixel((48, row))
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 9 for one, other in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize(
    ("top", "bottom", "band"), [(0, 5, (0, 6)), (3, 8, (2, 8)), (-4, 99, (0, 64)), (63, 64, (62, 64))]
)
def test_a_band_has_even_edges(top: int, bottom: int, band: tuple[int, int]) -> None:
    assert tuple(Band.around(top, bottom, 64)) == band


def test_an_overlay_covers_only_what_it_holds() -> None:
    picture = Image.new("RGBA", (96, 11))
    picture.paste((255, 255, 255, 255), (20, 0, 60, 11))
    ground = plain(RED)
    seen = rgb(Overlay(picture, 31, SIZE).over(ground))
    assert near_at(seen, 36, WHITE)
    assert near_at(seen, 20, RED)
    assert near_at(seen, 50, RED)
    outside = seen.getpixel((80, 36))
    assert isinstance(outside, tuple)
    assert all(abs(one - other) < 9 for one, other in zip(outside, RED, strict=True))
    assert near(rgb(ground), RED), "the frame beneath stays as it was"

"""Cards that move, and albums: what is seen when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from playlists.card import Motion
from playlists.measured import Measured
from playlists.profile import Profile
from server.media.albums import album_stretches
from server.media.cards.composition import Box, Composition, Layer, Role, flatten
from server.media.clips import rgb
from server.media.motion import around, arrivals, card_stretches
from server.media.segments import Stretch, prove, write

PROFILE = Profile.of(192, 96, 25)
BLUE, WHITE, RED = (10, 40, 80), (255, 255, 255), (200, 40, 30)


def block(role: Role, x: int, y: int, width: int = 120, height: int = 20, window: Box | None = None) -> Layer:
    image = Image.new("RGBA", (width, height))
    image.paste((*WHITE, 255), (2, 2, width - 2, height - 2))
    return Layer(role, image, x, y, window)


def card(*layers: Layer) -> Composition:
    ground = Image.new("RGB", (PROFILE.width, PROFILE.height), BLUE)
    return Composition(ground, layers, (), Measured(width=PROFILE.width, height=PROFILE.height, texts=()))


WORDS = card(block(Role.TITLE, 20, 10), block(Role.BODY, 20, 50), block(Role.CORNER, 150, 80, 30, 12))


def shown(stretches: Sequence[Stretch], path: Path) -> list[Image.Image]:
    frames = write(stretches, PROFILE, path)
    prove(path, PROFILE, frames, lambda _: None)
    with av.open(str(path)) as container:
        return [rgb(frame) for frame in container.decode(video=0)]


def light(picture: Image.Image, x: int, y: int) -> int:
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return int(pixel[1])


def same(one: Image.Image, other: Image.Image, most: int = 40) -> bool:
    """Tell whether two pictures look alike; colours are halved in an encoded one, so only their light is compared."""
    difference = ImageChops.difference(one.convert("L"), other.convert("L"))
    return not any(difference.histogram()[most:])


def test_a_still_card_is_one_second(tmp_path: Path) -> None:
    seen = shown(card_stretches(WORDS, Motion.NONE, 10, PROFILE), tmp_path / "s.mp4")
    assert len(seen) == 25
    assert same(seen[0], flatten(WORDS))


@pytest.mark.parametrize("motion", [Motion.FADE, Motion.SLIDE])
def test_words_come_in_one_after_the_other_and_then_stand_still(tmp_path: Path, motion: Motion) -> None:
    seen = shown(card_stretches(WORDS, motion, 4, PROFILE), tmp_path / "s.mp4")
    assert len(seen) == 100
    title, body = ([light(one, 100, y) for one in seen[:25]] for y in (20, 60))
    assert title[0] < 120
    assert body[0] < 60, "the second layer has not begun"
    assert all(level >= before - 6 for level, before in zip(title[1:], title, strict=False)), "it only grows"
    assert body[8] < title[8]
    assert all(light(one, 165, 86) > 230 for one in seen), "what is no word stands there from the start"
    assert same(seen[24], flatten(WORDS))
    assert all(ImageChops.difference(seen[25], one).getbbox() is None for one in seen[26:])
    assert same(seen[99], flatten(WORDS))


def test_a_sliding_layer_rises(tmp_path: Path) -> None:
    seen = shown(card_stretches(card(block(Role.TITLE, 20, 10)), Motion.SLIDE, 2, PROFILE), tmp_path / "s.mp4")
    tops = [next((y for y in range(96) if light(one, 100, y) > 140), 96) for one in seen[:25]]
    assert tops[-1] in {11, 12, 13}
    assert tops[3] > tops[-1] + 3
    assert all(after <= before + 1 for before, after in pairwise(tops))


def test_a_card_of_one_second_that_moves_lasts_two(tmp_path: Path) -> None:
    assert len(shown(card_stretches(WORDS, Motion.FADE, 1, PROFILE), tmp_path / "s.mp4")) == 50


def marked(width: int) -> Layer:
    """A long line with a mark every 40 pixels."""
    image = Image.new("RGBA", (width, 20))
    for at in range(0, width, 40):
        image.paste((*WHITE, 255), (at, 4, at + 6, 16))
    return Layer(Role.TICKER, image, 10, 40, Box(10, 40, 172, 20))


def test_a_ticker_rests_runs_around_and_rests_where_it_began(tmp_path: Path) -> None:
    ticker = card(marked(400), block(Role.TITLE, 20, 4))
    stretches = card_stretches(ticker, Motion.TICKER, 10, PROFILE)
    trip = around(400, 172, 20, 25)
    seen = shown(stretches, tmp_path / "s.mp4")
    assert len(seen) % 25 == 0
    assert len(seen) == 25 * (1 + (trip.seconds + 1) * max(1, 9 // (trip.seconds + 1)))
    rest = flatten(ticker)
    assert all(same(one, rest) for one in (seen[0], seen[24], seen[-25], seen[-1]))
    assert not same(seen[50], rest)
    assert same(seen[24 + trip.seconds * 25], rest, 60)
    assert all(light(one, 4, 50) < 60 for one in seen), "nothing is seen outside its window"
    assert all(light(one, 100, 14) > 230 for one in seen), "the title stands still"


def test_a_ticker_whose_text_fits_stands_still(tmp_path: Path) -> None:
    assert len(card_stretches(card(marked(100)), Motion.TICKER, 10, PROFILE)) == 1
    assert len(card_stretches(WORDS, Motion.TICKER, 10, PROFILE)) == 1


@given(st.integers(20, 6000), st.integers(16, 1920), st.integers(8, 200), st.sampled_from([25, 30]))
def test_a_round_is_whole_seconds_whole_pixels_and_ends_where_it_begins(
    width: int, window: int, height: int, fps: int
) -> None:
    trip = around(width, window, height, fps)
    places = [trip.position(frame) for frame in range(trip.seconds * fps + 1)]
    steps = [after - before for before, after in pairwise(places)]
    assert places[0] == 0
    assert places[-1] == trip.length >= width + window // 2
    assert min(steps) >= 0
    ramp = fps // 2
    assert len(set(steps[ramp:-ramp])) <= 1, "between the ramps it runs evenly"


@given(st.integers(1, 8), st.sampled_from([25, 30]))
def test_all_layers_have_arrived_at_the_end(count: int, fps: int) -> None:
    frames = [arrivals(count, number, fps) for number in range(fps)]
    assert frames[-1] == [1.0] * count
    assert all(0 <= there <= 1 for frame in frames for there in frame)
    for before, after in pairwise(frames):
        assert all(one <= other for one, other in zip(before, after, strict=True))
    assert all(frame == sorted(frame, reverse=True) for frame in frames), "the first layer leads"


def test_an_album_fades_from_picture_to_picture(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (192, 96), colour) for colour in (BLUE, WHITE, RED)]
    stretches = album_stretches(pages, 3, PROFILE)
    seen = shown(stretches, tmp_path / "s.mp4")
    assert len(seen) == 225
    assert all(same(seen[place], pages[place // 75], 12) for place in (0, 74, 90, 149, 165, 224))
    fading = [light(one, 90, 40) for one in seen[75:90]]
    assert fading == sorted(fading)
    assert 50 < fading[0] < 200, "the fade has begun"
    assert all(ImageChops.difference(seen[200], one).getbbox() is None for one in seen[201:]), "the last second is held"

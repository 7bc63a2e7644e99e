"""How often a moving picture flashes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from server.media.clips import Fitter, Size, from_picture
from server.media.flashes import FlashMeter, Worst, cells, cells_of

SIZE = (24, 16)
FPS = 25
Colour = tuple[int, int, int]
BLACK, WHITE, GREY, RED, BLUE = (0, 0, 0), (255, 255, 255), (120, 120, 120), (255, 0, 0), (0, 0, 255)


def plain(colour: Colour) -> Image.Image:
    return Image.new("RGB", SIZE, colour)


def worst(draw: Callable[[int], Image.Image], frames: int = 75) -> Worst:
    meter = FlashMeter()
    for number in range(frames):
        meter.see(cells_of(draw(number)), number * 1000 // FPS)
    return meter.worst


def square(hertz: float, dark: Colour, light: Colour) -> Callable[[int], Image.Image]:
    return lambda number: plain(light if int(number / FPS * hertz * 2) % 2 else dark)


@pytest.mark.parametrize("hertz", [1, 2, 3, 4, 5, 8, 12])
def test_a_flashing_picture_has_as_many_flashes_as_it_has_hertz(hertz: int) -> None:
    assert worst(square(hertz, BLACK, WHITE)).flashes == hertz


def test_only_changes_that_count_are_counted() -> None:
    assert worst(square(8, GREY, (130, 130, 130))).flashes == 0, "less than a tenth"
    assert worst(square(8, (235, 235, 235), WHITE)).flashes == 0, "the darker one is bright"
    assert worst(square(8, BLACK, BLUE)).flashes == 0, "blue is dark"
    assert worst(square(8, BLACK, GREY)).flashes == 8
    assert worst(square(8, (90, 90, 90), RED)).flashes == 8, "red counts by its colour"
    assert worst(square(8, (90, 90, 90), (0, 128, 0))).flashes == 0, "the same luminance in green"


@pytest.mark.parametrize(("share", "flashes"), [(6, 5), (5, 0)])
def test_a_quarter_of_the_picture_has_to_flash(share: int, flashes: int) -> None:
    def draw(number: int) -> Image.Image:
        image = plain(BLACK)
        if number % 5 > 1:
            ImageDraw.Draw(image).rectangle((0, 0, share - 1, SIZE[1]), fill=WHITE)
        return image

    assert worst(draw).flashes == flashes


def test_a_chequer_that_turns_over_flashes() -> None:
    def draw(number: int) -> Image.Image:
        image = plain(BLACK)
        image.paste(WHITE, (0, 0, 12, 16) if number % 4 < 2 else (12, 0, 24, 16))
        return image

    assert worst(draw).flashes == 6


def test_a_pulse_counts_even_when_its_parts_change_a_frame_apart() -> None:
    def draw(number: int) -> Image.Image:
        image = plain(BLACK)
        for column in range(24):
            level = 255 if (number + column % 2) % 5 < 2 else 0
            image.paste((level,) * 3, (column, 0, column + 1, 16))
        return image

    assert worst(draw).flashes == 5


def test_the_worst_second_is_named() -> None:
    def draw(number: int) -> Image.Image:
        return plain(WHITE if 50 <= number < 75 and number % 5 < 2 else BLACK)

    found = worst(draw, 150)
    assert (found.flashes, found.at_ms) == (5, 2000)


def test_what_does_not_flash_is_quiet() -> None:
    assert worst(lambda number: plain((number * 3,) * 3)) == Worst(0, 0), "a slow fade"
    assert worst(lambda _: plain(WHITE)) == Worst(0, 0)


@pytest.mark.parametrize("step", [1, 2, 4, 8, 16, 24])
def test_running_letters_do_not_flash(step: int) -> None:
    strip = Image.new("RGB", (768 + 75 * step, 384))
    pen, chance = ImageDraw.Draw(strip), random.Random(4)
    at = 0
    while at < strip.width:
        stroke = chance.randint(4, 16)
        pen.rectangle((at, 96, at + stroke - 1, 288), fill=WHITE)
        at += stroke + chance.randint(4, 16)
    seen = worst(
        lambda number: strip.crop((number * step, 0, number * step + 768, 384)).resize((12, 12), Image.Resampling.BOX)
    )
    assert seen.flashes == 0


def test_a_frame_becomes_cells_of_its_light() -> None:
    image = Image.new("RGB", (192, 96), BLACK)
    image.paste(WHITE, (0, 0, 96, 96))
    seen = cells(Fitter(Size(192, 96)).fit(from_picture(image)))
    assert len(seen.luminance) == 12 * 6
    assert min(seen.luminance[:5]) >= 250
    assert max(seen.luminance[7:12]) <= 2
    assert not any(seen.red)
    red = cells(Fitter(Size(192, 96)).fit(from_picture(Image.new("RGB", (192, 96), RED))))
    assert min(red.red) > 200

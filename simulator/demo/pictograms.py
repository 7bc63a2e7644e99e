"""Pictograms and one landscape, drawn from plain shapes, so that the demo needs no picture files.

A sign is drawn into a square of 100 x 100 units as a mask; the landscape is drawn in its own colours.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from simulator.demo.notices import Sign

_FINER = 6


class _Pen:
    """Draws in units of a hundredth of the sign, in white; `cut` draws in black."""

    def __init__(self, side: int) -> None:
        self.mask = Image.new("L", (side * _FINER, side * _FINER))
        self._draw = ImageDraw.Draw(self.mask)
        self._unit = side * _FINER / 100

    def _at(self, *points: float) -> list[float]:
        return [point * self._unit for point in points]

    def disc(self, x: float, y: float, radius: float, fill: int = 255) -> None:
        self._draw.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), fill=fill)

    def ring(self, x: float, y: float, radius: float, width: float) -> None:
        box = self._at(x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(box, outline=255, width=round(width * self._unit))

    def box(self, x: float, y: float, right: float, bottom: float, radius: float = 0, fill: int = 255) -> None:
        self._draw.rounded_rectangle(self._at(x, y, right, bottom), radius * self._unit, fill=fill)

    def line(self, *points: float, width: float = 7, fill: int = 255) -> None:
        at = self._at(*points)
        self._draw.line(at, fill=fill, width=round(width * self._unit), joint="curve")
        for x, y in zip(points[::2], points[1::2], strict=True):
            self.disc(x, y, width / 2, fill)

    def shape(self, *points: float, fill: int = 255) -> None:
        self._draw.polygon(self._at(*points), fill=fill)

    def wave(self, y: float, width: float = 7, left: float = 6, right: float = 94) -> None:
        points: list[float] = []
        for step in range(81):
            x = left + (right - left) * step / 80
            points += [x, y + 4.5 * math.sin(step / 80 * 6 * math.pi)]
        self.line(*points, width=width)


def _clock(pen: _Pen) -> None:
    pen.ring(50, 50, 42, 9)
    pen.line(50, 50, 50, 25, width=8)
    pen.line(50, 50, 67, 60, width=8)
    pen.disc(50, 50, 6)


def _passport(pen: _Pen) -> None:
    pen.box(20, 6, 80, 94, 8)
    pen.disc(50, 40, 19, 0)
    pen.disc(50, 40, 13)
    pen.line(31, 40, 69, 40, width=3.5, fill=0)
    pen.line(50, 22, 50, 58, width=3.5, fill=0)
    pen.line(36, 71, 64, 71, width=5, fill=0)
    pen.line(41, 82, 59, 82, width=5, fill=0)


def _lost(pen: _Pen) -> None:
    pen.box(34, 10, 66, 40, 9)
    pen.box(42, 18, 58, 40, 3, fill=0)
    pen.box(8, 27, 92, 90, 10)
    pen.line(
        40,
        51,
        41,
        46,
        45,
        42.5,
        50,
        41.5,
        55.5,
        43,
        59,
        47,
        59,
        52,
        55.5,
        56,
        51.5,
        59,
        50,
        63,
        50,
        66,
        width=6.5,
        fill=0,
    )
    pen.disc(50, 77, 4.4, 0)


def _lifebuoy(pen: _Pen) -> None:
    pen.disc(50, 50, 44)
    pen.disc(50, 50, 19, 0)
    for turn in range(4):
        angle = math.radians(45 + 90 * turn)
        x, y = math.cos(angle), math.sin(angle)
        for side in (-1, 1):
            dx, dy = -y * 7.5 * side, x * 7.5 * side
            pen.line(50 + x * 19 + dx, 50 + y * 19 + dy, 50 + x * 46 + dx, 50 + y * 46 + dy, width=4, fill=0)


def _high_water(pen: _Pen) -> None:
    pen.shape(50, 4, 74, 32, 59, 32, 59, 50, 41, 50, 41, 32, 26, 32)
    pen.wave(62)
    pen.wave(76)
    pen.wave(90)


def _weather(pen: _Pen) -> None:
    for turn in (0, 1, 5, 6, 7):
        angle = math.radians(45 * turn)
        x, y = math.cos(angle), math.sin(angle)
        pen.line(66 + 23 * x, 30 + 23 * y, 66 + 29 * x, 30 + 29 * y, width=5)
    pen.disc(66, 30, 17)
    cloud = ((32, 56, 17), (52, 47, 20), (70, 57, 16))
    for x, y, radius in cloud:
        pen.disc(x, y, radius + 4.5, 0)
    pen.box(27.5, 50, 74.5, 77.5, 8, fill=0)
    for x, y, radius in cloud:
        pen.disc(x, y, radius)
    pen.box(30, 55, 72, 73, 6)
    for x in (32, 50, 68):
        pen.line(x + 2, 81, x - 4, 94, width=5.5)


def _no_drone(pen: _Pen) -> None:
    for x, y in ((50, 23), (77, 50), (50, 77), (23, 50)):
        pen.line(50, 50, x, y, width=6)
        pen.ring(x, y, 11.5, 4.5)
        pen.disc(x, y, 4)
    pen.disc(50, 50, 11)
    pen.line(20, 20, 80, 80, width=11.5, fill=0)
    pen.ring(50, 50, 47, 8)
    pen.line(19, 19, 81, 81, width=6.5)


_SIGNS: dict[Sign, Callable[[_Pen], None]] = {
    Sign.CLOCK: _clock,
    Sign.PASSPORT: _passport,
    Sign.LOST: _lost,
    Sign.LIFEBUOY: _lifebuoy,
    Sign.HIGH_WATER: _high_water,
    Sign.WEATHER: _weather,
    Sign.NO_DRONE: _no_drone,
}


def mask(sign: Sign, side: int) -> Image.Image:
    """Return the sign as a grey mask of `side` x `side` pixels."""
    pen = _Pen(side)
    _SIGNS[sign](pen)
    return pen.mask.resize((side, side), Image.Resampling.LANCZOS)


def waterfall(width: int, height: int) -> Image.Image:
    """Return a calm picture of a broad, stepped waterfall between limestone hills."""
    fine = (width * 2, height * 2)
    wide, high = fine
    chance = random.Random(11)  # noqa: S311 - the same picture every time
    image = _gradient(fine, (142, 202, 230), (236, 246, 246), 0.0, 0.55)
    draw = ImageDraw.Draw(image)
    for base, rise, colour, seed in ((0.47, 0.3, (120, 168, 160), 3), (0.52, 0.22, (62, 124, 98), 8)):
        draw.polygon(_hills(wide, high, base, rise, seed), fill=colour)
    ledge, pool = 0.5 * high, 0.8 * high
    draw.rectangle((0, ledge, wide, high), fill=(34, 84, 62))
    _streams(image, chance, ledge, pool)
    _pool(image, chance, pool)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _gradient(
    size: tuple[int, int], top: tuple[int, int, int], bottom: tuple[int, int, int], start: float, end: float
) -> Image.Image:
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        share = min(1.0, max(0.0, (y / size[1] - start) / (end - start)))
        column.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)))
    return column.resize(size)


def _hills(wide: int, high: int, base: float, rise: float, seed: int) -> list[tuple[float, float]]:
    chance = random.Random(seed)  # noqa: S311 - the same picture every time
    tops = [(chance.uniform(-0.05, 1.05), chance.uniform(0.5, 1.0), chance.uniform(0.07, 0.15)) for _ in range(9)]
    outline: list[tuple[float, float]] = [(0.0, float(high))]
    for step in range(161):
        x = step / 160
        peak = max(tall * math.exp(-(((x - at) / spread) ** 2)) for at, tall, spread in tops)
        outline.append((x * wide, (base - rise * peak) * high))
    return [*outline, (float(wide), float(high))]


def _streams(image: Image.Image, chance: random.Random, ledge: float, pool: float) -> None:
    """Draw three steps of falling water, each a bundle of threads between dark rock and green."""
    wide = image.width
    draw = ImageDraw.Draw(image)
    for left, right, top, steps in ((0.03, 0.3, 0.06, 2), (0.34, 0.74, -0.03, 3), (0.78, 0.97, 0.1, 2)):
        upper = ledge + top * image.height
        fall = (pool - upper) / steps
        for step in range(steps):
            spread = 0.03 * step
            start, end = (left - spread) * wide, (right + spread) * wide
            y = upper + step * fall
            draw.rectangle((start, y, end, y + fall * 1.02), fill=(206, 232, 238))
            for _ in range(int((end - start) / 7)):
                x = chance.uniform(start, end)
                shade = chance.choice(((255, 255, 255), (255, 255, 255), (166, 208, 220), (232, 246, 248)))
                draw.line((x, y, x + chance.uniform(-3, 3), y + fall * chance.uniform(0.5, 1)), fill=shade, width=4)
            for _ in range(int((end - start) / 26)):
                x, radius = chance.uniform(start, end), chance.uniform(5, 13)
                if step:
                    draw.ellipse((x - radius * 1.7, y - radius * 0.5, x + radius, y + radius * 0.7), fill=(40, 88, 64))


def _pool(image: Image.Image, chance: random.Random, pool: float) -> None:
    wide, high = image.size
    draw = ImageDraw.Draw(image)
    water = _gradient((wide, round(high - pool)), (64, 176, 172), (14, 104, 118), 0.0, 1.0)
    image.paste(water, (0, round(pool)))
    for _ in range(70):
        y = pool + (high - pool) * chance.uniform(0.12, 1) ** 1.4
        x, length = chance.uniform(0, wide), chance.uniform(0.03, 0.1) * wide
        draw.line((x, y, x + length, y), fill=(122, 212, 204), width=3)
    mist = Image.new("L", image.size)
    ImageDraw.Draw(mist).rectangle((0, pool - high * 0.035, wide, pool + high * 0.02), fill=190)
    image.paste((244, 250, 250), mask=mist.filter(ImageFilter.GaussianBlur(high * 0.022)))

"""One landscape, drawn from plain shapes, so that the demo needs no picture files."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter


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

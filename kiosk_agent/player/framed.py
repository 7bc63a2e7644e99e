"""Frames around whole pictures: of every exercise and test, and of what a kiosk draws itself at a training site.

The picture is made smaller, and the words stand above and below it. The agent carries no fonts: words are masks.
"""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image, ImageDraw

from kiosk_agent.player.masks import mask


class Frame(NamedTuple):
    """Words, and the colours of ground, ink and stripes."""

    words: tuple[str, ...]
    ground: tuple[int, int, int]
    ink: tuple[int, int, int]
    stripe: tuple[int, int, int]


DRILL = Frame(("drill-vi", "drill-en", "drill-zh"), (250, 204, 21), (17, 17, 17), (17, 17, 17))
"""`playlists.trust.emergency.DRILL_FRAME`."""
TRAINING = Frame(("training-vi", "training-en", "training-zh"), (91, 33, 182), (255, 255, 255), (124, 58, 237))
"""The colours and words in which the server frames everything else at a training site."""
LEFT_TO_THE_PICTURE = 0.72
"""How much of each side the picture keeps, when the panel is high enough for words."""
LEAST_BAND_PX = 12


def in_drill(picture: Image.Image) -> Image.Image:
    """Return a picture of the same size with the drill's frame around it; nothing of the picture is hidden."""
    return _framed(picture, DRILL)


def in_training(picture: Image.Image) -> Image.Image:
    """Return a picture of the same size with training's frame around it; nothing of the picture is hidden."""
    return _framed(picture, TRAINING)


def _framed(picture: Image.Image, frame: Frame) -> Image.Image:
    width, height = picture.size
    band = max(LEAST_BAND_PX, round(height * (1 - LEFT_TO_THE_PICTURE) / 2))
    side = max(4, round(width * (1 - LEFT_TO_THE_PICTURE) / 6))
    sheet = Image.new("RGB", picture.size, frame.ground)
    _stripe(sheet, side, frame)
    inner = max(1, width - 2 * side), max(1, height - 2 * band)
    sheet.paste(picture.resize(inner, Image.Resampling.LANCZOS), (side, band))
    for top in (0, height - band):
        _write(sheet, top, band, frame)
    return sheet


def _stripe(sheet: Image.Image, side: int, frame: Frame) -> None:
    draw = ImageDraw.Draw(sheet)
    step = 2 * side
    for top in range(-side, sheet.height + step, step):
        for left in (0, sheet.width - side):
            draw.polygon(
                [(left, top + side), (left + side, top), (left + side, top + side), (left, top + step)], frame.stripe
            )


def _write(sheet: Image.Image, top: int, band: int, frame: Frame) -> None:
    """Set the words in one row in the middle of a band, as large as it allows."""
    ImageDraw.Draw(sheet).rectangle((0, top, sheet.width, top + band - 1), frame.ground)
    masks = [mask(word) for word in frame.words]
    gap = masks[0].height // 2
    length = sum(one.width for one in masks) + gap * (len(masks) - 1)
    scale = min(sheet.width * 0.94 / length, band * 0.92 / masks[0].height)
    x = (sheet.width - scale * length) / 2
    for one in masks:
        size = max(1, round(one.width * scale)), max(1, round(one.height * scale))
        small = one.resize(size, Image.Resampling.LANCZOS)
        sheet.paste(Image.new("RGB", size, frame.ink), (round(x), round(top + (band - size[1]) / 2)), small)
        x += scale * (one.width + gap)

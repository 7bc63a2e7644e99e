"""The frame that stands around every exercise and test: the picture made smaller, and the words above and below it."""

from __future__ import annotations

from PIL import Image, ImageDraw

from kiosk_agent.player.masks import mask

WORDS = ("drill-vi", "drill-en", "drill-zh")
"""`playlists.trust.emergency.DRILL_FRAME`, as masks: the agent carries no fonts."""
GROUND, INK, STRIPE = (250, 204, 21), (17, 17, 17), (17, 17, 17)
LEFT_TO_THE_PICTURE = 0.72
"""How much of each side the picture keeps, when the panel is high enough for words."""
LEAST_BAND_PX = 12


def framed(picture: Image.Image) -> Image.Image:
    """Return a picture of the same size with the drill's frame around it; nothing of the picture is hidden."""
    width, height = picture.size
    band = max(LEAST_BAND_PX, round(height * (1 - LEFT_TO_THE_PICTURE) / 2))
    side = max(4, round(width * (1 - LEFT_TO_THE_PICTURE) / 6))
    sheet = Image.new("RGB", picture.size, GROUND)
    _stripe(sheet, side)
    inner = max(1, width - 2 * side), max(1, height - 2 * band)
    sheet.paste(picture.resize(inner, Image.Resampling.LANCZOS), (side, band))
    for top in (0, height - band):
        _write(sheet, top, band)
    return sheet


def _stripe(sheet: Image.Image, side: int) -> None:
    draw = ImageDraw.Draw(sheet)
    step = 2 * side
    for top in range(-side, sheet.height + step, step):
        for left in (0, sheet.width - side):
            draw.polygon(
                [(left, top + side), (left + side, top), (left + side, top + side), (left, top + step)], STRIPE
            )


def _write(sheet: Image.Image, top: int, band: int) -> None:
    """Set the words in one row in the middle of a band, as large as it allows."""
    ImageDraw.Draw(sheet).rectangle((0, top, sheet.width, top + band - 1), GROUND)
    masks = [mask(word) for word in WORDS]
    gap = masks[0].height // 2
    length = sum(one.width for one in masks) + gap * (len(masks) - 1)
    scale = min(sheet.width * 0.94 / length, band * 0.92 / masks[0].height)
    x = (sheet.width - scale * length) / 2
    for one in masks:
        size = max(1, round(one.width * scale)), max(1, round(one.height * scale))
        small = one.resize(size, Image.Resampling.LANCZOS)
        sheet.paste(Image.new("RGB", size, INK), (round(x), round(top + (band - size[1]) / 2)), small)
        x += scale * (one.width + gap)

"""Pictograms from plain shapes, as masks: sharp at any size, no picture files."""

from __future__ import annotations

from PIL import Image, ImageDraw

_FINER = 8


def warning(side: int) -> Image.Image:
    """Return a rounded triangle with an exclamation mark cut out, `side` pixels square."""
    fine = side * _FINER
    mask = Image.new("L", (fine, fine))
    pen = ImageDraw.Draw(mask)
    unit = fine / 100
    corner = 7 * unit
    points = [(50 * unit, 12 * unit), (92 * unit, 86 * unit), (8 * unit, 86 * unit)]
    pen.polygon(points, fill=255)
    for number, (x, y) in enumerate(points):
        pen.ellipse((x - corner, y - corner, x + corner, y + corner), fill=255)
        pen.line((x, y, *points[(number + 1) % 3]), fill=255, width=round(2 * corner))
    pen.polygon(
        [(43.6 * unit, 36 * unit), (56.4 * unit, 36 * unit), (53.4 * unit, 62 * unit), (46.6 * unit, 62 * unit)], fill=0
    )
    pen.ellipse((43.6 * unit, 30 * unit, 56.4 * unit, 42.8 * unit), fill=0)
    pen.ellipse((46.6 * unit, 59 * unit, 53.4 * unit, 65.8 * unit), fill=0)
    pen.ellipse((43.4 * unit, 70 * unit, 56.6 * unit, 83.2 * unit), fill=0)
    return mask.resize((side, side), Image.Resampling.BOX)

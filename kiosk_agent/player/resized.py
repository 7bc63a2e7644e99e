"""Tells the planned picture in another size (smaller on black, or larger and cut off) from another picture."""

from __future__ import annotations

from PIL import Image

from kiosk_agent.player.expected import DARK_LEVEL, match_permille, thumbnail

ALIKE_PERMILLE = 800
LEAST_DIFFERENCE = 0.05
"""By this share of a side two sizes must differ: less may come from resampling."""
ZOOMS = tuple(1.1 + 0.1 * step for step in range(30))
_COMPARED = (32, 32)
Box = tuple[float, float, float, float]


def is_resized(seen: Image.Image, expected: Image.Image) -> bool:
    """Tell whether a capture is an expected thumbnail, smaller or larger than it should be."""
    return _is_smaller(seen, expected) or _is_larger(thumbnail(seen), expected)


def _is_smaller(seen: Image.Image, expected: Image.Image) -> bool:
    shown, wanted = _lit(seen), _lit(expected)
    if shown is None or wanted is None:
        return False
    differ = any(abs(a - b) > LEAST_DIFFERENCE for a, b in zip(shown, wanted, strict=True))
    return differ and match_permille(_cut(seen, shown), _cut(expected, wanted)) >= ALIKE_PERMILLE


def _is_larger(seen: Image.Image, expected: Image.Image) -> bool:
    if seen.size != expected.size:
        return False
    width, height = expected.size
    for zoom in ZOOMS:
        for anchor in (0.0, 0.5):
            left, top = width * anchor * (1 - 1 / zoom), height * anchor * (1 - 1 / zoom)
            part = expected.resize(
                expected.size, Image.Resampling.BILINEAR, (left, top, left + width / zoom, top + height / zoom)
            )
            if match_permille(seen, part) >= ALIKE_PERMILLE:
                return True
    return False


def _lit(picture: Image.Image) -> Box | None:
    """Return where a picture is not black, in shares of its sides."""
    box = picture.convert("L").point(lambda level: 255 if level > DARK_LEVEL else 0).getbbox()
    if box is None:
        return None
    width, height = picture.size
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


def _cut(picture: Image.Image, box: Box) -> Image.Image:
    width, height = picture.size
    whole = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    return picture.convert("RGB").resize(_COMPARED, Image.Resampling.BILINEAR, whole)

"""Looking at captures: is a picture blank, how much do two differ, does a panel show a given picture."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageChops, ImageStat

BLANK_SPREAD = 6.0
"""A picture whose channels spread less than this (standard deviation, of 255) is blank."""
SAME_MEAN = 14.0
"""Two pictures that differ less than this on average (of 255) show the same; JPEG and H.264 take their share."""
CHANGED_MEAN = 8.0
"""Two captures that differ more than this on average show different items."""
THUMB = (96, 96)


def is_blank(jpeg: bytes) -> bool:
    """Tell whether a picture is one flat colour."""
    spread = ImageStat.Stat(_thumb(jpeg)).stddev
    return max(spread) < BLANK_SPREAD


def difference(one: bytes, other: bytes) -> float:
    """Return the mean difference of two pictures, 0 (the same) to 255."""
    means = ImageStat.Stat(ImageChops.difference(_thumb(one), _thumb(other))).mean
    return sum(means) / len(means)


def differ(one: bytes, other: bytes) -> bool:
    """Tell whether two captures of one panel show different items."""
    return difference(one, other) > CHANGED_MEAN


def shows(capture: bytes, expected: bytes) -> bool:
    """Tell whether a capture shows an expected picture of the same shape."""
    return difference(capture, expected) < SAME_MEAN


def _thumb(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture), formats=("JPEG", "PNG")) as image:
        return image.convert("RGB").resize(THUMB, Image.Resampling.BOX)

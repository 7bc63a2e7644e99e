"""QR codes at whole pixels a module, dark on white with the quiet zone of the standard."""

from __future__ import annotations

from typing import NamedTuple

import segno
from PIL import Image

LEAST_MODULE_PX = 2
"""A camera tells modules of one LED apart only by luck."""
QUIET, LEAST_QUIET = 4, 2
"""Modules of white around a code: what ISO/IEC 18004 asks for, and what readers still find on coarse panels."""
DARK, LIGHT = (0, 0, 0), (255, 255, 255)


class Code(NamedTuple):
    """A drawn code: the picture with its quiet zone, pixels a module, modules a side without and of the quiet zone."""

    image: Image.Image
    module_px: int
    modules: int
    quiet: int


def code_of(text: str, most_px: int) -> Code:
    """Return the code of a text, its side at most `most_px` with whole pixels a module (one at least).

    The error correction is the strongest that costs no module. The quiet zone is narrower only where the modules would
    be smaller than `LEAST_MODULE_PX` otherwise.
    """
    code = segno.make_qr(text, error="l", boost_error=True)
    modules = len(code.matrix)
    zones = range(QUIET, LEAST_QUIET - 1, -1)
    quiet = next((one for one in zones if most_px // (modules + 2 * one) >= LEAST_MODULE_PX), QUIET)
    module_px = max(1, most_px // (modules + 2 * quiet))
    bits = Image.new("1", (modules + 2 * quiet, modules + 2 * quiet), 1)
    for y, row in enumerate(code.matrix):
        for x, dark in enumerate(row):
            if dark:
                bits.putpixel((x + quiet, y + quiet), 0)
    side = bits.width * module_px
    picture = bits.convert("RGB").resize((side, side), Image.Resampling.NEAREST)
    return Code(picture, module_px, modules, quiet)

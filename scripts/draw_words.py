"""Draws the words of the kiosk's safe picture and drill frame as masks: `python scripts/draw_words.py [FOLDER]`.

The kiosk carries no fonts: a Chinese face alone is larger than the whole agent. The masks are drawn once from the
server's fonts, at a size that is only ever made smaller, and kept in the repository.
"""

from __future__ import annotations

import sys
from importlib.resources import as_file, files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

EM_PX = 160
BOX_PX = 216
BASELINE_PX = 160
WORDS = {
    "vi": "Kính chào quý khách",
    "vi-1": "Kính chào",
    "vi-2": "quý khách",
    "en": "Welcome",
    "zh": "欢迎您",
    "drill-vi": "DIỄN TẬP",
    "drill-en": "EXERCISE",
    "drill-zh": "演习",
}
HOME = Path(__file__).parents[1] / "kiosk_agent" / "player" / "words"


def draw(name: str) -> Image.Image:
    """Return one mask: letters white on black, all with the same height and baseline."""
    face = _face(name)
    left, _, right, _ = face.getbbox(WORDS[name], anchor="ls")
    mask = Image.new("L", (int(right - left) + 4, BOX_PX))
    ImageDraw.Draw(mask).text((2 - left, BASELINE_PX), WORDS[name], 255, face, anchor="ls")
    return mask


def _face(name: str) -> ImageFont.FreeTypeFont:
    if _is_chinese(name):
        where = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"
    else:
        where = files("fontpkg_be_vietnam_pro") / "files" / "BeVietnamPro-Medium.ttf"
    with as_file(where) as path:
        face = ImageFont.truetype(path, EM_PX)
    if _is_chinese(name):
        face.set_variation_by_axes([500])
    return face


def _is_chinese(name: str) -> bool:
    return name.endswith("zh")


def main(folder: Path) -> None:
    """Write all masks."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in WORDS:
        draw(name).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME)

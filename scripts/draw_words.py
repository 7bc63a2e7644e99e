"""Draws the words of the kiosk's safe picture and frames as masks: `python scripts/draw_words.py [FOLDER]`.

The kiosk carries no fonts: a Chinese face alone is larger than the whole agent. The masks are drawn once from the
server's fonts, at a size that is only ever made smaller, and kept in the repository.
"""

from __future__ import annotations

import sys
from importlib.resources import as_file, files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

EM_PX = 160
BOX_PX, BASELINE_PX = 216, 160
CAPITALS_BOX_PX, CAPITALS_BASELINE_PX = 250, 196
"""Two marks above a capital, as in Ễ, stand higher than anything in lower case."""
WORDS = {
    "vi": "Kính chào quý khách",
    "vi-1": "Kính chào",
    "vi-2": "quý khách",
    "en": "Welcome",
    "zh": "欢迎您",
    "drill-vi": "DIỄN TẬP",
    "drill-en": "EXERCISE",
    "drill-zh": "演习",
    "training-vi": "TẬP HUẤN",
    "training-en": "TRAINING",
    "training-zh": "培训",
}
FRAMES = ("drill-", "training-")
HOME = Path(__file__).parents[1] / "kiosk_agent" / "player" / "words"


def draw(name: str) -> Image.Image:
    """Return one mask: letters white on black, all of one kind with the same height and baseline."""
    face = _face(name)
    is_capital = name.startswith(FRAMES)
    height, baseline = (CAPITALS_BOX_PX, CAPITALS_BASELINE_PX) if is_capital else (BOX_PX, BASELINE_PX)
    left, top, right, bottom = face.getbbox(WORDS[name], anchor="ls")
    if baseline + top < 0 or baseline + bottom > height:
        raise ValueError(f"{name} does not fit: it reaches from {baseline + top} to {baseline + bottom} of {height} px")
    mask = Image.new("L", (int(right - left) + 4, height))
    ImageDraw.Draw(mask).text((2 - left, baseline), WORDS[name], 255, face, anchor="ls")
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

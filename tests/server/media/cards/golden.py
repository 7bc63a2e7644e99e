"""The pictures that guard how cards look: `python -m tests.server.media.cards.golden` draws them anew, to be looked at.

One contact sheet a panel size, greys, made smaller; and a probe of letters at full size that tells stacked marks and
forms of Han characters. Compared as an eye does, so that another version of FreeType passes and a lost mark fails.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from playlists.card import Template
from playlists.language import Language
from server.media.cards import Composition, compose, flatten
from server.media.cards.fonts import BOLD, MEDIUM, Type
from tests.server.media.cards.samples import SIZES, pictures, sample

HOME = Path(__file__).parent / "sheets"
SMALLER = {(128, 64): 1, (256, 128): 1, (768, 384): 2, (512, 768): 2, (1920, 1080): 4}
COLUMNS = 7
GREYS = 16
MOST_MEAN = 1.2
MOST_LOCAL = 26.0
"""Of 255. Smoother or harder edges of letters stay below; a mark, a stroke or a shift by two pixels goes above."""
_CELL = 4


class Difference(NamedTuple):
    """How two pictures differ to the eye: on average, and where they differ most."""

    mean: float
    local: float

    @property
    def is_visible(self) -> bool:
        return self.mean > MOST_MEAN or self.local > MOST_LOCAL


def difference(one: Image.Image, other: Image.Image) -> Difference:
    """Compare two grey pictures of one size: a little blurred, then averaged over small squares."""
    blurred = [picture.filter(ImageFilter.GaussianBlur(1)) for picture in (one, other)]
    apart = ImageChops.difference(*blurred)
    cells = apart.resize((max(1, apart.width // _CELL), max(1, apart.height // _CELL)), Image.Resampling.BOX)
    return Difference(ImageStat.Stat(apart).mean[0], float(cells.getextrema()[1]))  # type: ignore[arg-type]


def name_of(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}.png"


def shown_on() -> list[tuple[Template, Language]]:
    """The order on a contact sheet."""
    every = [(template, language) for template in Template for language in Language]
    return [one for one in every if one[0] is not Template.SPLIT or one[1] is Language.VI]


def small(drawn: Composition) -> Image.Image:
    """A card as it stands on the contact sheet."""
    return levelled(flatten(drawn).convert("L").reduce(SMALLER[drawn.width, drawn.height]))


def place(number: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    wide, high = size[0] // SMALLER[size], size[1] // SMALLER[size]
    x, y = number % COLUMNS * wide, number // COLUMNS * high
    return x, y, x + wide, y + high


def contact_sheet(size: tuple[int, int], files: dict[str, Path]) -> Image.Image:
    cells = shown_on()
    right, bottom = place(COLUMNS - 1, size)[2], place(len(cells) - 1, size)[3]
    sheet = Image.new("L", (right, bottom))
    for number, (template, language) in enumerate(cells):
        drawn = compose(sample(template, language, min(size)), *size, files)
        sheet.paste(small(drawn), place(number, size))
    return sheet


PROBE = (
    (Language.VI, "ẨỖỰẶỮ ẩỗựặữ"),
    (Language.VI, "Đường Trà Lĩnh ỵ"),
    (Language.ZH, "直骨角门边关"),
    (Language.ZH, "“板约”，（越南）。"),
)
PROBE_PX = 40


def probe() -> Image.Image:
    """Letters that a wrong font or a lost mark would change."""
    image = Image.new("L", (PROBE_PX * 10, PROBE_PX * 2 * len(PROBE)))
    pen = ImageDraw.Draw(image)
    for number, (language, text) in enumerate(PROBE):
        letters = Type(language, BOLD if number % 2 else MEDIUM, PROBE_PX)
        letters.draw(pen, 8, PROBE_PX * 2 * number + round(PROBE_PX * 1.5), text)
    return levelled(image)


def levelled(picture: Image.Image) -> Image.Image:
    """The picture in the few greys that are kept."""
    step = 255 / (GREYS - 1)
    return picture.point([round(round(value / step) * step) for value in range(256)])


def save(picture: Image.Image, path: Path) -> None:
    picture.quantize(GREYS).save(path, optimize=True)


def read(name: str) -> Image.Image:
    with Image.open(HOME / name) as image:
        return image.convert("L")


DOCUMENTED = Path(__file__).parents[4] / "docs" / "images" / "cards.png"
_DOCUMENTED_SIZE, _THUMB, _GAP = (768, 384), (352, 176), 8


def documented(files: dict[str, Path]) -> Image.Image:
    """The picture of the documentation: a row for each template, a column for each language."""
    page = Image.new("RGB", ((_THUMB[0] + _GAP) * 3 + _GAP, (_THUMB[1] + _GAP) * len(Template) + _GAP), "#ffffff")
    for template, language in shown_on():
        drawn = flatten(compose(sample(template, language, _DOCUMENTED_SIZE[1]), *_DOCUMENTED_SIZE, files))
        x, y = list(Language).index(language), list(Template).index(template)
        small = drawn.resize(_THUMB, Image.Resampling.LANCZOS)
        page.paste(small, (_GAP + x * (_THUMB[0] + _GAP), _GAP + y * (_THUMB[1] + _GAP)))
    return page


def main(folder: Path) -> None:
    """Draw all."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        files = pictures(Path(kept))
        for size in SIZES:
            save(contact_sheet(size, files), folder / name_of(size))
        documented(files).quantize(64, dither=Image.Dither.NONE).save(DOCUMENTED, optimize=True)
    save(probe(), folder / "probe.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME)

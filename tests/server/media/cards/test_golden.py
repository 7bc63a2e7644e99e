from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from playlists.card import Template
from playlists.language import Language
from server.media.cards import compose
from tests.server.media.cards import golden
from tests.server.media.cards.golden import PROBE_PX, difference
from tests.server.media.cards.samples import SIZES, pictures, sample

AGAIN = "If this is wanted: python -m tests.server.media.cards.golden, and look at every picture in its folder."


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_card_is_whole_and_legible_and_looks_as_it_did(size: tuple[int, int], tmp_path: Path) -> None:
    sheet = golden.read(golden.name_of(size))
    found = pictures(tmp_path)
    for number, (template, language) in enumerate(golden.shown_on()):
        drawn = compose(sample(template, language, min(size)), *size, found)
        for text in drawn.measured.texts:
            which = (template, language, size, text)
            assert not text.clipped, which
            assert not text.missing, which
            assert text.size_px >= text.least_px, which
            assert text.contrast_x100 >= 450, which
        apart = difference(golden.small(drawn), sheet.crop(golden.place(number, size)))
        assert not apart.is_visible, f"{template} in {language} at {size}: {apart}. {AGAIN}"


def test_letters_look_as_they_did() -> None:
    apart = difference(golden.probe(), golden.read("probe.png"))
    assert not apart.is_visible, f"{apart}. {AGAIN}"


def test_the_pictures_are_small() -> None:
    assert sum(file.stat().st_size for file in golden.HOME.iterdir()) < 1_500_000


def test_softer_or_harder_edges_are_not_seen() -> None:
    """What another version of the font renderer changes: the greys along edges."""
    kept = golden.probe()
    assert not difference(kept.filter(ImageFilter.GaussianBlur(0.5)), kept).is_visible
    assert not difference(
        kept.point([min(255, round((value / 255) ** 0.8 * 255)) for value in range(256)]), kept
    ).is_visible


@pytest.mark.parametrize("mark", ["hook", "line"])
def test_a_clipped_mark_is_seen(mark: str) -> None:
    kept = golden.probe()
    cut = kept.copy()
    if mark == "hook":  # of the first letter, Ẩ: the upper of its two marks
        left, top, right, _ = cut.crop((0, 0, PROBE_PX, PROBE_PX * 2)).getbbox() or (0, 0, 0, 0)
        cut.paste(0, (left, top, right, top + round(PROBE_PX * 0.18)))
    else:
        cut.paste(0, (0, 0, cut.width, 18))
    assert difference(cut, kept).is_visible


@pytest.mark.parametrize("by", [(2, 0), (0, 2)])
def test_a_shift_is_seen(by: tuple[int, int]) -> None:
    kept = golden.probe()
    moved = Image.new("L", kept.size)
    moved.paste(kept, by)
    assert difference(moved, kept).is_visible


@pytest.mark.parametrize("char", "直骨角")
def test_the_form_of_another_region_is_seen(char: str) -> None:
    assert difference(han("notosanssc/NotoSansSC[wght].ttf", char), han("notosanssc/NotoSansSC[wght].ttf", char)) == (
        0,
        0,
    )
    assert difference(
        han("notosansjp/NotoSansJP[wght].ttf", char), han("notosanssc/NotoSansSC[wght].ttf", char)
    ).is_visible


def test_another_card_in_its_place_is_seen(tmp_path: Path) -> None:
    found = pictures(tmp_path)
    one, other = (
        golden.small(compose(sample(Template.HEADLINE, language, 64), 128, 64, found))
        for language in (Language.VI, Language.EN)
    )
    assert difference(one, other).is_visible


def han(name: str, char: str) -> Image.Image:
    with as_file(files("justmytype_intl_cjk") / "fonts" / "ofl" / name) as path:
        face = ImageFont.truetype(path, PROBE_PX)
    face.set_variation_by_axes([500])
    image = Image.new("L", (PROBE_PX * 2, PROBE_PX * 2))
    ImageDraw.Draw(image).text((20, 60), char, 255, face, "ls")
    return image

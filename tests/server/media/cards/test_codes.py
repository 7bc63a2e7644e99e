from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from playlists.card import Card, Template, Words
from playlists.language import Language
from server.media.cards import Role, compose, flatten
from server.media.cards.codes import QUIET, code_of
from tests.server.media.cards.samples import SIZES, URL, look, sample


def read(image: Image.Image) -> list[str]:
    """What a camera close to the panel reads; small panels are seen larger than a pixel a pixel."""
    near = image.resize((image.width * 3, image.height * 3), Image.Resampling.NEAREST) if image.height < 400 else image
    return [found.text for found in zxingcpp.read_barcodes(near)]


def plain(shorter: int) -> Card:
    card = sample(Template.QR_TEXT, Language.VI, shorter)
    return card.model_copy(update={"look": look(Template.QR_TEXT, furnished=False)})


@pytest.mark.parametrize("size", SIZES)
def test_the_code_of_a_card_can_be_read_at_every_size(size: tuple[int, int]) -> None:
    drawn = compose(plain(min(size)), *size, {})
    assert drawn.measured.code is not None
    assert drawn.measured.code.module_px >= drawn.measured.code.least_px
    assert not drawn.measured.code.clipped
    assert read(flatten(drawn)) == [URL]


def test_modules_are_whole_pixels_and_the_quiet_zone_is_white() -> None:
    code = code_of(URL, 200)
    assert code.image.width == (code.modules + 2 * QUIET) * code.module_px <= 200
    colours = {colour for _, colour in code.image.getcolors() or []}
    assert colours == {(0, 0, 0), (255, 255, 255)}
    edge = QUIET * code.module_px
    for box in ((0, 0, code.image.width, edge), (0, 0, edge, code.image.height)):
        assert code.image.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), (255, 255, 255))]


def test_an_address_too_long_for_the_panel_is_told_not_hidden() -> None:
    long = look(Template.QR_TEXT, furnished=False).model_copy(update={"url": "https://example.org/" + "a" * 270})
    drawn = compose(Card(look=long, words={Language.EN: Words(title="Scan")}), 128, 64, {})
    assert drawn.measured.code is not None
    assert drawn.measured.code.module_px < drawn.measured.code.least_px
    assert drawn.measured.code.clipped
    assert Role.CODE in {layer.role for layer in drawn.layers}

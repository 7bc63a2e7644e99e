"""Boards as they are drawn: all lies within the panel and the sheet, every tile is there, nothing runs together."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from playlists.board import Box, Slot, tiles_of
from playlists.board_card import BoardPlan, PhraseTexts, Texts, Tone, card_of
from playlists.language import Language
from server.media.board_face import Drawn, Unfit, draw_board

BOOK = {
    "open": PhraseTexts(texts=Texts(vi="Mở cửa", en="Open", zh="开放"), tone=Tone.GOOD),
    "closed": PhraseTexts(texts=Texts(vi="Đóng cửa", en="Closed", zh="关闭"), tone=Tone.BAD),
    "slow": PhraseTexts(texts=Texts(vi="Thông quan chậm, ùn ứ", en="Slow, queue", zh="通行缓慢"), tone=Tone.CAUTION),
}
SIZES = [(256, 128), (768, 384), (512, 768), (1920, 1080)]


def plan(*, lines: int = 4) -> BoardPlan:
    words = {"vi": "Thời gian chờ", "en": "Waiting time", "zh": "等候时间"}
    extra = [
        {"slot": {"name": f"wait{number}", "kind": "digits", "least": 0, "most": 600}, "label": words, "unit": words}
        for number in range(lines - 3)
    ]
    return BoardPlan.model_validate(
        {
            "title": {"vi": "Cửa khẩu Trà Lĩnh", "en": "Trà Lĩnh border gate", "zh": "茶岭口岸"},
            "slots": [
                {"slot": {"name": "gate", "kind": "phrase", "phrases": ["open", "closed", "slow"]}, "label": words},
                {"slot": {"name": "until", "kind": "until", "of": "gate"}},
                {"slot": {"name": "heat", "kind": "temperature", "least": -10, "most": 45}, "label": words},
                {
                    "slot": {"name": "left", "kind": "countdown", "deadline": "2027-01-01"},
                    "label": words,
                },
                *extra,
                {"slot": {"name": "clock", "kind": "clock"}},
                {"slot": {"name": "as_of", "kind": "as_of"}},
            ],
        }
    )


def draw(size: tuple[int, int], language: Language = Language.VI, *, lines: int = 4) -> tuple[Drawn, tuple[Slot, ...]]:
    made = plan(lines=lines)
    return draw_board(card_of(made, BOOK, language), *size), tuple(one.slot for one in made.slots)


def holds(outer: tuple[int, int], box: Box) -> bool:
    return box.x >= 0 and box.y >= 0 and box.x + box.width <= outer[0] and box.y + box.height <= outer[1]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("size", SIZES)
def test_slots_lie_on_the_panel_and_tiles_on_the_sheet(size: tuple[int, int], language: Language) -> None:
    drawn, slots = draw(size, language)
    sheet = Image.open(BytesIO(drawn.sheet))
    assert drawn.base.size == size
    assert drawn.layout.plate_at.width == drawn.layout.plate.width
    for slot in slots:
        place = drawn.layout.places[slot.name]
        assert holds(size, place.box), slot.name
        assert place.box.x % 2 == place.box.y % 2 == 0, slot.name
        assert tiles_of(slot) <= place.cells.keys(), slot.name
        for tile, cell in place.cells.items():
            assert holds(sheet.size, cell), (slot.name, tile)
            assert cell.width <= place.box.width, (slot.name, tile)
            assert cell.height <= place.box.height, (slot.name, tile)


@pytest.mark.parametrize("size", SIZES)
def test_no_two_slots_overlap_and_the_base_is_plain_beneath_them(size: tuple[int, int]) -> None:
    drawn, _ = draw(size)
    boxes = [place.box for place in drawn.layout.places.values()]
    for number, one in enumerate(boxes):
        beneath = drawn.base.crop((one.x, one.y, one.x + one.width, one.y + one.height))
        colours = beneath.getcolors(maxcolors=2)
        assert colours is not None
        assert len(colours) == 1, one
        for other in boxes[number + 1 :]:
            apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert apart_x or apart_y, (one, other)


@pytest.mark.parametrize("language", list(Language))
def test_no_tile_is_cut_and_no_two_tiles_look_alike(language: Language) -> None:
    drawn, slots = draw((768, 384), language)
    sheet = Image.open(BytesIO(drawn.sheet)).convert("RGB")
    for slot in slots:
        seen: dict[bytes, str] = {}
        for tile in sorted(tiles_of(slot) - {" "}):
            cell = drawn.layout.places[slot.name].cells[tile]
            picture = sheet.crop((cell.x, cell.y, cell.x + cell.width, cell.y + cell.height))
            ground = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
            box = ImageChops.difference(picture, ground).convert("L").point(lambda level: 255 * (level > 60)).getbbox()
            assert box is not None, (slot.name, tile)
            assert box[1] > 0, (slot.name, tile)
            assert box[3] < cell.height, (slot.name, tile)
            assert seen.setdefault(picture.tobytes(), tile) == tile


def test_the_widest_values_fit_into_their_slots() -> None:
    drawn, slots = draw((256, 128))
    widest = {"heat": ("-", "8", "8", "°"), "wait0": ("8", "8", "8"), "clock": tuple("88:88"), "left": ("8", "8", "8")}
    for slot in slots:
        place = drawn.layout.places[slot.name]
        row = widest.get(slot.name, ())
        assert sum(place.cells[tile].width for tile in row) <= place.box.width, slot.name


def test_a_panel_that_is_too_small_for_so_many_lines_is_told_in_a_sentence() -> None:
    with pytest.raises(Unfit, match=r"does not fit on 128x64 px; use fewer lines\."):
        draw((128, 64), lines=6)


def test_the_same_board_is_drawn_the_same() -> None:
    assert draw((256, 128))[0].sheet == draw((256, 128))[0].sheet

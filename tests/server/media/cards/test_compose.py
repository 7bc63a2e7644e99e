from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from playlists.artwork import CardArtwork, PlatedArtwork, at_place
from playlists.card import Card, Colours, Level, Look, Motion, Row, Template, Words
from playlists.language import Language
from playlists.measured import MeasuredText, Omitted, TextRole
from server.media.cards import Composition, Role, compose, drawn_by, flatten, one_line
from tests.server.media.cards.samples import DEADLINE, LOGO, SCENE, SIZES, URL, look, pictures, sample

VI, EN, ZH = Language.VI, Language.EN, Language.ZH


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return pictures(tmp_path_factory.mktemp("pictures"))


def shown(card: Card, size: tuple[int, int], files: dict[str, Path]) -> Composition:
    return compose(card, *size, files)


def of(drawn: Composition, role: TextRole, language: Language | None = None) -> MeasuredText:
    return next(one for one in drawn.measured.texts if one.role is role and language in {None, one.language})


def test_small_panels_leave_out_logo_and_remark_and_say_so(files: dict[str, Path]) -> None:
    small = shown(sample(Template.HEADLINE, VI, 64), (128, 64), files)
    large = shown(sample(Template.HEADLINE, VI, 384), (768, 384), files)
    assert set(small.measured.omitted) == {Omitted.LOGO, Omitted.CORNER}
    assert not large.measured.omitted
    assert [layer.role for layer in large.layers] == [Role.LOGO, Role.CORNER, Role.TITLE]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_vietnamese_is_first_and_largest_where_all_three_are_shown(
    size: tuple[int, int], files: dict[str, Path]
) -> None:
    drawn = shown(sample(Template.SPLIT, VI, min(size)), size, files)
    titles = {one.language: one for one in drawn.measured.texts if one.role is TextRole.TITLE}
    assert next(iter(titles)) is VI
    for other in (EN, ZH):
        assert titles[other].size_px <= 0.75 * titles[VI].size_px
    bodies = {one.language: one for one in drawn.measured.texts if one.role is TextRole.BODY}
    assert all(bodies[other].size_px <= 0.75 * bodies[VI].size_px for other in bodies if other is not VI)


def test_stacked_marks_never_touch_the_line_above(files: dict[str, Path]) -> None:
    """Lines are seen apart: between the ink of two lines there is at least one empty row."""
    card = Card(
        look=look(Template.HEADLINE, furnished=False),
        words={VI: Words(title="GYẸY GỤY ẨM ỖI ỰA GẨY ẨỖỰ GỴ ẨỖ ỖẨ")},
    )
    for size in SIZES:
        drawn = shown(card, size, files)
        (title,) = [layer for layer in drawn.layers if layer.role is Role.TITLE]
        assert of(drawn, TextRole.TITLE).lines > 1
        alpha = title.image.getchannel("A")
        rows = [alpha.crop((0, y, alpha.width, y + 1)).getbbox() is not None for y in range(alpha.height)]
        bands = sum(1 for above, below in pairwise([False, *rows]) if below and not above)
        assert bands >= of(drawn, TextRole.TITLE).lines
        assert not of(drawn, TextRole.TITLE).clipped


def test_too_much_text_is_told(files: dict[str, Path]) -> None:
    card = Card(look=look(Template.HEADLINE_BODY), words={VI: Words(title="Thông báo", body="nghiêng ngả " * 50)})
    small = shown(card, (128, 64), files)
    assert of(small, TextRole.BODY).clipped
    assert of(small, TextRole.BODY).size_px < of(small, TextRole.BODY).least_px
    assert not of(shown(card, (1920, 1080), files), TextRole.BODY).clipped


def test_a_character_without_glyph_and_a_poor_contrast_are_told(files: dict[str, Path]) -> None:
    poor = Colours(ground="#777777", ink="#888888", accent="#7a7a7a")
    card = Card(
        look=look(Template.HEADLINE, furnished=False).model_copy(update={"colours": poor}),
        words={EN: Words(title="Party 🎉")},
    )
    title = of(shown(card, (256, 128), files), TextRole.TITLE)
    assert title.missing == "🎉"
    assert title.contrast_x100 < 150


def test_rows_without_a_value_and_the_time_left_are_free_places_on_the_ground(files: dict[str, Path]) -> None:
    lanes = Words(title="Làn xe", rows=(Row(label="Làn 1"), Row(label="Làn 2", value="10 phút"), Row(label="Làn 3")))
    for template in (Template.QUEUE_STATUS, Template.HOURS_TABLE):
        for size in SIZES:
            drawn = shown(Card(look=look(template, furnished=False), words={VI: lanes}), size, files)
            assert [slot.name for slot in drawn.slots] == ["row-1", "row-3"]
            for slot in drawn.slots:
                assert 0 <= slot.box.x < slot.box.right <= size[0]
                assert 0 <= slot.box.y < slot.box.bottom <= size[1]
                place = (slot.box.x, slot.box.y, slot.box.right, slot.box.bottom)
                colours = flatten(drawn).crop(place).getcolors() or []
                assert ["#{:02x}{:02x}{:02x}".format(*colour) for _, colour in colours] == [slot.ground]  # type: ignore[misc]
    left = Words(title="Hạn đăng ký", rows=(Row(label="Còn lại"),))
    drawn = shown(Card(look=look(Template.COUNTDOWN), words={VI: left}), (768, 384), files)
    assert [slot.name for slot in drawn.slots] == ["remaining"]


def test_the_deadline_is_said_in_local_time_and_in_beijing_time_for_chinese_readers(files: dict[str, Path]) -> None:
    from server.media.cards.templates.countdown import deadline_words

    place = ZoneInfo("Asia/Ho_Chi_Minh")
    local = DEADLINE.astimezone(place)
    assert deadline_words(local, place, VI) == "Đến 17:00 ngày 31/12/2026"
    assert deadline_words(local, place, EN) == "Until 17:00 on 31 December 2026"
    assert deadline_words(local, place, ZH) == "截至2026年12月31日17:00（越南时间），即北京时间18:00"
    assert deadline_words(local, place, ZH, with_day=False) == "截至17:00，北京18:00"
    beijing = ZoneInfo("Asia/Shanghai")
    there = DEADLINE.astimezone(beijing)
    assert deadline_words(there, beijing, VI) == "Đến 18:00 ngày 31/12/2026"
    assert deadline_words(there, beijing, ZH, with_day=False) == "截至18:00"


def test_a_deadline_is_drawn_in_the_time_of_the_site(files: dict[str, Path]) -> None:
    card = sample(Template.COUNTDOWN, VI, 384)
    here = CardArtwork(card=card.model_copy(update={"look": card.look.model_copy(update={"deadline": DEADLINE})}))
    there = at_place(here, "Asia/Shanghai")
    assert isinstance(there, CardArtwork)
    texts = [[one.text for one in compose(one.card, 768, 384, files).measured.texts] for one in (here, there)]
    assert [any(f"{clock}:00" in text for text in found) for clock, found in zip((17, 18), texts, strict=True)] == [
        True,
        True,
    ]
    assert at_place(here, "Asia/Ho_Chi_Minh") == here
    assert at_place(PlatedArtwork(artwork=here), "Asia/Shanghai") == PlatedArtwork(artwork=there)
    with pytest.raises(ValidationError, match="zone"):
        card.look.model_validate(card.look.model_dump() | {"zone": "Asia/Nowhere"})


def test_a_ticker_is_wider_than_its_window_and_shows_its_beginning_at_rest(files: dict[str, Path]) -> None:
    for template in (Template.HEADLINE, Template.HEADLINE_BODY, Template.SPLIT):
        card = sample(template, VI, 64, Motion.TICKER)
        if template is not Template.SPLIT:
            card = card.model_copy(update={"words": {VI: Words(title="Thông báo", body="Xin rời xa mép nước. " * 6)}})
        else:
            card = sample(template, VI, 384, Motion.TICKER)
        drawn = shown(card, (128, 64), files)
        (ticker,) = [layer for layer in drawn.layers if layer.role is Role.TICKER]
        assert ticker.window is not None
        assert (ticker.x, ticker.y) == (ticker.window.x, ticker.window.y)
        assert ticker.image.width > ticker.window.width
        assert ticker.window.right <= 128
        assert of(drawn, TextRole.TICKER).lines == 1
        assert not of(drawn, TextRole.TICKER).clipped
        assert TextRole.BODY not in {text.role for text in drawn.measured.texts}


def test_the_level_is_told_by_colour_word_and_steps(files: dict[str, Path]) -> None:
    pictured = set()
    for level in Level:
        asked = look(Template.WEATHER_WARNING, furnished=False).model_copy(update={"level": level})
        drawn = shown(Card(look=asked, words={VI: Words(title="Mưa lớn")}), (256, 128), files)
        assert of(drawn, TextRole.LEVEL).contrast_x100 >= 450
        pictured.add(flatten(drawn).getpixel((1, 1)))
        assert [layer.role for layer in drawn.layers].count(Role.SIGN) == 3
    assert len(pictured) == len(Level)


def test_missing_pictures_are_the_caller_s_error(files: dict[str, Path]) -> None:
    with pytest.raises(LookupError):
        compose(sample(Template.PICTURE_CAPTION, VI, 384), 768, 384, {})
    with pytest.raises(OSError, match="no picture"):
        compose(sample(Template.PICTURE_CAPTION, VI, 384), 768, 384, files | {SCENE: Path("/dev/null")})


def test_the_name_of_the_drawing_says_how_text_is_laid_out() -> None:
    assert drawn_by().endswith("raqm")


def test_one_line_fills_its_place_and_refuses_what_does_not_fit() -> None:
    picture = one_line("35 phút", VI, 120, 40, colour="#ffc62b")
    assert picture.size == (120, 40)
    left, top, right, bottom = picture.getchannel("A").getbbox() or (0, 0, 0, 0)
    assert right - left > 90 or bottom - top > 30
    assert one_line("", VI, 20, 20).getbbox() is None
    with pytest.raises(ValueError, match="does not fit into 20 x 20 px"):
        one_line("Tạm dừng thông quan", VI, 20, 20)


LETTERS = st.sampled_from("aăộựẨỖG 9:–,.(\u00a0中国，。（）“”5米🎉\u200b\t\n")
WORDS = st.text(LETTERS, max_size=40)
SIDES = st.sampled_from([16, 32, 48, 64, 128, 160, 384])


@st.composite
def cards(draw: st.DrawFn) -> Card:
    template = draw(st.sampled_from(Template))
    asked = Look(
        template=template,
        motion=draw(st.sampled_from(Motion)),
        logo=draw(st.sampled_from([None, LOGO])),
        picture=SCENE,
        url=URL,
        level=draw(st.sampled_from(Level)),
        deadline=DEADLINE,
        corner=draw(WORDS),
    )
    said = {
        language: Words(
            title=draw(WORDS),
            body=draw(WORDS),
            rows=draw(st.lists(st.builds(Row, label=WORDS, value=WORDS), max_size=5).map(tuple)),
        )
        for language in (Language if template is Template.SPLIT else [draw(st.sampled_from(Language))])
    }
    return Card(look=asked, words=said)


@given(card=cards(), width=SIDES, height=SIDES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_valid_card_can_be_drawn_at_every_size(
    card: Card, width: int, height: int, files: dict[str, Path]
) -> None:
    drawn = compose(card, width, height, files)
    picture = flatten(drawn)
    assert (picture.size, picture.mode) == ((width, height), "RGB")
    assert all(layer.image.mode == "RGBA" for layer in drawn.layers)
    assert isinstance(drawn.ground, Image.Image)

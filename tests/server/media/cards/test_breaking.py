from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.language import Language
from server.media.cards.breaking import CLOSING, OPENING, pieces
from server.media.cards.fonts import MEDIUM, Type, drawable
from server.media.cards.lines import broken, joined
from tests.server.media.cards.samples import FULL

VI, EN, ZH = Language.VI, Language.EN, Language.ZH
CHINESE = [
    paragraph for trio in FULL.values() for paragraph in (trio[ZH].title, *trio[ZH].body.split("\n")) if paragraph
] + ["“板约”瀑布（越南）距此《约30公里》：车程50分钟……请注意——雨天路滑！票价45.000越盾/人，即开即走。"]


def parts(text: str, language: Language) -> list[str]:
    return [piece.text for piece in pieces(text, language)]


@pytest.mark.parametrize("width", [60, 84, 96, 120, 150, 200, 260])
@pytest.mark.parametrize("text", CHINESE)
def test_chinese_lines_begin_and_end_with_what_they_may(text: str, width: int) -> None:
    lines = broken(text, Type(ZH, MEDIUM, 24), width).lines
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith(tuple(CLOSING)) or line.endswith(tuple(OPENING)) for line in lines)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("开放时间07:30–17:30（越南时间）", "07:30–17:30"),
        ("车程30分钟。", "30分钟。"),
        ("气温22–29°C，有雨", "22–29°C，"),
        ("致电+84 206 000 0000。", "+84 206 000 0000。"),
        ("欢迎来到板约瀑布", "板约"),
        ("茶岭口岸", "茶岭"),
        ("距离5公里", "5公里"),
    ],
)
def test_chinese_figures_and_names_stay_whole(text: str, whole: str) -> None:
    assert whole in parts(text, ZH)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cần giúp: 0206 000 0000.", ["Cần", "giúp:", "0206 000 0000."]),
        ("Nước dâng – tạm dừng", ["Nước", "dâng –", "tạm", "dừng"]),
        ("Chờ 35 phút nữa", ["Chờ", "35 phút", "nữa"]),
        ("22–29 °C, có mưa", ["22–29 °C,", "có", "mưa"]),
        ("thác Bản\u00a0Giốc", ["thác", "Bản\u00a0Giốc"]),
        ("Vé 45.000 ₫/người", ["Vé", "45.000", "₫/người"]),
        ("call +84 206 000 0000 now", ["call", "+84 206 000 0000", "now"]),
    ],
)
def test_spaced_languages_keep_figures_with_their_units(text: str, expected: list[str]) -> None:
    assert parts(text, VI) == expected


def test_an_address_may_break_after_its_slashes_and_a_word_never() -> None:
    assert parts("https://example.org/thong-bao/cua-khau", EN)[0] == "https://"
    assert parts("nghiêng-nghiêng Giấythônghành", VI) == ["nghiêng-nghiêng", "Giấythônghành"]


def test_no_line_ends_with_a_lonely_syllable_when_another_break_is_as_short() -> None:
    letters = Type(VI, MEDIUM, 20)
    text = "Xin làm theo hướng dẫn của nhân viên cứu hộ ở"
    for width in range(120, 420, 7):
        found = broken(text, letters, width)
        if len(found.lines) > 1:
            assert len(found.lines[-1].split()) > 1, found.lines
    letters = Type(ZH, MEDIUM, 20)
    for width in range(80, 300, 7):
        found = broken("请勿翻越护栏以免发生危险哦", letters, width)
        assert len(found.lines) == 1 or len(found.lines[-1]) > 1, found.lines


def test_lines_are_about_equally_long() -> None:
    letters = Type(VI, MEDIUM, 20)
    lines = broken("Chuẩn bị giấy tờ trước khi làm thủ tục xuất nhập cảnh", letters, 330).lines
    widths = [letters.width(line) for line in lines]
    assert len(lines) == 2
    assert min(widths) > 0.8 * max(widths)


def test_a_word_wider_than_the_measure_stands_alone_and_is_told() -> None:
    found = broken("một nghiêng hai", Type(VI, MEDIUM, 40), 60)
    assert found.too_wide
    assert found.lines == ("một", "nghiêng", "hai")


TEXTS = st.text(st.sampled_from("aăộ ựB  9:–-.,/%(\u00a0中国，。（）“”…！5米🎉\u200b\t"), max_size=60)


@given(TEXTS, st.sampled_from(list(Language)), st.integers(1, 200))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_or_invented(text: str, language: Language, width: int) -> None:
    shown = drawable(text)
    assert joined(pieces(shown, language)) == shown
    lines = broken(shown, Type(language, MEDIUM, 12), width).lines
    assert re.sub(" ", "", "".join(lines)) == re.sub(" ", "", shown)

"""Hygiene: what is certain is put right and said, what needs a person is named; clean text stays clean."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.chinese import set_widths, simplified, traditional_in
from playlists.hygiene import Remark, RemarkCode, clean
from playlists.language import Language

SAMPLES = {
    Language.VI: "Nước dâng cao – tạm dừng đi bè. Cần giúp đỡ: {phone}.",
    Language.EN: "Please move away from the water’s edge and follow staff instructions.",
    Language.ZH: "开放时间07:30–17:30（越南时间），即北京时间08:30–18:30。请在正门购票。求助电话：+84 206 000 0000。",
}


@pytest.mark.parametrize("language", list(Language))
def test_the_samples_are_clean(language: Language) -> None:
    assert clean(SAMPLES[language], language) == (SAMPLES[language], ())


def codes(text: str, language: Language) -> list[RemarkCode]:
    return [one.code for one in clean(text, language).remarks]


def test_decomposed_letters_become_one() -> None:
    found = clean(unicodedata.normalize("NFD", "Nước ngập"), Language.VI)
    assert found == ("Nước ngập", ())


def test_an_old_font_is_converted_and_the_pasted_text_kept_in_the_remark() -> None:
    found = clean("Th«ng b¸o cöa khÈu", Language.VI)
    assert found.text == "Thông báo cửa khẩu"
    assert found.remarks == (Remark(RemarkCode.CONVERTED_TCVN3, "Th«ng b¸o cöa khÈu", "Thông báo cửa khẩu"),)
    assert codes("Thoâng baùo cöûa khaåu", Language.VI) == [RemarkCode.CONVERTED_VNI]
    assert clean("Th«ng b¸o cöa khÈu", Language.EN).text == "Th«ng b¸o cöa khÈu"


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ufe0f", "\x07", "\ue000", "\u3164"]
)
def test_what_nobody_sees_is_taken_out_and_named(hidden: str) -> None:
    found = clean(f"Mở{hidden} cửa", Language.VI)
    assert found.text == "Mở cửa"
    assert found.remarks == (Remark(RemarkCode.INVISIBLE, f"U+{ord(hidden):04X}"),)


def test_spaces_and_lines_are_settled_in_silence() -> None:
    assert clean("  Mở\u00a0 cửa \t hôm nay \r\n\n\n\n Xin mời ", Language.VI) == ("Mở cửa hôm nay\n\nXin mời", ())


def test_lookalikes_are_put_right() -> None:
    assert clean("Ðịa chỉ", Language.VI) == ("Địa chỉ", (Remark(RemarkCode.LOOKALIKE, "Ð", "Đ"),))
    assert clean("\u2f08\u2f26", Language.ZH).text == "人子"


def test_traditional_only_characters_are_named_with_their_simplified_form() -> None:
    found = clean("歡迎來到板約瀑布", Language.ZH)
    assert found.text == "歡迎來到板約瀑布"
    named = {one.text: one.replacement for one in found.remarks if one.code is RemarkCode.TRADITIONAL}
    assert named == {"歡": "欢", "來": "来", "約": "约"}
    assert simplified(found.text) == "欢迎来到板约瀑布"
    assert codes("歡迎", Language.VI) == []


def test_characters_that_simplified_has_too_are_not_named() -> None:
    level_1 = bytes(byte for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF) for byte in (row, cell))
    assert traditional_in(level_1.decode("gb2312", "ignore")) == {}
    assert traditional_in("乾坤，著名，瞭望，后面，里面，于是，面条") == {}


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("每日 07：00–17：00(越南时间),即北京时间０８:00。", "每日07:00–17:00（越南时间），即北京时间08:00。"),
        ("票价50，000越南盾.", "票价50,000越南盾。"),
        ("请排队 , 谢谢", "请排队，谢谢"),
        ("气温 {low} °C,有雨", "气温{low} °C，有雨"),
        ("（UTC+7）(北京)", "（UTC+7）（北京）"),
        ("Bản Giốc 瀑布", "Bản Giốc 瀑布"),
        ("电话:+84 206 000 0000", "电话：+84 206 000 0000"),
        ("Open 07:00 (daily), closed.", "Open 07:00 (daily), closed."),
        ("第１２号ＡＢＣ", "第12号ABC"),
    ],
)
def test_widths_follow_the_rules_of_the_panels(typed: str, set_: str) -> None:
    assert set_widths(typed) == set_
    assert (RemarkCode.WIDTHS in codes(typed, Language.ZH)) is (typed != set_)


def test_exclamation_marks_and_quotes_are_advice_only() -> None:
    found = clean('Xin "chú ý" !', Language.VI)
    assert found.text == 'Xin "chú ý" !'
    assert found.remarks == (
        Remark(RemarkCode.EXCLAMATION, "!", "."),
        Remark(RemarkCode.QUOTES, '"chú ý"', "“chú ý”"),
    )
    assert not any(one.is_done for one in found.remarks)
    assert clean("the water's edge", Language.EN).remarks == (Remark(RemarkCode.QUOTES, "'", "’"),)


mixed = st.text(
    alphabet=st.one_of(
        st.sampled_from("每日口岸（）(),.:;!?，。：0１7{}ab \n\t\u3000–"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=60,
)


@given(text=mixed, language=st.sampled_from(list(Language)))
def test_clean_text_stays_as_it_is(text: str, language: Language) -> None:
    once = clean(text, language).text
    again = clean(once, language)
    assert again.text == once
    assert not any(one.is_done for one in again.remarks)
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) in ("Cf", "Cc", "Co") for char in once.replace("\n", ""))

"""The glossary: terms are found as whole words with their accents, and departures from them are named."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playlists.glossary import DepartureCode, Glossary, Term, key_of
from playlists.language import Language

TERMS = [
    Term(vi="cửa khẩu", en=("border gate",), zh=("口岸",)),
    Term(vi="hải quan", en=("Customs",), zh=("海关",)),
    Term(vi="nhân dân", en=("people",), zh=("人民",)),
    Term(vi="Ủy ban nhân dân", en=("People's Committee",), zh=("人民委员会",), forbidden_zh=("人民政府",)),
    Term(vi="Bản Giốc", en=("Bản Giốc",), zh=("板约",), forbidden_en=("Detian",), forbidden_zh=("德天",)),
    Term(vi="Trùng Khánh", en=("Trùng Khánh",), zh=("越南重庆",), forbidden_zh=("重庆",), optional=True),
    Term(vi="giấy thông hành", en=("border pass", "travel permit"), zh=("出入境通行证", "通行证")),
]
GLOSSARY = Glossary(TERMS)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Giờ làm việc CỬA KHẨU Trà Lĩnh", ["CỬA KHẨU"]),
        ("Uỷ ban nhân dân tỉnh", ["Uỷ ban nhân dân"]),
        ("nhân dân và hải  quan", ["nhân dân", "hải  quan"]),
        ("hai quan, hải. quan, hải quanh", []),
        ("Thác Bản Giốc, huyện Trùng Khánh", ["Bản Giốc", "Trùng Khánh"]),
        ("cửa khẩu cửa khẩu", ["cửa khẩu", "cửa khẩu"]),
        ("cửa", []),
        ("", []),
    ],
)
def test_terms_are_found_as_whole_words_the_longest_first(source: str, found: list[str]) -> None:
    hits = GLOSSARY.found_in(source)
    assert [source[one.start : one.end] for one in hits] == found


@pytest.mark.parametrize(
    ("source", "language", "target", "departures"),
    [
        ("Cửa khẩu Trà Lĩnh", Language.ZH, "茶岭口岸", []),
        ("Cửa khẩu Trà Lĩnh", Language.ZH, "茶岭关口", [(DepartureCode.MISSING, "", "口岸")]),
        ("Cửa khẩu Trà Lĩnh", Language.EN, "Two border gates are open", []),
        ("Cửa khẩu Trà Lĩnh", Language.EN, "Border\ngate", []),
        ("Cửa khẩu Trà Lĩnh", Language.EN, "border gateway", [(DepartureCode.MISSING, "", "border gate")]),
        ("Ủy ban nhân dân", Language.ZH, "高平省人民政府", [(DepartureCode.FORBIDDEN, "人民政府", "人民委员会")]),
        ("Ủy ban nhân dân", Language.EN, "the People’s Committee", []),
        ("Thác Bản Giốc", Language.ZH, "德天瀑布", [(DepartureCode.FORBIDDEN, "德天", "板约")]),
        ("Thác Bản Giốc", Language.EN, "DETIAN falls", [(DepartureCode.FORBIDDEN, "DETIAN", "Bản Giốc")]),
        ("huyện Trùng Khánh", Language.ZH, "越南重庆县", []),
        ("huyện Trùng Khánh", Language.ZH, "重庆县", [(DepartureCode.FORBIDDEN, "重庆", "越南重庆")]),
        ("huyện Trùng Khánh", Language.ZH, "县里", []),
        ("giấy thông hành", Language.ZH, "有效通行证", []),
        ("Cửa khẩu", Language.ZH, " ", []),
        ("Cửa khẩu", Language.VI, "Cửa khẩu", []),
        ("Không có gì", Language.ZH, "人民政府", []),
    ],
)
def test_departures_are_named_with_what_was_agreed(
    source: str, language: Language, target: str, departures: list[tuple[DepartureCode, str, str]]
) -> None:
    found = GLOSSARY.warnings(source, target, language)
    assert [(one.code, one.text, one.agreed) for one in found] == departures


def test_a_term_said_twice_is_missed_once() -> None:
    assert len(GLOSSARY.warnings("cửa khẩu, cửa khẩu", "关口", Language.ZH)) == 1


def test_what_is_agreed_cannot_be_forbidden() -> None:
    with pytest.raises(ValidationError, match="both agreed and forbidden"):
        Term(vi="cửa khẩu", zh=("口岸",), forbidden_zh=("口岸",))


def test_accents_count_and_the_place_of_a_tone_mark_does_not() -> None:
    assert key_of("hoà bình") == key_of("HÒA  BÌNH")
    assert key_of("hải quan") != key_of("hai quan")


words = st.sampled_from(["cửa", "khẩu", "hải", "quan", "nhân", "dân", "Ủy", "ban", "Bản", "Giốc", ",", "x"])


@given(st.lists(words, max_size=15))
def test_hits_are_in_order_apart_and_real(parts: list[str]) -> None:
    source = " ".join(parts)
    hits = GLOSSARY.found_in(source)
    assert all(before.end <= after.start for before, after in pairwise(hits))
    assert all(key_of(source[one.start : one.end]) == key_of(one.term.vi) for one in hits)


@given(source=st.text(max_size=80), target=st.text(max_size=80), language=st.sampled_from(list(Language)))
def test_any_text_is_looked_at_without_failing(source: str, target: str, language: Language) -> None:
    for one in GLOSSARY.found_in(source):
        assert 0 <= one.start < one.end
    GLOSSARY.warnings(source, target, language)

"""Suggestions: what people type as times, dates, prices and numbers is found, and nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.card import VIETNAM
from playlists.daypart import zone
from playlists.language import Language
from playlists.typed import (
    Currency,
    DateTimeValue,
    DateValue,
    PhoneValue,
    PriceValue,
    TemperatureValue,
    TimeRangeValue,
    TimeValue,
    Value,
    fill,
)
from playlists.typed_suggestions import suggest

WORK = TimeRangeValue(start="07:00", end="17:00")
FOUND: list[tuple[str, str, Value]] = [
    ("Mở cửa 07:00–17:00 hằng ngày", "07:00–17:00", WORK),
    ("Mở cửa từ 7h đến 17h", "7h đến 17h", WORK),
    ("Mở cửa 7h00 - 17h00.", "7h00 - 17h00", WORK),
    ("Làm việc 7 giờ – 17 giờ", "7 giờ – 17 giờ", WORK),
    ("Open 07:30 to 17:30.", "07:30 to 17:30", TimeRangeValue(start="07:30", end="17:30")),
    ("开放时间7点半至17点", "7点半至17点", TimeRangeValue(start="07:30", end="17:00")),
    ("Cập nhật 06:00", "06:00", TimeValue(at="06:00")),
    ("Đóng cửa lúc 17 giờ 30 phút", "17 giờ 30 phút", TimeValue(at="17:30")),
    ("Nghỉ ngày 31/01/2027", "ngày 31/01/2027", DateValue(day=date(2027, 1, 31))),
    ("Nghỉ ngày 2 tháng 9 năm 2027.", "ngày 2 tháng 9 năm 2027", DateValue(day=date(2027, 9, 2))),
    ("Closed on 2 September 2027", "2 September 2027", DateValue(day=date(2027, 9, 2))),
    ("2027年9月2日闭馆", "2027年9月2日", DateValue(day=date(2027, 9, 2))),
    (
        "Họp lúc 08:00 ngày 02/09/2027",
        "08:00 ngày 02/09/2027",
        DateTimeValue(day=date(2027, 9, 2), at="08:00"),
    ),
    ("Gọi 0206 000 0000.", "0206 000 0000", PhoneValue(number="02060000000")),
    ("Call +84 206 000 0000", "+84 206 000 0000", PhoneValue(number="+842060000000")),
    ("Tổng đài 1900 1234", "1900 1234", PhoneValue(number="19001234")),
    ("Vé 50.000 đồng một người", "50.000 đồng", PriceValue(amount=Decimal(50_000))),
    ("Vé 50.000đ", "50.000đ", PriceValue(amount=Decimal(50_000))),
    ("Tickets: VND 50,000", "VND 50,000", PriceValue(amount=Decimal(50_000))),
    ("门票12.5元", "12.5元", PriceValue(amount=Decimal("12.5"), currency=Currency.CNY)),
    ("Hôm nay 22–29 °C", "22–29 °C", TemperatureValue(low=22, high=29)),
    ("Nhiệt độ 22 độ C", "22 độ C", TemperatureValue(low=22)),
]


@pytest.mark.parametrize(("text", "found", "value"), FOUND)
def test_what_people_type_is_found_once(text: str, found: str, value: Value) -> None:
    suggestions = suggest(text)
    assert [(one.found, one.value) for one in suggestions] == [(found, value)]
    assert text[suggestions[0].start : suggestions[0].end] == found


@pytest.mark.parametrize(
    "text",
    [
        "Giờ làm việc {hours}",
        "Quốc lộ 34, km 12",
        "Thông báo số 12/TB-BQL",
        "Tỷ lệ 3:1 hôm nay",
        "Điều 18.2",
        "Phiên bản 1.2.3.4",
        "Ngày 45/13/2027",
        "25:70",
        "Có 3 làn, 12 quầy",
        "COVID-19",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert suggest(text) == []


def test_equal_values_share_a_name_and_taken_names_are_not_used_again() -> None:
    text = "Sáng 07:00–11:00, chiều 13:00–17:00, thứ Bảy 07:00–11:00; gọi 0206 000 0000"
    assert [one.name for one in suggest(text, {"hours"})] == ["hours2", "hours3", "hours2", "phone"]


@given(
    st.lists(
        st.sampled_from(["07:00–17:00", "0206 000 0000", "50.000 đồng", "31/01/2027", "22–29 °C", "giờ", "{x}", ", "]),
        max_size=8,
    )
)
def test_accepting_every_suggestion_gives_words_that_can_be_filled(parts: list[str]) -> None:
    text = " ".join(parts).replace("{x}", "x")
    suggestions = suggest(text)
    assert all(before.end <= after.start for before, after in pairwise(suggestions))
    named = text
    for one in reversed(suggestions):
        named = f"{named[: one.start]}{{{one.name}}}{named[one.end :]}"
    values = {one.name: one.value for one in suggestions}
    filled = fill(named, values, Language.VI, zone(VIETNAM))
    assert "{" not in filled
    assert suggest(named) == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    for one in suggest(text):
        assert text[one.start : one.end] == one.found

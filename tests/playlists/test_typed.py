"""Typed values: each language's own way of writing them, Beijing's time beside the place's, and wrong names."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playlists.card import VIETNAM, Row, Words
from playlists.daypart import zone
from playlists.language import Language
from playlists.typed import (
    BEIJING,
    Currency,
    DateTimeValue,
    DateValue,
    NameFault,
    NameFaultCode,
    NumberValue,
    PhoneValue,
    PriceValue,
    TemperatureValue,
    TimeRangeValue,
    TimeValue,
    Unfilled,
    Value,
    faults,
    fill,
    fill_words,
    names_in,
    read_values,
    written,
)

HERE = zone(VIETNAM)
GAP = "\u00a0"
WRITTEN: list[tuple[Value, str, str, str]] = [
    (TimeValue(at="06:00"), "06:00", "06:00", "06:00（越南时间），即北京时间07:00"),
    (TimeValue(at="23:30"), "23:30", "23:30", "23:30（越南时间），即北京时间次日00:30"),
    (
        TimeRangeValue(start="07:00", end="17:00"),
        "07:00–17:00",
        "07:00–17:00",
        "07:00–17:00（越南时间），即北京时间08:00–18:00",
    ),
    (
        TimeRangeValue(start="22:00", end="05:00"),
        "22:00–05:00 hôm sau",
        "22:00–05:00 the next day",
        "22:00–次日05:00（越南时间），即北京时间23:00–次日06:00",
    ),
    (
        TimeRangeValue(start="07:00", end="24:00"),
        "07:00–24:00",
        "07:00–24:00",
        "07:00–24:00（越南时间），即北京时间08:00–次日01:00",
    ),
    (
        TimeRangeValue(start="23:10", end="23:40"),
        "23:10–23:40",
        "23:10–23:40",
        "23:10–23:40（越南时间），即北京时间次日00:10–00:40",
    ),
    (DateValue(day=date(2027, 1, 31)), "31/01/2027", "31 January 2027", "2027年1月31日"),
    (
        DateTimeValue(day=date(2026, 12, 3), at="13:30"),
        "13:30 ngày 03/12/2026",
        "13:30 on 3 December 2026",
        "2026年12月3日13:30（越南时间），即北京时间14:30",
    ),
    (
        DateTimeValue(day=date(2026, 12, 31), at="23:30"),
        "23:30 ngày 31/12/2026",
        "23:30 on 31 December 2026",
        "2026年12月31日23:30（越南时间），即北京时间2027年1月1日00:30",
    ),
    (PriceValue(amount=Decimal(50_000)), f"50.000{GAP}đồng", f"VND{GAP}50,000", "50,000越南盾"),
    (
        PriceValue(amount=Decimal("12.50"), currency=Currency.CNY),
        f"12,50{GAP}nhân dân tệ",
        f"CNY{GAP}12.50",
        "12.50元人民币",
    ),
    (
        PhoneValue(number="02060000000"),
        f"0206{GAP}000{GAP}0000",
        f"+84{GAP}206{GAP}000{GAP}0000",
        f"+84{GAP}206{GAP}000{GAP}0000",
    ),
    (
        PhoneValue(number="+84912345678"),
        f"0912{GAP}345{GAP}678",
        f"+84{GAP}912{GAP}345{GAP}678",
        f"+84{GAP}912{GAP}345{GAP}678",
    ),
    (PhoneValue(number="113"), "113", "113", "113"),
    (
        PhoneValue(number="+8613800138000"),
        f"+86{GAP}138{GAP}0013{GAP}8000",
        f"+86{GAP}138{GAP}0013{GAP}8000",
        f"+86{GAP}138{GAP}0013{GAP}8000",
    ),
    (TemperatureValue(low=22, high=29), f"22–29{GAP}°C", f"22–29{GAP}°C", "22–29°C"),
    (TemperatureValue(low=-2, high=3), f"−2 đến 3{GAP}°C", f"−2 to 3{GAP}°C", "−2至3°C"),
    (NumberValue(number=Decimal("1234567.5")), "1.234.567,5", "1,234,567.5", "1,234,567.5"),
]


@pytest.mark.parametrize(("value", "vi", "en", "zh"), WRITTEN)
def test_a_value_is_written_as_each_language_writes_it(value: Value, vi: str, en: str, zh: str) -> None:
    assert [written(value, language, HERE) for language in (Language.VI, Language.EN, Language.ZH)] == [vi, en, zh]


def test_the_sample_notice_reads_as_it_was_agreed() -> None:
    values: dict[str, Value] = {"hours": TimeRangeValue(start="07:00", end="17:00")}
    body = "每日{hours}。节假日安排另行通知。"
    expected = "每日07:00–17:00（越南时间），即北京时间08:00–18:00。节假日安排另行通知。"
    assert fill(body, values, Language.ZH, HERE) == expected


def test_a_place_with_beijing_s_clock_says_its_time_once() -> None:
    assert written(TimeValue(at="06:00"), Language.ZH, zone("Asia/Shanghai")) == "06:00"
    assert written(TimeValue(at="06:00"), Language.ZH, zone("Asia/Tokyo")) == "06:00（当地时间），即北京时间05:00"


clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@given(start=clocks, end=clocks)
def test_beijing_s_times_are_the_same_instants(start: str, end: str) -> None:
    text = written(TimeRangeValue(start=start, end=end), Language.ZH, HERE)
    there = text.split("即北京时间")[1].replace("次日", "").split("–")
    for clock, shown in zip((start, end), there, strict=True):
        hour, minute = map(int, clock.split(":"))
        at = datetime(2026, 6, 1, hour, minute, tzinfo=HERE).astimezone(zone(BEIJING))
        assert shown == f"{at:%H:%M}"


@given(amount=st.integers(0, 10**12), language=st.sampled_from(list(Language)))
def test_a_price_keeps_its_digits(amount: int, language: Language) -> None:
    text = written(PriceValue(amount=Decimal(amount)), language, HERE)
    assert "".join(char for char in text if char.isdigit()) == str(amount)


@given(number=st.from_regex(r"0[1-9][0-9]{8,9}", fullmatch=True))
def test_a_telephone_number_reaches_the_same_line_from_abroad(number: str) -> None:
    at_home = written(PhoneValue(number=number), Language.VI, HERE).replace(GAP, "")
    abroad = written(PhoneValue(number=number), Language.EN, HERE).replace(GAP, "")
    assert at_home == number
    assert abroad == f"+84{number[1:]}"


@pytest.mark.parametrize(
    "raw",
    [
        {"kind": "time", "at": "24:00"},
        {"kind": "time", "at": "7:00"},
        {"kind": "time_range", "start": "07:00", "end": "25:00"},
        {"kind": "date", "day": "2027-02-30"},
        {"kind": "price", "amount": "12.5", "currency": "VND"},
        {"kind": "price", "amount": "-1"},
        {"kind": "phone", "number": "12"},
        {"kind": "temperature", "low": 9, "high": 9},
        {"kind": "number", "number": "NaN"},
        {"kind": "colour", "at": "red"},
    ],
)
def test_a_value_that_is_none_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read_values({"one": raw})


def test_names_are_short_words() -> None:
    assert read_values({"gate_hours2": {"kind": "time", "at": "07:00"}})
    for name in ("Gate", "2nd", "giờ", "a b", "x" * 25):
        with pytest.raises(ValidationError):
            read_values({name: {"kind": "time", "at": "07:00"}})


def test_words_and_values_that_do_not_fit_are_named() -> None:
    values = read_values({"hours": {"kind": "time", "at": "07:00"}, "phone": {"kind": "phone", "number": "113"}})
    assert faults(["Mở {hours}", "Gọi {phone}"], values) == []
    assert faults(["Mở {hour}", "{hour}"], values) == [
        NameFault(NameFaultCode.UNKNOWN, "hour"),
        NameFault(NameFaultCode.UNUSED, "hours"),
        NameFault(NameFaultCode.UNUSED, "phone"),
    ]
    assert faults(["{hours} {phone} { x"], values) == [NameFault(NameFaultCode.BRACE, "{ x")]
    assert faults(["{hours} {phone} {Giờ}"], values)[0].code is NameFaultCode.BRACE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mở {hour}", "{hour}, which is no value"),
        ("Mở {hours", "does not hold the name of a value"),
        ("Mở }", "does not hold the name of a value"),
        ("Mở {{hours}}", "does not hold the name of a value"),
    ],
)
def test_words_that_cannot_be_filled_say_why(text: str, said: str) -> None:
    with pytest.raises(Unfilled, match=said.replace("{", r"\{").replace("}", r"\}")):
        fill(text, read_values({"hours": {"kind": "time", "at": "07:00"}}), Language.VI, HERE)


def test_a_card_s_words_are_filled_everywhere() -> None:
    values = read_values({"hours": {"kind": "time_range", "start": "07:00", "end": "17:00"}})
    words = Words(title="Giờ {hours}", body="{hours}", rows=(Row(label="Hằng ngày", value="{hours}"),))
    filled = fill_words(words, values, Language.VI, HERE)
    assert filled == Words(
        title="Giờ 07:00–17:00", body="07:00–17:00", rows=(Row(label="Hằng ngày", value="07:00–17:00"),)
    )


@given(st.text(alphabet="{}abc _x", max_size=30))
def test_filling_either_works_or_says_why(text: str) -> None:
    values = read_values({"abc": {"kind": "number", "number": 1}})
    fits = not any(one.code is not NameFaultCode.UNUSED for one in faults([text], values))
    if not fits:
        with pytest.raises(Unfilled):
            fill(text, values, Language.VI, ZoneInfo("UTC"))
        return
    filled = fill(text, values, Language.VI, ZoneInfo("UTC"))
    assert filled == text.replace("{abc}", "1")
    assert set(names_in(text)) <= {"abc"}

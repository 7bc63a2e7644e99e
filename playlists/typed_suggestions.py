"""Suggestions: times, dates, telephone numbers and the like in typed text that could become typed values.

Finds what people write in Vietnamese, English and Chinese; a person accepts each one. What already is a `{name}` is
left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from pydantic import ValidationError

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
)

MOST_SUGGESTIONS = 30


class Suggestion(NamedTuple):
    """A part of a text, [start, end), that could be the value `name`."""

    start: int
    end: int
    found: str
    name: str
    value: Value


def suggest(text: str, taken: Iterable[str] = ()) -> list[Suggestion]:
    """Return what could become typed values, in the order of the text; names differ from those that are `taken`."""
    left = _NAMED.sub(lambda found: _COVER * len(found.group(0)), text)
    hits: list[tuple[int, int, Value]] = []
    for pattern, reading in _READINGS:
        for found in pattern.finditer(left):
            value = _read(reading, found)
            if value is not None:
                start, end = found.span()
                hits.append((start, end, value))
                left = left[:start] + _COVER * (end - start) + left[end:]
    return _named(text, sorted(hits, key=lambda hit: hit[0])[:MOST_SUGGESTIONS], set(taken))


_NAMED = re.compile(r"\{[^{}]*\}")
_COVER = "\0"
"""Stands for what was found already, so that nothing is found in it again."""


def _named(text: str, hits: list[tuple[int, int, Value]], taken: set[str]) -> list[Suggestion]:
    suggestions, known = [], dict[Value, str]()
    for start, end, value in hits:
        name = known.get(value) or _free(_NAMES[value.kind], taken)
        taken.add(name)
        known[value] = name
        suggestions.append(Suggestion(start, end, text[start:end], name, value))
    return suggestions


_NAMES = {
    "time": "time",
    "time_range": "hours",
    "date": "day",
    "date_time": "moment",
    "price": "price",
    "phone": "phone",
    "temperature": "temperature",
    "number": "number",
}


def _free(stem: str, taken: set[str]) -> str:
    number = 1
    name = stem
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    return name


def _read(reading: Callable[[re.Match[str]], Value | None], found: re.Match[str]) -> Value | None:
    try:
        return reading(found)
    except (ValidationError, ValueError, InvalidOperation):
        return None


_CLOCK = (
    r"(?:[01]?[0-9]|2[0-4])"
    r"(?:[:：hH](?:[0-5][0-9])?|\s?(?:giờ|h)(?:\s?[0-5][0-9](?:\s?phút)?)?|[点时](?:[0-5]?[0-9]分?|半)?)"
)
_BEFORE = r"(?<![0-9A-Za-zÀ-ỹ.,:/-])"
_AFTER = r"(?![0-9A-Za-zÀ-ỹ:/])"
_TO = r"\s?(?:[-–—~～]|đến|tới|to|until|至|到)\s?"
_DAY_NUMERIC = r"(?:ngày\s)?(?P<d>[0-3]?[0-9])[/.-](?P<m>[01]?[0-9])[/.-](?P<y>20[0-9]{2})"
_DAY_VI = r"ngày\s(?P<d>[0-3]?[0-9])\stháng\s(?P<m>[01]?[0-9])\snăm\s(?P<y>20[0-9]{2})"
_DAY_ZH = r"(?P<y>20[0-9]{2})\s?年\s?(?P<m>[01]?[0-9])\s?月\s?(?P<d>[0-3]?[0-9])\s?日"
_DAY_ISO = r"(?P<y>20[0-9]{2})-(?P<m>[01][0-9])-(?P<d>[0-3][0-9])"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY_EN = rf"(?P<d>[0-3]?[0-9])\s(?P<month>{_MONTH})\s(?P<y>20[0-9]{{2}})"
_DAYS = (_DAY_VI, _DAY_ZH, _DAY_ISO, _DAY_NUMERIC, _DAY_EN)
_AMOUNT = r"(?P<amount>[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+)"
_AMOUNT_PLACES = r"(?P<amount>[0-9]{1,9}(?:[.,][0-9]{1,2})?)"


def _clock(text: str) -> str:
    hour, minute = [*re.findall(r"[0-9]+", text), "30" if "半" in text else "0"][:2]
    return f"{int(hour):02}:{int(minute):02}"


def _time(found: re.Match[str]) -> Value:
    return TimeValue(at=_clock(found.group(0)))


def _range(found: re.Match[str]) -> Value:
    return TimeRangeValue(start=_clock(found.group("start")), end=_clock(found.group("end")))


def _day(found: re.Match[str]) -> date:
    parts = found.groupdict()
    month = parts.get("m") or str(_MONTH.split("|").index(parts["month"]) + 1)
    return date(int(parts["y"]), int(month), int(parts["d"]))


def _date(found: re.Match[str]) -> Value:
    return DateValue(day=_day(found))


def _moment(found: re.Match[str]) -> Value:
    return DateTimeValue(day=_day(found), at=_clock(found.group("clock")))


def _phone(found: re.Match[str]) -> Value | None:
    digits = re.sub(r"[\s.()-]", "", found.group(0))
    is_whole = digits.startswith(("+", "18", "19")) or 10 <= len(digits) <= 11
    return PhoneValue(number=digits) if is_whole else None


def _dong(found: re.Match[str]) -> Value:
    return PriceValue(amount=Decimal(re.sub("[.,]", "", found.group("amount"))), currency=Currency.VND)


def _yuan(found: re.Match[str]) -> Value:
    return PriceValue(amount=Decimal(found.group("amount").replace(",", ".")), currency=Currency.CNY)


def _degrees(found: re.Match[str]) -> Value:
    low = found.group("low").replace("−", "-")
    high = found.group("high")
    return TemperatureValue(low=int(low), high=int(high.replace("−", "-")) if high else None)


_GROUPED_PHONE = r"0[0-9]{1,3}[)]?(?:[\s.-]?[0-9]{3,4}){2}|0[0-9]{3}(?:[\s.-][0-9]{2}){3}"
_TEMPERATURE = (
    r"(?<![0-9A-Za-z.,])(?P<low>[-−]?[0-9]{1,2})(?:\s?(?:[-–—]|đến|to|至)\s?(?P<high>[-−]?[0-9]{1,2}))?"
    r"\s?(?:°\s?C|℃|độ C)"
)
_NO_LETTER = "(?![A-Za-zÀ-ỹ])"
_NO_NUMBER = "(?![0-9]|[.,][0-9])"
_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Value | None]], ...] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        *((rf"{_BEFORE}(?P<clock>{_CLOCK})\s(?:on\s)?{day}{_AFTER}", _moment) for day in _DAYS if day is not _DAY_ZH),
        (rf"{_BEFORE}{_DAY_ZH}\s?(?P<clock>{_CLOCK})", _moment),
        *((rf"(?<![0-9./]){day}(?![0-9/])", _date) for day in _DAYS),
        (rf"{_BEFORE}(?P<start>{_CLOCK}){_TO}(?P<end>{_CLOCK})(?![0-9A-Za-zÀ-ỹ:/])", _range),
        (r"(?<![0-9A-Za-z+])\+[1-9][0-9]{0,2}(?:[\s.-]?[0-9]{2,5}){2,5}(?![0-9])", _phone),
        (rf"(?<![0-9A-Za-z+.,/])(?<![0-9][:–-])(?:{_GROUPED_PHONE}){_NO_NUMBER}", _phone),
        (rf"(?<![0-9A-Za-z+.,/])1[89]00[\s.-]?[0-9]{{4,6}}{_NO_NUMBER}", _phone),
        (rf"(?<![0-9.,]){_AMOUNT}\s?(?:đồng|đ|VNĐ|VND|越南盾){_NO_LETTER}", _dong),
        (rf"\b(?:VND|VNĐ)\s?{_AMOUNT}{_NO_NUMBER}", _dong),
        (rf"(?<![0-9.,]){_AMOUNT_PLACES}\s?(?:元人民币|元|nhân dân tệ|yuan|CNY|RMB){_NO_LETTER}", _yuan),
        (rf"(?:\b(?:CNY|RMB)\s?|[¥￥]\s?){_AMOUNT_PLACES}{_NO_NUMBER}", _yuan),
        (_TEMPERATURE, _degrees),
        (rf"{_BEFORE}{_CLOCK}{_AFTER}", _time),
    )
)
"""Longer ways of writing come first: a time within a range is no time of its own."""

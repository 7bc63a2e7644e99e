"""Typed values: times, dates, prices and the like, named in a notice and written out in each language's own way.

Words refer to a value as `{name}`. The Chinese words of a time say Beijing's beside the place's own, since readers
carry clocks of the other side: `07:00–17:00（越南时间），即北京时间08:00–18:00`. Decides how values are written and
which names are wrong; values are found in typed text by `playlists.typed_suggestions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from playlists.card import VIETNAM, Row, Words
from playlists.daypart import zone as zone_named
from playlists.language import Language
from playlists.phrases import day_of

MOST_VALUES = 30
NO_BREAK = "\u00a0"
"""Between a number and its unit, so that no line ends there."""
BEIJING = "Asia/Shanghai"
NAME = r"[a-z][a-z0-9_]{0,23}"
_REFERENCE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(NAME)

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A local time of day, `HH:MM`."""
ClockEnd = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
"""A local time of day at which something ends; 24:00 is midnight."""
Name = Annotated[str, StringConstraints(pattern=f"^{NAME}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeValue(_Frozen):
    """A time of day at the place of the notice."""

    kind: Literal["time"] = "time"
    at: Clock


class TimeRangeValue(_Frozen):
    """From a time of day to another; an end that is not later lies on the next day."""

    kind: Literal["time_range"] = "time_range"
    start: Clock
    end: ClockEnd


class DateValue(_Frozen):
    """A day."""

    kind: Literal["date"] = "date"
    day: date


class DateTimeValue(_Frozen):
    """A time of a day at the place of the notice."""

    kind: Literal["date_time"] = "date_time"
    day: date
    at: Clock


class Currency(StrEnum):
    """The money of both banks."""

    VND = "VND"
    CNY = "CNY"


class PriceValue(_Frozen):
    """A price; dong are whole, yuan have at most two places."""

    kind: Literal["price"] = "price"
    amount: Annotated[Decimal, Field(ge=0, le=Decimal(1_000_000_000_000), max_digits=15, decimal_places=2)]
    currency: Currency = Currency.VND

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.currency is Currency.VND and self.amount != self.amount.to_integral_value():
            raise ValueError("a price in dong has no places after the point")
        return self


class PhoneValue(_Frozen):
    """A telephone number: as dialled within Vietnam (0206…, 113, 1900…), or with `+` and the country."""

    kind: Literal["phone"] = "phone"
    number: Annotated[str, StringConstraints(pattern=r"^(\+[1-9][0-9]{6,14}|[0-9]{3,11})$")]


class TemperatureValue(_Frozen):
    """Degrees Celsius, or from the lower to the higher."""

    kind: Literal["temperature"] = "temperature"
    low: Annotated[int, Field(ge=-60, le=60)]
    high: Annotated[int, Field(ge=-60, le=60)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.high is not None and self.high <= self.low:
            raise ValueError("the second temperature must be higher than the first")
        return self


class NumberValue(_Frozen):
    """A number, grouped as the language groups it; what it counts stands in the words."""

    kind: Literal["number"] = "number"
    number: Annotated[Decimal, Field(ge=-(10**12), le=10**12, max_digits=16, decimal_places=3)]


Value = Annotated[
    TimeValue | TimeRangeValue | DateValue | DateTimeValue | PriceValue | PhoneValue | TemperatureValue | NumberValue,
    Field(discriminator="kind"),
]
Values = Annotated[dict[Name, Value], Field(max_length=MOST_VALUES)]
"""The values of a notice by name."""
_VALUES: TypeAdapter[dict[str, Value]] = TypeAdapter(Values)


def read_values(raw: object) -> dict[str, Value]:
    """Return the values that were written as JSON values.

    Raises:
        pydantic.ValidationError: they are none.
    """
    return _VALUES.validate_python(raw)


class NameFaultCode(StrEnum):
    """What can be wrong between words and values."""

    UNKNOWN = "unknown_value"
    """The words name a value that the notice does not have."""
    UNUSED = "unused_value"
    """No words of this language name a value that other words do, or none at all does."""
    BRACE = "stray_brace"
    """A brace without its partner, or with something in it that is no name."""


class NameFault(NamedTuple):
    """Something wrong between words and values; `name` is the value's, or what stands at the brace."""

    code: NameFaultCode
    name: str


class Unfilled(ValueError):
    """Words cannot be filled with values; `fault` says why."""

    def __init__(self, fault: NameFault) -> None:
        sentences = {
            NameFaultCode.UNKNOWN: f"the words name {{{fault.name}}}, which is no value of this notice",
            NameFaultCode.UNUSED: f"no words name the value {{{fault.name}}}",
            NameFaultCode.BRACE: f"a brace at {fault.name!r} does not hold the name of a value, such as {{hours}}",
        }
        super().__init__(sentences[fault.code])
        self.fault = fault


def names_in(text: str) -> list[str]:
    """Return the names that a text refers to, in their order and as often as they stand there."""
    return [found.group(1) for found in _REFERENCE.finditer(text) if _NAME.fullmatch(found.group(1))]


def faults(texts: Iterable[str], values: Mapping[str, Value]) -> list[NameFault]:
    """Return what is wrong between the texts of one language and a notice's values, each once."""
    found: dict[NameFault, None] = {}
    used: set[str] = set()
    for text in texts:
        used.update(names_in(text))
        found.update(dict.fromkeys(_stray(text)))
        found.update({NameFault(NameFaultCode.UNKNOWN, name): None for name in names_in(text) if name not in values})
    found.update({NameFault(NameFaultCode.UNUSED, name): None for name in values if name not in used})
    return list(found)


def _stray(text: str) -> list[NameFault]:
    marked = _REFERENCE.sub(lambda one: " " if _NAME.fullmatch(one.group(1)) else one.group(0), text)
    return [
        NameFault(NameFaultCode.BRACE, marked[max(0, found.start() - 8) : found.end() + 12].strip())
        for found in re.finditer(r"[{}]", marked)
    ][:1]


def fill(text: str, values: Mapping[str, Value], language: Language, zone: ZoneInfo) -> str:
    """Return a text with its values written out.

    Raises:
        Unfilled: a name is no value's, or a brace stands alone. Values that are not used are no fault here.
    """
    for fault in faults([text], values):
        if fault.code is not NameFaultCode.UNUSED:
            raise Unfilled(fault)
    return _REFERENCE.sub(lambda found: written(values[found.group(1)], language, zone), text)


def fill_words(words: Words, values: Mapping[str, Value], language: Language, zone: ZoneInfo) -> Words:
    """Return a card's words with their values written out.

    Raises:
        Unfilled: as `fill`.
        pydantic.ValidationError: written out they are longer than a card takes.
    """

    def filled(text: str) -> str:
        return fill(text, values, language, zone)

    rows = tuple(Row(label=filled(row.label), value=filled(row.value)) for row in words.rows)
    return Words(title=filled(words.title), body=filled(words.body), rows=rows)


def texts_of(words: Words) -> list[str]:
    """Return every text of a card's words, in the order of reading."""
    return [words.title, words.body, *(text for row in words.rows for text in (row.label, row.value))]


def written(value: Value, language: Language, zone: ZoneInfo) -> str:
    """Return a value in the words of a language; `zone` is that of the notice's place."""
    match value:
        case TimeValue() | TimeRangeValue() | DateTimeValue():
            return _time(value, language, zone)
        case DateValue():
            return day_of(value.day, language)
        case PriceValue():
            return _price(value, language)
        case PhoneValue():
            return _phone(value.number, language)
        case TemperatureValue():
            return _temperature(value, language)
        case NumberValue():
            return _number(value.number, language)


_ANY_DAY = date(2026, 1, 1)
"""Clock times without a day are compared on this one: neither Vietnam nor China changes its clocks."""
_NEXT_DAY = {Language.VI: "{} hôm sau", Language.EN: "{} the next day", Language.ZH: "次日{}"}


def _time(value: TimeValue | TimeRangeValue | DateTimeValue, language: Language, zone: ZoneInfo) -> str:
    day = value.day if isinstance(value, DateTimeValue) else _ANY_DAY
    start = _instant(day, value.start if isinstance(value, TimeRangeValue) else value.at, zone)
    end = _end(day, value, zone) if isinstance(value, TimeRangeValue) else None
    here = _clock(start, end, day, language, ends_at_24=isinstance(value, TimeRangeValue) and value.end == "24:00")
    if isinstance(value, DateTimeValue):
        here = _on_day(here, day, language)
    if language is not Language.ZH:
        return here
    beijing = zone_named(BEIJING)
    if start.utcoffset() == start.astimezone(beijing).utcoffset():
        return here
    there = start.astimezone(beijing)
    beside = _clock(there, end.astimezone(beijing) if end is not None else None, day, language)
    if isinstance(value, DateTimeValue) and there.date() != day:
        beside = _short_day(there.date(), day) + f"{there:%H:%M}"
    return f"{here}（{_zone_word(start)}），即北京时间{beside}"


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def _end(day: date, value: TimeRangeValue, zone: ZoneInfo) -> datetime:
    if value.end == "24:00":
        return _instant(day + timedelta(days=1), "00:00", zone)
    return _instant(day + timedelta(days=value.end <= value.start), value.end, zone)


def _clock(start: datetime, end: datetime | None, day: date, language: Language, *, ends_at_24: bool = False) -> str:
    """Return local clock times; a time on a later day than `day` says so, once where both are."""
    first = _said(start, day, language)
    if end is None:
        return first
    if ends_at_24:
        return f"{first}–24:00"
    return f"{first}–{_said(end, max(day, start.date()), language)}"


def _said(at: datetime, day: date, language: Language) -> str:
    return _NEXT_DAY[language].format(f"{at:%H:%M}") if at.date() > day else f"{at:%H:%M}"


def _on_day(clock: str, day: date, language: Language) -> str:
    named = day_of(day, language)
    return {
        Language.VI: f"{clock} ngày {named}",
        Language.EN: f"{clock} on {named}",
        Language.ZH: f"{named}{clock}",
    }[language]


def _short_day(there: date, day: date) -> str:
    year = f"{there.year}年" if there.year != day.year else ""
    return f"{year}{there.month}月{there.day}日"


def _zone_word(at: datetime) -> str:
    return "越南时间" if at.utcoffset() == at.astimezone(zone_named(VIETNAM)).utcoffset() else "当地时间"


_MINUS = "\u2212"


def _number(number: Decimal, language: Language) -> str:
    point = "," if language is Language.VI else "."
    group = "." if language is Language.VI else ","
    plain = f"{abs(number):f}"
    whole, _, places = plain.partition(".")
    places = places.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", group)
    sign = _MINUS if number < 0 else ""
    return f"{sign}{grouped}{point}{places}" if places else f"{sign}{grouped}"


def _price(value: PriceValue, language: Language) -> str:
    amount = _number(value.amount, language)
    if value.amount != value.amount.to_integral_value():
        places = f"{value.amount:.2f}"[-2:]
        amount = _number(value.amount.to_integral_value(rounding="ROUND_FLOOR"), language) + (
            "," if language is Language.VI else "."
        )
        amount += places
    forms = {
        Currency.VND: {Language.VI: "{}{}đồng", Language.EN: "VND{1}{0}", Language.ZH: "{}越南盾"},
        Currency.CNY: {Language.VI: "{}{}nhân dân tệ", Language.EN: "CNY{1}{0}", Language.ZH: "{}元人民币"},
    }
    return forms[value.currency][language].format(amount, NO_BREAK)


def _temperature(value: TemperatureValue, language: Language) -> str:
    unit = "°C" if language is Language.ZH else f"{NO_BREAK}°C"
    low = _number(Decimal(value.low), language)
    if value.high is None:
        return low + unit
    to = {Language.VI: " đến ", Language.EN: " to ", Language.ZH: "至"}[language] if value.low < 0 else "–"
    return low + to + _number(Decimal(value.high), language) + unit


_CITIES = ("024", "028")
"""Area codes of three digits; all others have four."""


def _phone(number: str, language: Language) -> str:
    if number.startswith("+84"):
        number = f"0{number.removeprefix('+84').removeprefix('0')}"
    if number.startswith("+"):
        return _foreign(number)
    groups = _groups(number)
    if language is not Language.VI and number.startswith("0"):
        groups[0] = groups[0][1:]
        groups.insert(0, "+84")
    return NO_BREAK.join(group for group in groups if group)


def _groups(number: str) -> list[str]:
    if number.startswith(("1800", "1900")):
        return [number[:4], number[4:]]
    if not number.startswith("0"):
        return [number]
    if number.startswith(_CITIES):
        return [number[:3], number[3:7], number[7:]]
    return [number[:4], number[4:7], number[7:]]


def _foreign(number: str) -> str:
    """Return a number of another country; China's in its usual groups, others as they are."""
    if not number.startswith("+86"):
        return number
    rest = number.removeprefix("+86")
    groups = [rest[:3], rest[3:7], rest[7:]]
    return NO_BREAK.join(["+86", *(group for group in groups if group)])

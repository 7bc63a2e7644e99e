"""The days of an RFC 5545 rule in words of three languages; a rule that has no plain words has none here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from playlists import phrases
from playlists.language import Language
from playlists.phrases import Words, pick

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_HOURLY: Words = ("mỗi giờ", "every hour", "每小时")
_EVERY_HOURS: Words = ("cứ {} giờ một lần", "every {} hours", "每{}小时一次")
_EVERY_DAYS: Words = ("cứ {} ngày một lần", "every {} days", "每{}天一次")
_EVERY_OTHER_DAY: Words = ("cách ngày", "every other day", "隔天")
_EVERY_OTHER_WEEK: Words = ("hai tuần một lần vào {}", "every other week on {}", "每两周的{}")
_EVERY_WEEKS: Words = ("cứ {n} tuần một lần vào {}", "every {n} weeks on {}", "每{n}周的{}")
_EVERY_WEEK: Words = ("{}", "{}", "{}")
_EACH_MONTH: Words = ("{} của mỗi tháng", "{} of each month", "每月{}")
_EVERY_MONTHS: Words = ("{}, cứ {n} tháng một lần", "{}, every {n} months", "每{n}个月的{}")
_LAST_DAY: Words = ("ngày cuối cùng", "the last day", "最后一天")
_DAYS_BEFORE_END: Words = ("ngày thứ {} tính từ cuối", "day {} from the end", "倒数第{}天")
_EACH_YEAR: Words = ("{} hằng năm", "each year on {}", "每年{}")
_EVERY_YEARS: Words = ("{}, cứ {n} năm một lần", "every {n} years on {}", "每{n}年的{}")
_NTH: Words = ("{day} lần thứ {n}", "the {n} {day}", "第{n}个{day}")
_LAST: Words = ("{day} cuối cùng", "the last {day}", "最后一个{day}")
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_NTH_OF: Words = ("ngày thứ {n} trong các ngày {days}", "the {n} day among {days}", "{days}中的第{n}天")
_LAST_OF: Words = ("ngày cuối cùng trong các ngày {days}", "the last day among {days}", "{days}中的最后一天")


def days_of_rule(parts: dict[str, str], start: datetime, language: Language) -> str | None:
    """Return on which days a rule holds, within a sentence, or None where there are no plain words for it."""
    say = _BY_FREQUENCY.get(parts["FREQ"])
    return say(parts, start, language) if say is not None else None


def _hourly(parts: dict[str, str], _start: datetime, language: Language) -> str | None:
    if _has(parts, "BYDAY", "BYMONTH", "BYMONTHDAY", "BYHOUR", "BYMINUTE"):
        return None
    number = _interval(parts)
    return pick(_HOURLY, language) if number == 1 else phrases.count_of(number, _EVERY_HOURS, language)


def _daily(parts: dict[str, str], _start: datetime, language: Language) -> str | None:
    number = _interval(parts)
    if _has(parts, "BYMONTH", "BYMONTHDAY", "BYHOUR", "BYMINUTE") or ("BYDAY" in parts and number > 1):
        return None
    if "BYDAY" in parts:
        return phrases.weekdays(_weekdays(parts), language)
    if number == 1:
        return pick(phrases.EVERY_DAY, language)
    return pick(_EVERY_OTHER_DAY, language) if number == 2 else phrases.count_of(number, _EVERY_DAYS, language)


def _weekly(parts: dict[str, str], start: datetime, language: Language) -> str | None:
    if _has(parts, "BYMONTH", "BYSETPOS", "BYHOUR", "BYMINUTE"):
        return None
    days = phrases.weekdays(_weekdays(parts) or [start.isoweekday()], language)
    number = _interval(parts)
    words = _EVERY_WEEK if number == 1 else _EVERY_OTHER_WEEK if number == 2 else _EVERY_WEEKS
    return pick(words, language).format(days, n=number)


def _monthly(parts: dict[str, str], start: datetime, language: Language) -> str | None:
    if _has(parts, "BYMONTH", "BYHOUR", "BYMINUTE") or ("BYDAY" in parts and "BYMONTHDAY" in parts):
        return None
    if "BYDAY" in parts:
        days = _days_in_month(parts, language)
    elif "BYSETPOS" in parts:
        return None
    else:
        numbers = [int(day) for day in parts.get("BYMONTHDAY", str(start.day)).split(",")]
        days = _month_days(numbers, language)
    if days is None:
        return None
    number = _interval(parts)
    return pick(_EACH_MONTH if number == 1 else _EVERY_MONTHS, language).format(days, n=number)


def _yearly(parts: dict[str, str], start: datetime, language: Language) -> str | None:
    if _has(parts, "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYHOUR", "BYMINUTE"):
        return None
    months = [int(one) for one in parts.get("BYMONTH", str(start.month)).split(",")]
    days = [int(one) for one in parts.get("BYMONTHDAY", str(start.day)).split(",")]
    if min(days) < 0 or ("BYMONTHDAY" in parts and "BYMONTH" not in parts):
        return None
    named = phrases.listed([phrases.day_of_year(month, day, language) for month in months for day in days], language)
    number = _interval(parts)
    said = f"ngày {named}" if language is Language.VI else named
    return pick(_EACH_YEAR if number == 1 else _EVERY_YEARS, language).format(said, n=number)


def _days_in_month(parts: dict[str, str], language: Language) -> str | None:
    numbered = [re.fullmatch(r"([+-]?\d+)?([A-Z]{2})", one) for one in parts["BYDAY"].split(",")]
    days = [(match[1], _CODES.index(match[2]) + 1) for match in numbered if match is not None]
    places = parts.get("BYSETPOS", "").split(",") if "BYSETPOS" in parts else []
    if places:
        if len(places) > 1 or any(number for number, _ in days):
            return None
        if len(days) == 1:
            return _nth(int(places[0]), phrases.weekday(days[0][1], language), language)
        return _nth_of(int(places[0]), phrases.weekdays([day for _, day in days], language), language)
    if all(number is None for number, _ in days):
        return None
    found = [_nth(int(number), phrases.weekday(day, language), language) for number, day in days if number]
    if len(found) < len(days) or None in found:
        return None
    return phrases.listed([one for one in found if one is not None], language)


def _nth(place: int, day: str, language: Language) -> str | None:
    return _placed(place, _NTH, _LAST, language, day=day)


def _nth_of(place: int, days: str, language: Language) -> str | None:
    return _placed(place, _NTH_OF, _LAST_OF, language, days=days)


def _placed(place: int, nth: Words, last: Words, language: Language, **named: str) -> str | None:
    if place == -1:
        return pick(last, language).format(**named)
    if place not in _ORDINALS:
        return None
    number = _ORDINALS[place] if language is Language.EN else str(place)
    return pick(nth, language).format(n=number, **named)


def _month_days(numbers: list[int], language: Language) -> str | None:
    ahead, back = sorted(one for one in numbers if one > 0), sorted((one for one in numbers if one < 0), reverse=True)
    parts = []
    if ahead:
        separate = [pick(("{}", "{}", "{}日"), language).format(one) for one in ahead]
        parts.append(pick(("ngày {}", "day {}", "{}"), language).format(phrases.listed(separate, language)))
    for one in back:
        words = pick(_LAST_DAY if one == -1 else _DAYS_BEFORE_END, language)
        parts.append(words.format(-one))
    if language is Language.EN and len(ahead) > 1:
        parts[0] = "days" + parts[0].removeprefix("day")
    return phrases.listed(parts, language)


def _has(parts: dict[str, str], *names: str) -> bool:
    return any(name in parts for name in names)


def _interval(parts: dict[str, str]) -> int:
    return int(parts.get("INTERVAL", "1"))


def _weekdays(parts: dict[str, str]) -> list[int]:
    return [_CODES.index(code) + 1 for code in parts["BYDAY"].split(",")] if "BYDAY" in parts else []


_BY_FREQUENCY: dict[str, Callable[[dict[str, str], datetime, Language], str | None]] = {
    "HOURLY": _hourly,
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}

"""Small words about time in three languages: dates, weekdays, lists and times of day, as sentences need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from playlists.daypart import DayWindow, sun_offset
from playlists.language import Language
from playlists.recurrence import wall

Words = tuple[str, str, str]
"""The same in Vietnamese, English and Chinese."""
_ORDER = (Language.VI, Language.EN, Language.ZH)
_WEEKDAYS: tuple[Words, ...] = (
    ("thứ Hai", "Monday", "周一"),
    ("thứ Ba", "Tuesday", "周二"),
    ("thứ Tư", "Wednesday", "周三"),
    ("thứ Năm", "Thursday", "周四"),
    ("thứ Sáu", "Friday", "周五"),
    ("thứ Bảy", "Saturday", "周六"),
    ("Chủ nhật", "Sunday", "周日"),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_AND: Words = (" và ", " and ", "和")
_COMMA: Words = (", ", ", ", "、")
_TO: Words = ("{} đến {}", "{} to {}", "{}至{}")
EVERY_DAY: Words = ("hằng ngày", "every day", "每天")
_SUN: dict[str, Words] = {
    "sunrise": ("lúc mặt trời mọc", "sunrise", "日出"),
    "sunset": ("lúc mặt trời lặn", "sunset", "日落"),
}
_BEFORE: Words = ("{1} trước {0}", "{1} before {0}", "{0}前{1}")
_AFTER: Words = ("{1} sau {0}", "{1} after {0}", "{0}后{1}")
_HOURS: Words = ("{} giờ", "{} hours", "{}小时")
_MINUTES: Words = ("{} phút", "{} minutes", "{}分钟")
_SECONDS: Words = ("{} giây", "{} seconds", "{}秒")
_NEXT_DAY: Words = ("{} hôm sau", "{} the next day", "次日{}")


def pick(words: Words, language: Language) -> str:
    """Return the words of a language."""
    return words[_ORDER.index(language)]


def listed(parts: Sequence[str], language: Language) -> str:
    """Return "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return pick(_COMMA, language).join(parts[:-1]) + pick(_AND, language) + parts[-1]


def weekday(number: int, language: Language) -> str:
    """Return the name of a weekday (1 is Monday) within a sentence."""
    return pick(_WEEKDAYS[number - 1], language)


def weekdays(numbers: Iterable[int], language: Language) -> str:
    """Return weekdays as people say them: runs of three or more as "Monday to Friday", all seven as every day."""
    days = sorted(set(numbers))
    if len(days) == 7:
        return pick(EVERY_DAY, language)
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        names = [weekday(day, language) for day in run]
        parts += [pick(_TO, language).format(names[0], names[-1])] if len(run) > 2 else names
    return listed(parts, language)


def day_of(day: date, language: Language) -> str:
    """Return a date as it is written in a language."""
    return pick(
        (
            f"{day.day:02}/{day.month:02}/{day.year}",
            f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
            f"{day.year}年{day.month}月{day.day}日",
        ),
        language,
    )


def day_of_year(month: int, day: int, language: Language) -> str:
    """Return a day that comes back each year."""
    return pick((f"{day:02}/{month:02}", f"{day} {_MONTHS[month - 1]}", f"{month}月{day}日"), language)


def month(number: int, language: Language) -> str:
    """Return a month's name within a sentence."""
    return pick((f"tháng {number}", _MONTHS[number - 1], f"{number}月"), language)


def moment(local: datetime, language: Language) -> str:
    """Return a wall time with its date."""
    clock, day = f"{local:%H:%M}", day_of(local, language)
    return pick((f"{clock} ngày {day}", f"{clock} on {day}", f"{day}{clock}"), language)


def when(local: date, language: Language) -> str:
    """Return a date, or a wall time with its date."""
    return moment(local, language) if isinstance(local, datetime) else day_of(local, language)


def time_of(written: str, language: Language) -> str:
    """Return a window's time: a clock time, or one that follows the sun."""
    follows = sun_offset(written)
    if follows is None:
        return written
    event, minutes = follows
    named = pick(_SUN[event], language)
    if not minutes:
        return named
    return pick(_BEFORE if minutes < 0 else _AFTER, language).format(named, length(abs(minutes) * 60, language))


def window(one: DayWindow, language: Language) -> str:
    """Return a window's times; an end on the next day is said."""
    start, end = time_of(one.start, language), time_of(one.end, language)
    if not one.follows_sun:
        ends_next_day = one.crosses_midnight and one.end != "00:00"
        end = "24:00" if one.end == "00:00" else pick(_NEXT_DAY, language).format(end) if ends_next_day else end
        return f"{start}-{end}"
    if one.crosses_midnight:
        end = pick(_NEXT_DAY, language).format(end)
    return pick(_TO, language).format(start, end)


def clock_span(start: datetime, end: datetime, language: Language) -> str:
    """Return two local times as a span; where the second lies on a later date than the first it is said."""
    days = (end.date() - start.date()).days
    if days == 0:
        return f"{start:%H:%M}-{end:%H:%M}"
    if days == 1 and (end.hour, end.minute) == (0, 0):
        return f"{start:%H:%M}-24:00"
    last = pick(_NEXT_DAY, language).format(f"{end:%H:%M}") if days == 1 else moment(end, language)
    return f"{start:%H:%M}-{last}"


def capitalised(text: str) -> str:
    """Return text with its first letter as a sentence has it."""
    return text[:1].upper() + text[1:]


def length(seconds: int, language: Language) -> str:
    """Return a length of time in hours, minutes and seconds, without the parts that are nought."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [
        pick(words, language).format(number) if number != 1 or language is not Language.EN else f"1 {one}"
        for number, words, one in ((hours, _HOURS, "hour"), (minutes, _MINUTES, "minute"), (rest, _SECONDS, "second"))
        if number
    ]
    return pick((" ", " ", ""), language).join(parts)


def count_of(number: int, words: Words, language: Language) -> str:
    """Return words with a number in them."""
    return pick(words, language).format(number)


def dates(locals_: Sequence[date], language: Language, most: int = 3) -> str:
    """Return dates as a list, or how many there are when they are more."""
    ordered = sorted(locals_, key=wall)
    if len(ordered) > most:
        return count_of(len(ordered), ("{} ngày", "{} days", "{}天"), language)
    return listed([when(one, language) for one in ordered], language)

"""When an entry is on air, as one plain sentence in Vietnamese, English or Chinese.

The words follow from the timing alone. A rule that these sentences cannot say is named as it is written, so that
nobody is told something else than what will happen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from playlists.daypart import WeeklyWindow
from playlists.language import Language
from playlists.recurrence import Recurrence
from playlists.schedule import Timing

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Three = tuple[str, str, str]
"""A text in vi, en, zh."""

_WEEKDAYS: tuple[Three, ...] = (
    ("thứ Hai", "Monday", "周一"),
    ("thứ Ba", "Tuesday", "周二"),
    ("thứ Tư", "Wednesday", "周三"),
    ("thứ Năm", "Thursday", "周四"),
    ("thứ Sáu", "Friday", "周五"),
    ("thứ Bảy", "Saturday", "周六"),
    ("Chủ Nhật", "Sunday", "周日"),
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ORDINALS: Mapping[int, Three] = {
    1: ("đầu tiên", "first", "第一个"),
    2: ("lần thứ hai", "second", "第二个"),
    3: ("lần thứ ba", "third", "第三个"),
    4: ("lần thứ tư", "fourth", "第四个"),
    5: ("lần thứ năm", "fifth", "第五个"),
    -1: ("cuối cùng", "last", "最后一个"),
}
_UNITS: Mapping[str, tuple[Three, Three]] = {
    "HOURLY": (("mỗi giờ", "every hour", "每小时"), ("cứ {n} giờ một lần", "every {n} hours", "每{n}小时")),
    "DAILY": (("hằng ngày", "every day", "每天"), ("cứ {n} ngày một lần", "every {n} days", "每{n}天")),
    "WEEKLY": (("hằng tuần", "every week", "每周"), ("cứ {n} tuần một lần", "every {n} weeks", "每{n}周")),
    "MONTHLY": (("hằng tháng", "every month", "每月"), ("cứ {n} tháng một lần", "every {n} months", "每{n}个月")),
    "YEARLY": (("hằng năm", "every year", "每年"), ("cứ {n} năm một lần", "every {n} years", "每{n}年")),
}
_SUN: Mapping[str, Three] = {
    "sunrise": ("mặt trời mọc", "sunrise", "日出"),
    "sunset": ("mặt trời lặn", "sunset", "日落"),
}
_SUN_TIME = re.compile(r"(?P<event>sunrise|sunset)((?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d))?")
_COMMA: Three = (", ", ", ", "，")
_LIST: Three = (", ", ", ", "、")
_SAID = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"}


@dataclass(frozen=True)
class _Tongue:
    language: Language

    def pick(self, three: Three, **values: object) -> str:
        text = three[list(Language).index(self.language)]
        return text.format(**values) if values else text

    def day(self, day: date) -> str:
        month = _MONTHS[day.month - 1]
        return self.pick((f"{day:%d/%m/%Y}", f"{day.day} {month} {day.year}", f"{day.year}年{day.month}月{day.day}日"))

    def joined(self, parts: Iterable[str]) -> str:
        return self.pick(_COMMA).join(part for part in parts if part)

    def listed(self, names: Iterable[str]) -> str:
        return self.pick(_LIST).join(names)


def rule_words(
    timing: Timing, language: Language, *, window: WeeklyWindow | None = None, daypart: str | None = None
) -> str:
    """Return when an entry is on air; `window` is its own weekly window, `daypart` the name of its daypart."""
    tongue = _Tongue(language)
    said = tongue.joined(
        [
            _days(tongue, timing, window, daypart),
            _hours(tongue, timing, window, daypart),
            _course(tongue, timing.recurrence),
            _bounds(tongue, timing),
            _exceptions(tongue, timing.recurrence),
        ]
    )
    return said[:1].upper() + said[1:]


def weekdays_words(days: Iterable[int], language: Language) -> str:
    """Return ISO weekdays in words: every day, Monday to Friday, or a list."""
    tongue, ordered = _Tongue(language), sorted(set(days))
    names = [tongue.pick(_WEEKDAYS[day - 1]) for day in ordered]
    if len(ordered) == 7:
        return tongue.pick(("hằng ngày", "every day", "每天"))
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return tongue.pick(("{a} đến {b}", "{a} to {b}", "{a}至{b}"), a=names[0], b=names[-1])
    return tongue.listed(names)


def hours_words(start: str, end: str, language: Language) -> str:
    """Return the hours of a window as they are written, those that follow the sun in words."""
    tongue = _Tongue(language)
    return f"{_time(tongue, start)}–{_time(tongue, end)}"


def _time(tongue: _Tongue, text: str) -> str:
    found = _SUN_TIME.fullmatch(text)
    if found is None:
        return text
    sun = tongue.pick(_SUN[found["event"]])
    minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
    if not minutes:
        return sun
    before = ("{n} phút trước khi {sun}", "{n} min before {sun}", "{sun}前{n}分钟")
    after = ("{n} phút sau khi {sun}", "{n} min after {sun}", "{sun}后{n}分钟")
    return tongue.pick(before if found["sign"] == "-" else after, n=minutes, sun=sun)


def _days(tongue: _Tongue, timing: Timing, window: WeeklyWindow | None, daypart: str | None) -> str:
    own = weekdays_words(window.weekdays, tongue.language) if window is not None else ""
    if timing.recurrence is None:
        return own if daypart is None else ""
    return tongue.joined([own, _repeats(tongue, timing.recurrence)])


def _repeats(tongue: _Tongue, recurrence: Recurrence) -> str:
    if recurrence.rrule is None:
        return _some(tongue, [recurrence.dtstart, *recurrence.rdate])
    parts = _parts(recurrence)
    said = _which(tongue, parts, _date(recurrence.dtstart)) if parts.keys() <= _SAID else None
    return said or tongue.pick(("theo quy tắc {rule}", "by the rule {rule}", "按规则 {rule}"), rule=recurrence.rrule)


def _course(tongue: _Tongue, recurrence: Recurrence | None) -> str:
    """Return from when to when a rule goes on, and what it has besides."""
    if recurrence is None or recurrence.rrule is None:
        return ""
    begins = tongue.pick(("từ {day}", "from {day}", "自{day}起"), day=tongue.day(_date(recurrence.dtstart)))
    ends = _ends(tongue, _parts(recurrence))
    extra = (
        tongue.pick(("thêm {dates}", "also on {dates}", "另加{dates}"), dates=_some(tongue, recurrence.rdate))
        if recurrence.rdate
        else ""
    )
    return tongue.joined([tongue.pick(("{a} {b}", "{a} {b}", "{a}{b}"), a=begins, b=ends).strip(), extra])


def _parts(recurrence: Recurrence) -> dict[str, str]:
    rule = (recurrence.rrule or "").upper().removeprefix("RRULE:")
    return dict(part.split("=", 1) for part in rule.split(";") if part)


def _which(tongue: _Tongue, parts: Mapping[str, str], first: date) -> str | None:
    """Return which days a rule names, or None where these words cannot say it."""
    every = int(parts.get("INTERVAL", "1"))
    unit = tongue.pick(_UNITS[parts["FREQ"]][0 if every == 1 else 1], **({} if every == 1 else {"n": every}))
    by_day, by_month_day = parts.get("BYDAY"), parts.get("BYMONTHDAY")
    match parts["FREQ"]:
        case "WEEKLY" if by_month_day is None:
            return _weekly(tongue, by_day, first, unit, every)
        case "MONTHLY":
            return _monthly(tongue, by_day, by_month_day, first, unit)
        case "YEARLY" if by_day is None and by_month_day is None:
            day = tongue.pick(
                (
                    f"ngày {first.day}/{first.month}",
                    f"{first.day} {_MONTHS[first.month - 1]}",
                    f"{first.month}月{first.day}日",
                )
            )
            return tongue.pick(("{unit} vào {day}", "{unit} on {day}", "{unit}{day}"), unit=unit, day=day)
        case "DAILY" | "HOURLY" if by_day is None and by_month_day is None:
            return unit
    return None


def _weekly(tongue: _Tongue, by_day: str | None, first: date, unit: str, every: int) -> str | None:
    codes = by_day.split(",") if by_day else [DAYS[first.weekday()]]
    if not set(codes) <= set(DAYS):
        return None
    names = weekdays_words([DAYS.index(code) + 1 for code in codes], tongue.language)
    if every == 1:
        return names
    return tongue.pick(("{unit}, {days}", "{unit} on {days}", "{unit}的{days}"), unit=unit, days=names)


def _monthly(tongue: _Tongue, by_day: str | None, by_month_day: str | None, first: date, unit: str) -> str | None:
    if by_day is not None and by_month_day is None:
        place, code = by_day[:-2], by_day[-2:]
        if code not in DAYS or not place.lstrip("+-").isdecimal() or int(place) not in _ORDINALS:
            return None
        which, day = tongue.pick(_ORDINALS[int(place)]), tongue.pick(_WEEKDAYS[DAYS.index(code)])
        return tongue.pick(
            ("{unit} vào {day} {which} trong tháng", "{unit} on the {which} {day}", "{unit}{which}{day}"),
            unit=unit,
            day=day,
            which=which,
        )
    if by_day is not None or (by_month_day is not None and not by_month_day.lstrip("-").isdecimal()):
        return None
    number = int(by_month_day) if by_month_day is not None else first.day
    if number == -1:
        last = ("{unit} vào ngày cuối tháng", "{unit} on the last day of the month", "{unit}最后一天")
        return tongue.pick(last, unit=unit)
    if number < 0:
        return None
    return tongue.pick(("{unit} vào ngày {n}", "{unit} on day {n}", "{unit}{n}日"), unit=unit, n=number)


def _ends(tongue: _Tongue, parts: Mapping[str, str]) -> str:
    if "COUNT" in parts:
        return tongue.pick(("{n} lần", "{n} times", "共{n}次"), n=parts["COUNT"])
    until = parts.get("UNTIL", "")
    if len(until) == len("20261231"):
        return _through(tongue, datetime.strptime(until, "%Y%m%d").date())  # noqa: DTZ007 - a local date
    if until:
        return tongue.pick(("đến {at}", "until {at}", "至{at}"), at=until)
    return ""


def _some(tongue: _Tongue, dates: Iterable[date], most: int = 3) -> str:
    every = sorted({_date(one) for one in dates})
    listed = tongue.listed(tongue.day(day) for day in every[:most])
    if len(every) <= most:
        return listed
    return tongue.pick(
        ("{some} và {n} ngày nữa", "{some} and {n} more days", "{some}等{all}天"),
        some=listed,
        n=len(every) - most,
        all=len(every),
    )


def _hours(tongue: _Tongue, timing: Timing, window: WeeklyWindow | None, daypart: str | None) -> str:
    if daypart is not None:
        return tongue.pick(("trong khung giờ “{name}”", "in the daypart “{name}”", "时段“{name}”"), name=daypart)
    if window is not None:
        return hours_words(window.start, window.end, tongue.language)
    if timing.recurrence is None or timing.duration_s is None or not isinstance(timing.recurrence.dtstart, datetime):
        return ""
    start = timing.recurrence.dtstart
    if timing.duration_s > timedelta(days=1).total_seconds():
        hours, minutes = timing.duration_s // 3600, timing.duration_s // 60 % 60
        long = (
            "từ {start}, kéo dài {h} giờ {m} phút",
            "from {start} for {h} h {m} min",
            "{start}起，持续{h}小时{m}分钟",
        )
        return tongue.pick(long, start=f"{start:%H:%M}", h=hours, m=f"{minutes:02}")
    end = f"{start + timedelta(seconds=timing.duration_s):%H:%M}"
    return f"{start:%H:%M}–{'24:00' if end == '00:00' else end}"


def _bounds(tongue: _Tongue, timing: Timing) -> str:
    low, high = timing.valid_from, timing.valid_until
    begins = ends = ""
    if low is not None:
        begins = tongue.pick(("có hiệu lực từ {day}", "valid from {day}", "自{day}起有效"), day=_moment(tongue, low))
    if isinstance(high, datetime):
        ends = tongue.pick(("đến {at}", "until {at}", "至{at}"), at=_moment(tongue, high))
    elif high is not None:
        ends = _through(tongue, high)
    return tongue.joined([begins, ends])


def _exceptions(tongue: _Tongue, recurrence: Recurrence | None) -> str:
    if recurrence is None or not recurrence.exdate:
        return ""
    return tongue.pick(("trừ {dates}", "except {dates}", "{dates}除外"), dates=_some(tongue, recurrence.exdate))


def _through(tongue: _Tongue, day: date) -> str:
    return tongue.pick(("đến hết {day}", "to the end of {day}", "至{day}结束"), day=tongue.day(day))


def _moment(tongue: _Tongue, at: date) -> str:
    return f"{at:%H:%M} {tongue.day(at.date())}" if isinstance(at, datetime) else tongue.day(at)


def _date(local: date) -> date:
    return local.date() if isinstance(local, datetime) else local

"""Plain sentences for schedule entries in three languages: "Monday to Friday, 07:00-10:00, until the end of ...".

What cannot be said simply is said by its rule's text rather than wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playlists import phrases
from playlists.daypart import Week, WeeklyWindow
from playlists.language import Language
from playlists.phrases import Words, pick
from playlists.recurrence import Recurrence, parse_rule, until_of, wall
from playlists.rule_days import days_of_rule
from playlists.schedule import Timing
from playlists.special_day import DayKind, SpecialDaysRule

_SEPARATOR: Words = (", ", ", ", "，")
_UNTIL_DAY: Words = ("đến hết {}", "until the end of {}", "至{}止")
_UNTIL_TIME: Words = ("đến {}", "until {}", "至{}")
_FROM: Words = ("từ {}", "from {}", "自{}起")
_COUNT: Words = ("{} lần", "{} times", "共{}次")
_ONCE: Words = ("1 lần", "once", "仅1次")
_EXCEPT: Words = ("trừ {}", "except {}", "{}除外")
_ALSO: Words = ("thêm {}", "also {}", "另加{}")
_ONLY: Words = ("chỉ vào {}", "only on {}", "仅限{}")
_FOR: Words = ("từ {0}, kéo dài {1}", "from {0} for {1}", "自{0}起，持续{1}")
_EACH: Words = ("mỗi lần {}", "{} each time", "每次{}")
_EACH_FOR: Words = ("từ {0}, mỗi lần {1}", "from {0}, {1} each time", "自{0}起，每次{1}")
_IN: Words = ("khung giờ “{}”", "in “{}”", "时段“{}”")
_RULE: Words = ("theo quy tắc {}", "by the rule {}", "按规则 {}")
_NEVER: Words = ("không có khung giờ nào", "at no time", "无时段")
_KINDS: dict[DayKind, Words] = {
    DayKind.DAY_OFF: ("ngày nghỉ", "days off", "休息日"),
    DayKind.WORKING_DAY: ("ngày làm bù", "swapped working days", "调休上班日"),
    DayKind.OBSERVANCE: ("ngày kỷ niệm", "observances", "纪念日"),
}
_OF: Words = ("{} ({})", "{} ({})", "{}（{}）")
_DAY_S = 86_400


@dataclass(frozen=True)
class _Known:
    """What a sentence may name besides the timing."""

    tz: ZoneInfo
    week: Week | None
    daypart: str | None
    calendar_names: Mapping[str, str]
    today: date | None


def rule_words(
    timing: Timing,
    language: Language,
    *,
    window: WeeklyWindow | None = None,
    daypart: str | None = None,
    week: Week | None = None,
    calendar_names: Mapping[str, str] | None = None,
    tz: ZoneInfo | None = None,
    today: date | None = None,
) -> str:
    """Return when an entry is on, in one line without a full stop.

    `window` is its own weekly window; `daypart` the name of its daypart and `week` what that is made of, so that its
    hours can be said; `tz` the zone in which an UNTIL instant is written; a start up to `today` is not worth saying.
    """
    own = Week(windows=(window,)) if window is not None else week
    known = _Known(tz or ZoneInfo("UTC"), own, daypart, calendar_names or {}, today)
    parts = [*_days_and_times(timing, known, language), *_limits(timing, known, language)]
    return phrases.capitalised(pick(_SEPARATOR, language).join(part for part in parts if part))


def weekdays_words(days: Iterable[int], language: Language) -> str:
    """Return ISO weekdays in words: every day, Monday to Friday, or a list."""
    return phrases.weekdays(days, language)


def week_words(week: Week, language: Language) -> str:
    """Return weekly windows in one line: weekdays with the same windows stand together."""
    lines = [
        f"{phrases.weekdays(days, language)}{pick(_SEPARATOR, language)}{times}"
        for times, days in _by_times(week.windows, language).items()
    ]
    return phrases.capitalised(pick(("; ", "; ", "；"), language).join(lines)) or pick(_NEVER, language)


def _by_times(windows: tuple[WeeklyWindow, ...], language: Language) -> dict[str, list[int]]:
    of_day: dict[int, list[WeeklyWindow]] = {}
    for one in windows:
        for day in one.weekdays:
            of_day.setdefault(day, []).append(one)
    found: dict[str, list[int]] = {}
    for day in sorted(of_day):
        times = [phrases.window(one, language) for one in sorted(of_day[day], key=lambda one: one.start)]
        found.setdefault(phrases.listed(times, language), []).append(day)
    return found


def _days_and_times(timing: Timing, known: _Known, language: Language) -> Iterator[str]:
    recurrence = timing.recurrence
    if recurrence is not None:
        yield _days(recurrence, language)
    if timing.duration_s is not None and recurrence is not None:
        yield _duration(recurrence, timing.duration_s, language)
    elif known.week is not None or known.daypart is not None:
        yield _hours(known, language, with_days=recurrence is None)


def _hours(known: _Known, language: Language, *, with_days: bool) -> str:
    groups = _by_times(known.week.windows, language) if known.week is not None else {}
    if len(groups) == 1:
        (times, days), *_ = groups.items()
        return f"{phrases.weekdays(days, language)}{pick(_SEPARATOR, language)}{times}" if with_days else times
    if known.daypart is not None:
        return pick(_IN, language).format(known.daypart)
    said = week_words(known.week or Week(), language)
    return said[:1].lower() + said[1:] if language is Language.VI else said


def _days(recurrence: Recurrence, language: Language) -> str:
    """Return on which days a recurrence has starts."""
    start = wall(recurrence.dtstart)
    if recurrence.rrule is None:
        every = [start, *(wall(one) for one in recurrence.rdate)]
        same_time = len({one.time() for one in every}) == 1
        return phrases.dates([one.date() for one in every] if same_time else every, language)
    return days_of_rule(parse_rule(recurrence.rrule, start), start, language) or pick(_RULE, language).format(
        recurrence.rrule
    )


def _duration(recurrence: Recurrence, seconds: int, language: Language) -> str:
    start, length = wall(recurrence.dtstart), phrases.length(seconds, language)
    if recurrence.rrule is not None and "HOURLY" in recurrence.rrule.upper():
        return pick(_EACH_FOR, language).format(f"{start:%H:%M}", length)
    if any(wall(one).time() != start.time() for one in recurrence.rdate):
        return pick(_EACH, language).format(length)
    if seconds > _DAY_S or seconds % 60:
        return pick(_FOR, language).format(f"{start:%H:%M}", length)
    return phrases.clock_span(start, start + timedelta(seconds=seconds), language)


def _limits(timing: Timing, known: _Known, language: Language) -> Iterator[str]:
    recurrence = timing.recurrence
    yield _since(timing, known, language)
    ends: list[date] = [timing.valid_until] if timing.valid_until is not None else []
    if recurrence is not None and recurrence.rrule is not None:
        parts = parse_rule(recurrence.rrule, wall(recurrence.dtstart))
        if "COUNT" in parts:
            number = int(parts["COUNT"])
            yield pick(_ONCE, language) if number == 1 else phrases.count_of(number, _COUNT, language)
        until = until_of(parts, known.tz)
        ends += [until] if until is not None else []
        if recurrence.rdate:
            yield pick(_ALSO, language).format(phrases.dates(recurrence.rdate, language))
    if recurrence is not None and recurrence.exdate:
        yield pick(_EXCEPT, language).format(phrases.dates(recurrence.exdate, language))
    yield _special_days(timing, known, language)
    if ends:
        yield _end(min(ends, key=_last_moment), language)


def _since(timing: Timing, known: _Known, language: Language) -> str:
    starts: list[date] = [timing.valid_from] if timing.valid_from is not None else []
    recurrence = timing.recurrence
    if known.today is not None and recurrence is not None and recurrence.rrule is not None:
        starts.append(wall(recurrence.dtstart).date())
    if not starts:
        return ""
    first = max(starts, key=wall)
    if known.today is not None and wall(first).date() <= known.today:
        return ""
    return pick(_FROM, language).format(phrases.when(first, language))


def _end(last: date, language: Language) -> str:
    if isinstance(last, datetime):
        return pick(_UNTIL_TIME, language).format(phrases.moment(last, language))
    return pick(_UNTIL_DAY, language).format(phrases.day_of(last, language))


def _last_moment(last: date) -> datetime:
    return last if isinstance(last, datetime) else wall(last) + timedelta(days=1)


def _special_days(timing: Timing, known: _Known, language: Language) -> str:
    special = timing.special_days
    if special is None:
        return ""
    kinds = phrases.listed([pick(_KINDS[kind], language) for kind in special.kinds], language)
    name = known.calendar_names.get(special.calendar_id)
    said = pick(_OF, language).format(kinds, name) if name else kinds
    return pick(_ONLY if special.rule is SpecialDaysRule.ONLY else _EXCEPT, language).format(said)

"""A schedule written as iCalendar, as Google Calendar, Outlook and Apple Calendar take it.

What a rule can say is one event with that rule; what it cannot (windows that follow the sun, special days, rules that
name days of a daypart, bounds of validity that cut a count) is written out, one event for each time it is on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration, vRecur

from playlists.daypart import DayWindow, WeeklyWindow, minutes_of
from playlists.instant import from_millis, to_millis
from playlists.recurrence import Expansion, Recurrence, parse_rule, resolve, until_of, wall
from playlists.rule import Rule
from playlists.schedule import Timing, bound_ms

PRODID = "-//Bang Tin//Schedule//EN"
MOST_EVENTS = 5_000
MOST_WRITTEN_OUT = 400
"""Times of one entry that are written out one by one."""
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Listed:
    """An entry of a feed: its compiled rule, the windows that it has, and what a reader sees of it.

    `windows` are the weekly windows of its daypart or its own where these say all; None where its days must be written
    out (exceptions, days off, the sun).
    """

    rule: Rule
    title: str
    note: str = ""
    windows: tuple[WeeklyWindow, ...] | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Feed:
    """A panel's or site's schedule: its name, zone, entries, and the local dates between which days are written out."""

    name: str
    zone: str
    entries: Sequence[Listed]
    first: date
    last: date
    written_at: datetime
    """Aware; the DTSTAMP of all events."""


@dataclass(frozen=True)
class _Times:
    """One event: local start and end, and the rule by which it comes back."""

    uid: str
    start: datetime
    end: datetime
    rrule: str | None = None
    rdate: tuple[datetime, ...] = ()
    exdate: tuple[datetime, ...] = ()


def to_ics(feed: Feed) -> bytes:
    """Return a feed as iCalendar bytes: CRLF, folded at 75 octets, with its time zone."""
    tz = ZoneInfo(feed.zone)
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", feed.name)
    calendar.add("x-wr-timezone", feed.zone)
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    written = 0
    for one in feed.entries:
        for times in _events(one, feed):
            if written == MOST_EVENTS:
                break
            calendar.add_component(_event(one, times, feed, tz))
            written += 1
    calendar.add_missing_timezones(first_date=date(2020, 1, 1), last_date=date(2040, 1, 1))
    content: bytes = calendar.to_ical()
    return content


def _event(one: Listed, times: _Times, feed: Feed, tz: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", f"{times.uid}@bangtin")
    event.add("dtstamp", feed.written_at.astimezone(UTC))
    event.add("last-modified", (one.changed_at or feed.written_at).astimezone(UTC))
    event.add("summary", one.title)
    if one.note:
        event.add("description", one.note)
    event.add("dtstart", times.start.replace(tzinfo=tz))
    event.add("dtend", times.end.replace(tzinfo=tz))
    if times.rrule is not None:
        event.add("rrule", vRecur.from_ical(times.rrule))
    if times.rdate:
        event.add("rdate", [start.replace(tzinfo=tz) for start in times.rdate])
    if times.exdate:
        event.add("exdate", [start.replace(tzinfo=tz) for start in times.exdate])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _events(one: Listed, feed: Feed) -> Iterator[_Times]:
    timing = one.rule.timing
    if (
        timing.special_days is None
        and timing.valid_from is None
        and timing.recurrence is not None
        and timing.duration_s
    ):
        by_rule = _by_rule(one.rule, timing, timing.recurrence, timing.duration_s)
        if by_rule is not None:
            yield by_rule
            return
    if one.windows is not None and timing.recurrence is None and timing.special_days is None:
        yield from _weekly(one.rule, timing, one.windows, feed)
        return
    yield from _written_out(one.rule, feed)


def _by_rule(rule: Rule, timing: Timing, recurrence: Recurrence, duration_s: int) -> _Times | None:
    start = wall(recurrence.dtstart)
    end = start + timedelta(seconds=duration_s)
    if recurrence.rrule is None:
        if timing.valid_until is not None:
            return None
        return _Times(
            rule.id, start, end, None, tuple(wall(one) for one in recurrence.rdate), _without(rule, recurrence)
        )
    parts = parse_rule(recurrence.rrule, start)
    if timing.valid_until is not None and ("COUNT" in parts or recurrence.rdate or not _is_uncut(timing, start, end)):
        return None
    until = _last_start(parts, timing, rule.tz)
    parts.pop("UNTIL", None)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    if until is not None:
        text += f";UNTIL={until:%Y%m%dT%H%M%SZ}"
    return _Times(rule.id, start, end, text, tuple(wall(one) for one in recurrence.rdate), _without(rule, recurrence))


def _is_uncut(timing: Timing, start: datetime, end: datetime) -> bool:
    """Tell whether the end of validity cuts no time short: it is the end of a day, and no time goes over midnight."""
    return not isinstance(timing.valid_until, datetime) and end <= datetime.combine(start.date() + _DAY, time())


def _last_start(parts: dict[str, str], timing: Timing, tz: ZoneInfo) -> datetime | None:
    """Return UNTIL as the instant that RFC 5545 asks for beside a start with a zone."""
    ends = []
    until = until_of(parts, tz)
    if until is not None:
        local = until if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))
        ends.append(resolve(local, tz))
    if timing.valid_until is not None:
        ends.append(from_millis(bound_ms(timing.valid_until, tz, is_end=True)) - _SECOND)
    return min(ends) if ends else None


def _without(rule: Rule, recurrence: Recurrence) -> tuple[datetime, ...]:
    """Return the starts that EXDATE takes away; a date stands for all starts of that day."""
    found: set[datetime] = set()
    every = Expansion(recurrence.model_copy(update={"exdate": ()}), rule.tz)
    for one in recurrence.exdate:
        first = wall(one)
        found.update(every.between(first, first + (_SECOND if isinstance(one, datetime) else _DAY)))
    return tuple(sorted(found))


def _weekly(rule: Rule, timing: Timing, windows: tuple[WeeklyWindow, ...], feed: Feed) -> Iterator[_Times]:
    low, high = timing.valid_from, timing.valid_until
    if isinstance(low, datetime) or (high is not None and not all(_is_whole(one, high) for one in windows)):
        yield from _written_out(rule, feed)
        return
    until = None if high is None else from_millis(bound_ms(high, rule.tz, is_end=True)) - _SECOND
    for number, window in enumerate(windows):
        anchor = low or feed.first
        day = next(
            day for day in (anchor + _DAY * offset for offset in range(7)) if day.isoweekday() in window.weekdays
        )
        start, end = _local(window, day)
        if until is not None and resolve(start, rule.tz) > until:
            continue
        rule_text = "FREQ=WEEKLY;BYDAY=" + ",".join(_CODES[one - 1] for one in sorted(window.weekdays))
        if until is not None:
            rule_text += f";UNTIL={until:%Y%m%dT%H%M%SZ}"
        yield _Times(f"{rule.id}-w{number}", start, end, rule_text)


def _is_whole(window: WeeklyWindow, high: date) -> bool:
    return not isinstance(high, datetime) and not window.crosses_midnight


def _local(window: DayWindow, day: date) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, time())
    start, end = minutes_of(window.start), minutes_of(window.end)
    last = end + 24 * 60 if window.crosses_midnight else end
    return midnight + timedelta(minutes=start), midnight + timedelta(minutes=last)


def _written_out(rule: Rule, feed: Feed) -> Iterator[_Times]:
    seen: set[tuple[int, int]] = set()
    day = feed.first
    while day <= feed.last and len(seen) < MOST_WRITTEN_OUT:
        midnight = (
            resolve(datetime.combine(day, time()), rule.tz),
            resolve(datetime.combine(day + _DAY, time()), rule.tz),
        )
        for start_ms, end_ms in sorted(set(rule.spans(day, (to_millis(midnight[0]), to_millis(midnight[1]))))):
            if (start_ms, end_ms) not in seen and len(seen) < MOST_WRITTEN_OUT:
                seen.add((start_ms, end_ms))
                start, end = (from_millis(one).astimezone(rule.tz).replace(tzinfo=None) for one in (start_ms, end_ms))
                yield _Times(f"{rule.id}-{start_ms // 1000}", start, end)
        day += _DAY

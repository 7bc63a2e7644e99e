"""What a plan follows, compiled from what people write: weeks, entries, overrides and times of essential notices only.

Everything is Unix milliseconds and text ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playlists.daypart import Locality, Week
from playlists.instant import to_millis
from playlists.recurrence import Expansion, resolve
from playlists.schedule import Quiet, Timing, Urgency, bound_ms
from playlists.special_day import Calendar

MOST_DAYS_KEPT = 40
_DAY = timedelta(days=1)
SpanMs = tuple[int, int]


class WeekSpans:
    """The instances of one week of windows by date, computed once for all entries that use it."""

    def __init__(self, week: Week, locality: Locality) -> None:
        """Take the windows and what they stand on."""
        self._week, self._locality = week, locality
        self._days: dict[date, list[SpanMs]] = {}

    def on(self, day: date) -> list[SpanMs]:
        """Return the spans that begin on a local date."""
        found = self._days.get(day)
        if found is None:
            found = [(to_millis(start), to_millis(end)) for start, end in self._week.on(day, self._locality)]
            for old in list(self._days)[: max(0, len(self._days) + 1 - 2 * MOST_DAYS_KEPT)]:
                self._days.pop(old, None)
            self._days[day] = found
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A schedule entry as the plan follows it."""

    id: str
    playlist: str
    timing: Timing
    week: WeekSpans | None
    expansion: Expansion | None
    tz: ZoneInfo
    valid_ms: tuple[int | None, int | None]
    calendar: Calendar | None = None
    """The one that the entry's special days name."""

    @classmethod
    def of(cls, entry_id: str, playlist: str, timing: Timing, week: WeekSpans | None, locality: Locality) -> Rule:
        """Return an entry's rule at a locality.

        Raises:
            KeyError: it names a calendar that the locality does not hold.
        """
        tz = locality.tz
        calendar = locality.calendars[timing.special_days.calendar_id] if timing.special_days is not None else None
        expansion = Expansion(timing.recurrence, tz) if timing.recurrence is not None else None
        low = None if timing.valid_from is None else bound_ms(timing.valid_from, tz, is_end=False)
        high = None if timing.valid_until is None else bound_ms(timing.valid_until, tz, is_end=True)
        return cls(entry_id, playlist, timing, week, expansion, tz, (low, high), calendar)

    def spans(self, day: date, bounds: SpanMs) -> Iterator[SpanMs]:
        """Yield the instances that overlap a local day, from start to end, cut at the end of validity only."""
        low, high = self.valid_ms
        if (high is not None and high <= bounds[0]) or (low is not None and low >= bounds[1]):
            return
        for start, end in self._by_week(day) if self.week is not None else self._by_duration(day):
            if (low is None or start >= low) and (high is None or start < high):
                last = end if high is None else min(end, high)
                if start < bounds[1] and last > bounds[0]:
                    yield start, last

    def _by_week(self, day: date) -> Iterator[SpanMs]:
        if self.week is None:
            return
        for begun in (day - _DAY, day):
            spans = self.week.on(begun)
            if spans and self._holds(begun) and self._names(begun):
                yield from spans

    def _holds(self, day: date) -> bool:
        special = self.timing.special_days
        return special is None or self.calendar is None or special.hold(self.calendar, day)

    def _names(self, day: date) -> bool:
        if self.expansion is None:
            return True
        midnight = datetime.combine(day, time())
        return bool(self.expansion.between(midnight, midnight + _DAY))

    def _by_duration(self, day: date) -> Iterator[SpanMs]:
        if self.expansion is None or self.timing.duration_s is None:
            return
        length = timedelta(seconds=self.timing.duration_s)
        first = datetime.combine(day, time()) - length - _DAY
        for start in self.expansion.between(first, datetime.combine(day + _DAY, time())):
            if not self._holds(start.date()):
                continue
            start_ms = to_millis(resolve(start, self.tz))
            yield start_ms, start_ms + self.timing.duration_s * 1000


@dataclass(frozen=True, slots=True)
class Urgent:
    """An override as the plan follows it."""

    id: str
    playlist: str
    priority: int
    start_ms: int
    end_ms: int

    @classmethod
    def of(cls, override_id: str, playlist: str, times: Urgency) -> Urgent:
        """Return an override's times in milliseconds."""
        return cls(override_id, playlist, times.priority, to_millis(times.starts_at), to_millis(times.ends_at))

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key: the first of several wins."""
        return -self.priority, -self.start_ms, self.id


@dataclass(frozen=True, slots=True)
class Hush:
    """A time in which only essential notices are shown, as the plan follows it."""

    id: str
    start_ms: int
    end_ms: int
    reason: str = ""

    @classmethod
    def of(cls, hush_id: str, times: Quiet) -> Hush:
        """Return a switch's times in milliseconds."""
        return cls(hush_id, to_millis(times.starts_at), to_millis(times.ends_at), times.reason)

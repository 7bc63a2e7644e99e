"""Weekly windows in local wall time: dayparts of a schedule, and a panel's operating hours.

A window is [start, end). One that crosses midnight (end before start) belongs to the weekday on which it starts.
"24:00" as an end means the end of that day. Times follow the site's IANA zone, read from the pinned `tzdata`.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DAY_MINUTES = 24 * 60
LocalTime = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["07:00"])]


def use_pinned_zones() -> None:
    """Make zoneinfo read the installed `tzdata` package only, on server and kiosk alike.

    Zones that were read from elsewhere before are forgotten: `reset_tzpath` alone leaves them in use.
    """
    zoneinfo.reset_tzpath([])
    zoneinfo.ZoneInfo.clear_cache()


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return an IANA time zone.

    Raises:
        ValueError: the name is no zone of the pinned database.
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone; one looks like Asia/Ho_Chi_Minh") from error


def minutes_of(local: str) -> int:
    """Return minutes after midnight of "HH:MM" ("24:00" is 1440)."""
    return int(local[:2]) * 60 + int(local[3:])


class WeeklyWindow(BaseModel):
    """A local-time window on weekdays (ISO numbers: 1 is Monday, 7 is Sunday)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1, max_length=7)
    start: LocalTime
    end: LocalTime

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.start == "24:00":
            raise ValueError("a window cannot start at 24:00; use 00:00 of the next day")
        if self.start == self.end:
            raise ValueError("a window that starts when it ends is empty; for a whole day use 00:00 to 24:00")
        if len(set(self.weekdays)) != len(self.weekdays):
            raise ValueError("a weekday stands twice")
        return self

    def on(self, day: date, tz: zoneinfo.ZoneInfo) -> tuple[datetime, datetime] | None:
        """Return the window's UTC start and end that begins on a local date, or None."""
        if day.isoweekday() not in self.weekdays:
            return None
        start, end = minutes_of(self.start), minutes_of(self.end)
        return _instant(day, start, tz), _instant(day, end if end > start else end + DAY_MINUTES, tz)

    def covering(self, at: datetime, tz: zoneinfo.ZoneInfo) -> tuple[datetime, datetime] | None:
        """Return UTC start and end of the window's instance that holds an aware time, or None."""
        today = at.astimezone(tz).date()
        for day in (today, today - timedelta(days=1)):
            span = self.on(day, tz)
            if span is not None and span[0] <= at < span[1]:
                return span
        return None

    def next_edge(self, after: datetime, tz: zoneinfo.ZoneInfo) -> datetime:
        """Return the first UTC start or end strictly after an aware time."""
        return min(edge for edge in self._edges(after, tz, range(-1, 9)) if edge > after)

    def last_edge(self, at: datetime, tz: zoneinfo.ZoneInfo) -> datetime:
        """Return the last UTC start or end at or before an aware time."""
        return max(edge for edge in self._edges(at, tz, range(-9, 2)) if edge <= at)

    def _edges(self, around: datetime, tz: zoneinfo.ZoneInfo, days: range) -> Iterator[datetime]:
        today = around.astimezone(tz).date()
        spans = (self.on(today + timedelta(days=offset), tz) for offset in days)
        return (edge for span in spans if span is not None for edge in span)


ALWAYS = WeeklyWindow(weekdays=(1, 2, 3, 4, 5, 6, 7), start="00:00", end="24:00")


Span = tuple[datetime, datetime]


class DayWindow(BaseModel):
    """A local-time window of one date; an end at or before the start lies on the next day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    start: LocalTime
    end: LocalTime

    @model_validator(mode="after")
    def _check(self) -> Self:
        WeeklyWindow(weekdays=(1,), start=self.start, end=self.end)
        return self

    def on(self, day: date, tz: zoneinfo.ZoneInfo) -> Span | None:
        """Return the UTC start and end on a local date, or None where the clocks leave nothing of it."""
        start, end = minutes_of(self.start), minutes_of(self.end)
        span = _instant(day, start, tz), _instant(day, end if end > start else end + DAY_MINUTES, tz)
        return span if span[0] < span[1] else None


class DayException(BaseModel):
    """A date whose windows replace those of its weekday; none means closed on that date."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    date: date
    windows: Annotated[tuple[DayWindow, ...], Field(max_length=48)] = ()


class Week(BaseModel):
    """Weekly windows with per-date exceptions: what a daypart and a panel's operating hours are made of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    windows: Annotated[tuple[WeeklyWindow, ...], Field(max_length=100)] = ()
    exceptions: Annotated[tuple[DayException, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _one_exception_a_date(self) -> Self:
        if len({one.date for one in self.exceptions}) != len(self.exceptions):
            raise ValueError("a date has two exceptions; put its windows into one")
        return self

    def on(self, day: date, tz: zoneinfo.ZoneInfo) -> list[Span]:
        """Return the UTC starts and ends of the windows that begin on a local date."""
        exception = next((one for one in self.exceptions if one.date == day), None)
        if exception is not None:
            found = [window.on(day, tz) for window in exception.windows]
        else:
            found = [window.on(day, tz) for window in self.windows]
        return sorted({span for span in found if span is not None and span[0] < span[1]})


class Daypart(Week):
    """A named week that schedule entries refer to."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    name: str = ""


def is_open(windows: Iterable[WeeklyWindow], at: datetime, tz: zoneinfo.ZoneInfo) -> bool:
    """Tell whether any window holds an aware time."""
    return any(window.covering(at, tz) for window in windows)


def local_midnight(at: datetime, tz: zoneinfo.ZoneInfo) -> datetime:
    """Return, in UTC, the local midnight that begins the day of an aware time."""
    return _instant(at.astimezone(tz).date(), 0, tz)


def midnight_of(day: date, tz: zoneinfo.ZoneInfo) -> datetime:
    """Return, in UTC, the local midnight that begins a date."""
    return _instant(day, 0, tz)


def _instant(day: date, minutes: int, tz: zoneinfo.ZoneInfo) -> datetime:
    days, minutes = divmod(minutes, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), tz)
    return wall.astimezone(UTC)

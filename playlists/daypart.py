"""Weekly windows in local wall time: dayparts of a schedule, and a panel's operating hours.

A window is [start, end). One that crosses midnight (end before start) belongs to the weekday on which it starts.
"24:00" as an end means the end of that day. Times follow the site's IANA zone, read from the pinned `tzdata`; a time
may also follow the sun at the site ("sunset-00:30"), and a week may know days off.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.ids import Name
from playlists.special_day import MONDAY, Calendar, DayKind
from playlists.sun import Place, daylight

DAY_MINUTES = 24 * 60
LocalTime = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["07:00"])]
_SUN = r"(sunrise|sunset)([+-]0[0-5]:[0-5][0-9])?"
WindowTime = Annotated[
    str, Field(pattern=rf"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00|{_SUN})$", examples=["07:00", "sunset-00:30"])
]
"""A local time, or one that follows the sun: sunrise or sunset, with up to 05:59 before (-) or after (+)."""
_NOMINAL = {"sunrise": 6 * 60, "sunset": 18 * 60}
_DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Locality:
    """What windows stand on: the zone, the place for times that follow the sun, and the calendars by id."""

    tz: zoneinfo.ZoneInfo
    place: Place | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


def use_pinned_zones() -> None:
    """Make zoneinfo read the installed `tzdata` package only, on server and kiosk alike.

    Zones that were read from elsewhere before are forgotten: `reset_tzpath` alone leaves them in use.
    """
    zoneinfo.reset_tzpath([])
    zoneinfo.ZoneInfo.clear_cache()
    daylight.cache_clear()


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


def sun_offset(written: str) -> tuple[str, int] | None:
    """Return "sunrise" or "sunset" and the minutes after it of a time that follows the sun, or None."""
    match = re.fullmatch(_SUN, written)
    if match is None:
        return None
    event, offset = match.groups()
    return event, (minutes_of(offset[1:]) * (-1 if offset[0] == "-" else 1)) if offset else 0


class DayWindow(BaseModel):
    """A window of one local date; one whose end lies at or before its start ends on the next day.

    Which one that is does not change with the seasons: for this question the sun rises at 06:00 and sets at 18:00.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    start: WindowTime
    end: WindowTime

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.start == "24:00":
            raise ValueError("a window cannot start at 24:00; use 00:00 of the next day")
        if self.start == self.end:
            raise ValueError("a window that starts when it ends is empty; for a whole day use 00:00 to 24:00")
        return self

    @property
    def follows_sun(self) -> bool:
        """Whether a place is needed to know its times."""
        return sun_offset(self.start) is not None or sun_offset(self.end) is not None

    @property
    def crosses_midnight(self) -> bool:
        """Whether it ends on the day after the one on which it starts."""
        return _nominal(self.end) < _nominal(self.start)

    def instance(self, day: date, locality: Locality) -> Span | None:
        """Return UTC start and end on a local date, or None where clocks or seasons leave nothing of it."""
        last = day + _DAY if self.crosses_midnight else day
        start, end = _edge(self.start, day, locality), _edge(self.end, last, locality)
        return (start, end) if start < end else None


class WeeklyWindow(DayWindow):
    """A local-time window on weekdays (ISO numbers: 1 is Monday, 7 is Sunday)."""

    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1, max_length=7)

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if len(set(self.weekdays)) != len(self.weekdays):
            raise ValueError("a weekday stands twice")
        return self


ALWAYS = WeeklyWindow(weekdays=(1, 2, 3, 4, 5, 6, 7), start="00:00", end="24:00")


class DayException(BaseModel):
    """A date whose windows replace those of its weekday; none means closed on that date."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    date: date
    windows: Annotated[tuple[DayWindow, ...], Field(max_length=48)] = ()


class Week(BaseModel):
    """Weekly windows with exceptions: what a daypart and a panel's operating hours are made of.

    A date's own exception counts first. With a calendar its days off have `day_off_windows` (none: closed), and its
    working days the windows of the weekday that they stand for; an observance changes nothing.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    windows: Annotated[tuple[WeeklyWindow, ...], Field(max_length=100)] = ()
    exceptions: Annotated[tuple[DayException, ...], Field(max_length=500)] = ()
    calendar_id: Name | None = None
    day_off_windows: Annotated[tuple[DayWindow, ...], Field(max_length=48)] = ()

    @model_validator(mode="after")
    def _check_exceptions(self) -> Self:
        if len({one.date for one in self.exceptions}) != len(self.exceptions):
            raise ValueError("a date has two exceptions; put its windows into one")
        if self.day_off_windows and self.calendar_id is None:
            raise ValueError("day_off_windows need a calendar that says which days are off; add calendar_id")
        return self

    @property
    def follows_sun(self) -> bool:
        """Whether a place is needed to know its times."""
        dated = (window for one in self.exceptions for window in one.windows)
        return any(window.follows_sun for window in (*self.windows, *self.day_off_windows, *dated))

    def on(self, day: date, locality: Locality) -> list[Span]:
        """Return the UTC starts and ends of the windows that begin on a local date."""
        found = {window.instance(day, locality) for window in self._windows(day, locality)}
        return sorted(span for span in found if span is not None)

    def _windows(self, day: date, locality: Locality) -> tuple[DayWindow, ...]:
        exception = next((one for one in self.exceptions if one.date == day), None)
        if exception is not None:
            return exception.windows
        calendar = locality.calendars.get(self.calendar_id) if self.calendar_id is not None else None
        special = calendar.on(day) if calendar is not None else None
        if special is not None and special.kind is DayKind.DAY_OFF:
            return self.day_off_windows
        weekday = day.isoweekday()
        if special is not None and special.kind is DayKind.WORKING_DAY:
            weekday = special.as_weekday or MONDAY
        return tuple(window for window in self.windows if weekday in window.weekdays)


class Daypart(Week):
    """A named week that schedule entries refer to."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    name: str = ""


def midnight_of(day: date, tz: zoneinfo.ZoneInfo) -> datetime:
    """Return, in UTC, the local midnight that begins a date."""
    return _instant(day, 0, tz)


def _nominal(written: str) -> int:
    follows = sun_offset(written)
    return minutes_of(written) if follows is None else _NOMINAL[follows[0]] + follows[1]


def _edge(written: str, day: date, locality: Locality) -> datetime:
    follows = sun_offset(written)
    if follows is None:
        return _instant(day, minutes_of(written), locality.tz)
    if locality.place is None:
        raise ValueError(f"{written} follows the sun, and the place of the site is not known")
    event, offset = follows
    rises, sets = daylight(locality.place, day, locality.tz)
    moment = (rises if event == "sunrise" else sets) + timedelta(minutes=offset)
    return min(max(moment, _instant(day, 0, locality.tz)), _instant(day, DAY_MINUTES, locality.tz))


def _instant(day: date, minutes: int, tz: zoneinfo.ZoneInfo) -> datetime:
    days, minutes = divmod(minutes, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), tz)
    return wall.astimezone(UTC)

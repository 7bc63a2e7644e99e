"""Recurrence: RFC 5545 DTSTART, RRULE, RDATE and EXDATE on local wall time, expanded by python-dateutil.

A wall time becomes an instant only at the end (`resolve`): a missing one is taken with the offset before the gap
(RFC 5545 3.3.5), a doubled one is the first. What cannot be honoured is refused with a reason.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MOST_DATES = 500
MOST_COUNT = 10_000
MOST_INTERVAL = 1_000
MOST_RULE_CHARACTERS = 500
FIRST_YEAR, LAST_YEAR = 1970, 2200
BLOCK_DAYS = 64
MOST_BLOCKS = 16
GREGORIAN_YEARS = 400
_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYSETPOS", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}
    | {"BYDAY", "BYHOUR", "BYMINUTE"}
)
_TOO_FINE = frozenset({"SECONDLY", "MINUTELY"})
_FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_ONLY_WITH: dict[str, tuple[str, ...]] = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY",),
    "BYMONTHDAY": ("HOURLY", "DAILY", "MONTHLY", "YEARLY"),
    "BYSETPOS": ("WEEKLY", "MONTHLY", "YEARLY"),
}
_NUMBERED_DAY = re.compile(r"(^|,)[+-]?[0-9]")


class StartExcluded(ValueError):
    """A rule does not hold on its own start; `offered` is the first start that it does hold on, if any."""

    def __init__(self, start: str, offered: str | None) -> None:
        """Take both as written in a document."""
        self.offered = offered
        advice = f"move dtstart to {offered}" if offered else "change the rule: it never holds after that"
        super().__init__(f"the start {start} is excluded by its own rule; {advice}")


def _local(value: object) -> object:
    if isinstance(value, str):
        try:
            parsed: date = date.fromisoformat(value) if "T" not in value.upper() else datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is no local date or time; write 2026-11-23 or 2026-11-23T07:00") from error
        value = parsed
    if not isinstance(value, date):
        raise ValueError("a local date or time is text: 2026-11-23 or 2026-11-23T07:00")  # noqa: TRY004 - pydantic takes ValueError
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError("a local time has no offset or Z: it follows the zone of the site")
    if isinstance(value, datetime) and value.microsecond:
        raise ValueError("a local time is a whole second")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"the year {value.year} lies outside {FIRST_YEAR} to {LAST_YEAR}")
    return value


Local = Annotated[datetime | date, BeforeValidator(_local)]
"""A local date (`2026-11-23`) or wall time (`2026-11-23T07:00`) without offset."""


def wall(value: date) -> datetime:
    """Return a local date (its midnight) or wall time as a naive wall time."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def resolve(local: datetime, tz: ZoneInfo) -> datetime:
    """Return the UTC instant of a naive wall time: in a gap by the offset before it, of two the first."""
    return local.replace(tzinfo=tz, fold=0).astimezone(UTC)


class Recurrence(BaseModel):
    """Starts in local time. A `dtstart` that is a date names days (for dayparts), a wall time names starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dtstart: Local
    rrule: Annotated[str, Field(max_length=MOST_RULE_CHARACTERS)] | None = None
    rdate: Annotated[tuple[Local, ...], Field(max_length=MOST_DATES)] = ()
    exdate: Annotated[tuple[Local, ...], Field(max_length=MOST_DATES)] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if any(isinstance(one, datetime) is not self.is_timed for one in self.rdate):
            raise ValueError("rdate and dtstart are both dates or both times")
        if self.rrule is None:
            return self
        parts = parse_rule(self.rrule, wall(self.dtstart))
        if not self.is_timed and ({"BYHOUR", "BYMINUTE"} & parts.keys() or _freq(parts) == "HOURLY"):
            raise ValueError("a rule with hours needs a dtstart with a time")
        first = next(iter(_rule(parts, wall(self.dtstart), _lift(wall(self.dtstart).year))), None)
        found = first and _lowered(first, wall(self.dtstart).year)
        if found != wall(self.dtstart):
            raise StartExcluded(self._written(wall(self.dtstart)), self._written(found) if found else None)
        until = _until(parts, ZoneInfo("UTC"))
        if until is not None and until.replace(tzinfo=None) < wall(self.dtstart) - timedelta(
            days=until.tzinfo is not None
        ):
            raise ValueError("UNTIL lies before dtstart, so the rule never holds; give a later UNTIL")
        return self

    @property
    def is_timed(self) -> bool:
        """Whether the starts are wall times, not days."""
        return isinstance(self.dtstart, datetime)

    def _written(self, local: datetime) -> str:
        return local.isoformat(timespec="minutes") if self.is_timed else local.date().isoformat()


class Expansion:
    """The starts of a recurrence in a zone, kept by blocks of days so that asking again is cheap."""

    def __init__(self, recurrence: Recurrence, tz: ZoneInfo) -> None:
        """Take a recurrence and the zone that its wall times follow."""
        self._tz = tz
        self._start = wall(recurrence.dtstart)
        self._parts = parse_rule(recurrence.rrule, self._start) if recurrence.rrule else None
        self._until = _until(self._parts, tz) if self._parts else None
        self._extra = {wall(one) for one in recurrence.rdate}
        if self._parts is None:
            self._extra.add(self._start)
        self._without = {one for one in recurrence.exdate if isinstance(one, datetime)}
        self._without_days = {one for one in recurrence.exdate if not isinstance(one, datetime)}
        if not recurrence.is_timed:
            self._without_days |= {one.date() for one in self._without}
        self._blocks: dict[int, list[datetime]] = {}
        self._counted: list[datetime] | None = None

    def between(self, after: datetime, before: datetime) -> list[datetime]:
        """Return the naive wall-time starts in [after, before), in order."""
        first, last = after.toordinal() // BLOCK_DAYS, before.toordinal() // BLOCK_DAYS
        starts = [start for number in range(first, last + 1) for start in self._block(number)]
        return starts[bisect_left(starts, after) : bisect_left(starts, before)]

    def _block(self, number: int) -> list[datetime]:
        found = self._blocks.get(number)
        if found is None:
            after = datetime.fromordinal(max(1, number * BLOCK_DAYS))
            found = self._expand(after, after + timedelta(days=BLOCK_DAYS))
            for old in list(self._blocks)[: max(0, len(self._blocks) + 1 - MOST_BLOCKS)]:
                self._blocks.pop(old, None)
            self._blocks[number] = found
        return found

    def _expand(self, after: datetime, before: datetime) -> list[datetime]:
        starts = {one for one in self._extra if after <= one < before}
        starts.update(one for one in self._by_rule(after, before) if self._is_in_time(one))
        return sorted(one for one in starts - self._without if one.date() not in self._without_days)

    def _is_in_time(self, start: datetime) -> bool:
        if self._until is None:
            return True
        if self._until.tzinfo is None:
            return start <= self._until
        return resolve(start, self._tz) <= self._until

    def _by_rule(self, after: datetime, before: datetime) -> list[datetime]:
        if self._parts is None or before <= self._start:
            return []
        if "COUNT" in self._parts:
            if self._counted is None:
                year = self._start.year
                rule = _rule(self._parts, self._start, _lift(year))
                self._counted = [_lowered(one, year) for one in rule]
            return self._counted[bisect_left(self._counted, after) : bisect_left(self._counted, before)]
        parts, start = _forwarded(self._parts, self._start, after)
        lift = _lift(before.year)
        end = _moved(before, lift)
        lifted = takewhile(lambda one: one < end, iter(_rule(parts, start, lift)))
        return [low for one in lifted if (low := _moved(one, -lift)) >= after]


_ANY_START = datetime.combine(date(2026, 1, 1), time())


def parse_rule(text: str, start: datetime = _ANY_START) -> dict[str, str]:
    """Return the parts by name of an RRULE that begins at a naive wall time.

    Raises:
        ValueError: it is no rule of RFC 5545, or one that cannot be honoured; the message says why.
    """
    parts: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name in parts:
            raise ValueError(f"{piece!r} in the rule is not one NAME=VALUE, or stands twice")
        parts[name] = value
    _check_names(parts)
    _check_numbers(parts)
    _check_days_exist(parts)
    try:
        _rule(parts, start, 0)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"the rule {text!r} is not understood; one looks like FREQ=WEEKLY;BYDAY=MO,TU") from error
    return parts


def _check_names(parts: dict[str, str]) -> None:
    freq = parts.get("FREQ", "")
    if freq in _TOO_FINE:
        raise ValueError(
            f"FREQ={freq} cannot be honoured: an item is on air for seconds, so a plan repeats by the hour"
        )
    if freq not in _FREQUENCIES:
        raise ValueError(f"FREQ is missing or unknown; use one of {', '.join(_FREQUENCIES)}")
    unknown = parts.keys() - _KNOWN
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} cannot be honoured; leave it out")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("COUNT and UNTIL exclude each other (RFC 5545 3.3.10); keep one")
    for name, allowed in _ONLY_WITH.items():
        if name in parts and freq not in allowed:
            raise ValueError(f"{name} is not for FREQ={freq}; it goes with {', '.join(allowed)}")
    if _NUMBERED_DAY.search(parts.get("BYDAY", "")) and (freq not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        raise ValueError("a numbered weekday such as 2MO goes with FREQ=MONTHLY or FREQ=YEARLY without BYWEEKNO")
    if "BYWEEKNO" in parts and "BYDAY" not in parts:
        raise ValueError("BYWEEKNO needs BYDAY, because products differ on which day is meant")


_RANGES: dict[str, tuple[int, int, bool]] = {
    "INTERVAL": (1, MOST_INTERVAL, False),
    "COUNT": (1, MOST_COUNT, False),
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
}


def _check_numbers(parts: dict[str, str]) -> None:
    for name, (least, most, negative) in _RANGES.items():
        for text in parts[name].split(",") if name in parts else ():
            if not re.fullmatch(r"[+-]?[0-9]{1,5}" if negative else r"[0-9]{1,5}", text):
                raise ValueError(f"{name}={text} is no number that RFC 5545 allows there")
            if not least <= (abs(int(text)) if negative else int(text)) <= most:
                raise ValueError(f"{name}={text} lies outside {least} to {most}")
    for name in ("INTERVAL", "COUNT"):
        if "," in parts.get(name, ""):
            raise ValueError(f"{name} takes one number")


def _check_days_exist(parts: dict[str, str]) -> None:
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        longest = max(calendar.monthrange(2024, int(month))[1] for month in parts["BYMONTH"].split(","))
        if all(abs(int(day)) > longest for day in parts["BYMONTHDAY"].split(",")):
            raise ValueError("no month of BYMONTH has a day of BYMONTHDAY")


def _freq(parts: dict[str, str]) -> str:
    return parts["FREQ"]


def until_of(parts: dict[str, str], tz: ZoneInfo) -> date | None:
    """Return UNTIL as people say it: its date, or its last wall time in a zone; None without it."""
    until = _until(parts, tz)
    if until is None or "T" not in parts["UNTIL"]:
        return until and until.date()
    return until if until.tzinfo is None else until.astimezone(tz).replace(tzinfo=None)


def _until(parts: dict[str, str], tz: ZoneInfo) -> datetime | None:
    """UNTIL as an aware instant (…Z), or as the last naive wall time; a date includes that day."""
    text = parts.get("UNTIL")
    if text is None:
        return None
    try:
        if "T" not in text:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59))
        until = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"UNTIL={text} is no date or time; write 20261231 or 20261231T165959Z") from error
    return until if until.tzinfo is None else until.astimezone(tz).astimezone(UTC)


def _rule(parts: dict[str, str], start: datetime, lift: int) -> rrule:
    text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    made = rrulestr(text, dtstart=_moved(start, lift))
    if not isinstance(made, rrule):
        raise ValueError("one rule is expected")  # noqa: TRY004 - pydantic takes ValueError
    return made


def _lift(year: int) -> int:
    """The calendar repeats every 400 years. Late years bound python-dateutil's search, which ends with year 9999."""
    return (9600 - year) // GREGORIAN_YEARS * GREGORIAN_YEARS


def _moved(local: datetime, years: int) -> datetime:
    return local.replace(year=local.year + years)


def _lowered(lifted: datetime, year: int) -> datetime:
    return _moved(lifted, -_lift(year))


def _forwarded(parts: dict[str, str], start: datetime, after: datetime) -> tuple[dict[str, str], datetime]:
    """Return an equal rule that starts whole intervals later, shortly before `after`."""
    freq, interval = _freq(parts), int(parts.get("INTERVAL", "1"))
    if freq in ("HOURLY", "DAILY", "WEEKLY"):
        step = {"HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}[freq] * interval
        steps = (after - start) // step - 1
        return parts, start + steps * step if steps > 0 else start
    unit = 12 if freq == "YEARLY" else 1
    months = (after.year - start.year) * 12 + after.month - start.month
    steps = months // (unit * interval) - 1
    if steps <= 0:
        return parts, start
    years, month = divmod(start.month - 1 + steps * unit * interval, 12)
    moved = start.replace(year=start.year + years, month=1 if freq == "YEARLY" else month + 1, day=1)
    return _with_day(parts, start), moved


def _with_day(parts: dict[str, str], start: datetime) -> dict[str, str]:
    """Write out the days that a rule takes from its start, so that the start may move."""
    if parts.keys() & {"BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO"}:
        return parts
    explicit = dict(parts, BYMONTHDAY=str(start.day))
    if _freq(parts) == "YEARLY" and "BYMONTH" not in parts:
        explicit["BYMONTH"] = str(start.month)
    return explicit

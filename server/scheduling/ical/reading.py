"""Entries out of iCalendar bytes of others, with a report of what was not understood.

Hostile until proven otherwise: limits on size and number, no time zone of the file's own making (its definitions could
make a program expand them for ever), every rule checked by the rules of the timeline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from pydantic import ValidationError

from playlists.daypart import zone
from playlists.recurrence import FIRST_YEAR, LAST_YEAR, MOST_DATES, Expansion, Recurrence, StartExcluded, wall
from playlists.schedule import MOST_DURATION_S

MOST_BYTES = 1 << 20
MOST_EVENTS = 2_000
MOST_COMPLAINTS = 200
MOST_TITLE = 200
MOST_BARREN = 3
"""Rules that never hold, each of which costs a search through 400 years."""
LEAST_DURATION_S = 3
_NO_CALENDAR = "the file is no iCalendar; export it again as .ics and choose that file"
_DAY = timedelta(days=1)
_YEARS_COMPARED = 2
_FOLD = re.compile(rb"(?:\r?\n)+[ \t]")


class Unreadable(ValueError):
    """Bytes that are no iCalendar; the message says what and what to do."""


@dataclass(frozen=True)
class Complaint:
    """What was not understood, or taken otherwise than written: a component, its first line (1-based; 0: none), why."""

    component: str
    line: int
    why: str
    taken: bool = False
    """Whether the component was taken all the same."""


@dataclass(frozen=True)
class Imported:
    """One event as an entry's timing: starts in the zone asked for, each for `duration_s`."""

    uid: str
    title: str
    recurrence: Recurrence
    duration_s: int
    line: int
    whole_days: bool = False
    """The event names dates, not times."""


@dataclass(frozen=True)
class Read:
    """What a file holds."""

    name: str = ""
    events: tuple[Imported, ...] = ()
    complaints: tuple[Complaint, ...] = ()


@dataclass
class _Report:
    complaints: list[Complaint] = field(default_factory=list)
    barren: int = 0

    def add(self, component: str, line: int, why: str, *, taken: bool = False) -> None:
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(Complaint(component, line, why, taken))


class _Refused(ValueError):
    """An event that is not taken, with the reason."""


def from_ics(content: bytes, tz: ZoneInfo) -> Read:
    """Return the events of an iCalendar file as timings on wall time of a zone.

    Raises:
        Unreadable: it is too large, or no iCalendar at all.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"the file has {len(content)} bytes; at most {MOST_BYTES} are read, so split it")
    report = _Report()
    events: list[_Raw] = []
    calendars, lines = _parsed(content), _event_lines(content)
    number = 0
    for calendar in calendars:
        for component in calendar.subcomponents:
            if component.name != "VEVENT":
                if component.name != "VTIMEZONE":
                    report.add(str(component.name)[:40], 0, "only events (VEVENT) are read")
                continue
            line = lines[number] if number < len(lines) else 0
            number += 1
            if number > MOST_EVENTS:
                report.add("VEVENT", line, f"only the first {MOST_EVENTS} events are read; split the file")
                return _finished(calendars, events, report)
            events += _taken(component, line, tz, report)
    return _finished(calendars, events, report)


def _parsed(content: bytes) -> list[Component]:
    try:
        found = list(Calendar.from_ical(_without_zones(content), multiple=True))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Unreadable(_NO_CALENDAR) from error
    if not any(one.name == "VCALENDAR" for one in found):
        raise Unreadable(_NO_CALENDAR)
    return [one for one in found if one.name == "VCALENDAR"]


def _without_zones(content: bytes) -> bytes:
    """Return unfolded lines without the definitions of time zones: names of zones are looked up, never made."""
    kept: list[bytes] = []
    is_zone = False
    for line in _FOLD.sub(b"", content.removeprefix(b"\xef\xbb\xbf")).splitlines():
        word = line.strip().upper()
        is_zone = is_zone or word == b"BEGIN:VTIMEZONE"
        if not is_zone:
            kept.append(line)
        is_zone = is_zone and word != b"END:VTIMEZONE"
    return b"\r\n".join(kept)


def _event_lines(content: bytes) -> list[int]:
    return [number for number, line in enumerate(content.split(b"\n"), 1) if line.strip().upper() == b"BEGIN:VEVENT"]


@dataclass(frozen=True)
class _Raw:
    """An event before its exceptions are worked in."""

    imported: Imported
    instead_of: datetime | None
    is_cancelled: bool


def _taken(component: Component, line: int, tz: ZoneInfo, report: _Report) -> Iterator[_Raw]:
    try:
        yield _event(component, line, tz, report)
    except Unreadable:
        raise
    except _Refused as refused:
        report.add("VEVENT", line, str(refused))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, IndexError):
        report.add("VEVENT", line, "its properties contradict RFC 5545, so it is left out")


def _event(component: Component, line: int, tz: ZoneInfo, report: _Report) -> _Raw:
    for name, why in component.errors[:3]:
        if str(name).upper() in {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}:
            raise _Refused(f"{name} is not understood: {str(why)[:120]}")
    start = _time(component, "DTSTART", tz, line, report)
    if start is None:
        raise _Refused("DTSTART is missing")
    duration = _duration(component, start, tz, line, report)
    recurrence = _recurrence(component, start, tz, line, report)
    title = " ".join(str(component.get("SUMMARY", "")).split())[:MOST_TITLE]
    imported = Imported(
        uid=str(component.get("UID", ""))[:MOST_TITLE],
        title=title,
        recurrence=recurrence,
        duration_s=duration,
        line=line,
        whole_days=not isinstance(_value(component, "DTSTART"), datetime),
    )
    instead = _time(component, "RECURRENCE-ID", tz, line, report)
    return _Raw(imported, instead, str(component.get("STATUS", "")).upper() == "CANCELLED")


def _value(component: Component, name: str) -> object:
    found = component.get(name)
    return getattr(found[0] if isinstance(found, list) else found, "dt", None)


def _time(component: Component, name: str, tz: ZoneInfo, line: int, report: _Report) -> datetime | None:
    found = component.get(name)
    if found is None:
        return None
    if isinstance(found, list):
        raise _Refused(f"{name} stands twice")
    value = getattr(found, "dt", None)
    if not isinstance(value, date):
        raise _Refused(f"{name} is no date or time")
    return _local(value, str(found.params.get("TZID", "")), tz, line, report)


def _local(value: date, tzid: str, tz: ZoneInfo, line: int, report: _Report) -> datetime:
    """Return a date or time of a file as wall time of the zone asked for, to the second."""
    if not FIRST_YEAR < value.year < LAST_YEAR:
        raise _Refused(f"the year {value.year} lies outside {FIRST_YEAR + 1} to {LAST_YEAR - 1}")
    if not isinstance(value, datetime):
        return wall(value)
    value = value.replace(microsecond=0)
    if value.tzinfo is None and tzid:
        named = _zone(tzid)
        if named is None:
            report.add("VEVENT", line, f"the zone {tzid[:60]!r} is not known; its times are taken as local", taken=True)
        else:
            value = value.replace(tzinfo=named)
    return value if value.tzinfo is None else value.astimezone(tz).replace(tzinfo=None)


def _zone(tzid: str) -> ZoneInfo | None:
    for name in (WINDOWS_TO_OLSON.get(tzid, tzid), "/".join(tzid.split("/")[-2:])):
        try:
            return zone(name)
        except ValueError:
            continue
    return None


def _duration(component: Component, start: datetime, tz: ZoneInfo, line: int, report: _Report) -> int:
    end = _time(component, "DTEND", tz, line, report)
    length = getattr(component.get("DURATION"), "dt", None)
    if end is not None:
        seconds = (end - start).total_seconds()
    elif isinstance(length, timedelta):
        seconds = length.total_seconds()
    else:
        seconds = 0 if isinstance(_value(component, "DTSTART"), datetime) else _DAY.total_seconds()
    if seconds < LEAST_DURATION_S:
        raise _Refused("it lasts no time; an entry is on air for 3 seconds at least")
    if seconds > MOST_DURATION_S:
        raise _Refused("it lasts longer than 31 days; make it repeat daily instead")
    return int(seconds)


def _recurrence(component: Component, start: datetime, tz: ZoneInfo, line: int, report: _Report) -> Recurrence:
    rule = component.get("RRULE")
    if isinstance(rule, list):
        raise _Refused("it has more than one RRULE; make an event of each")
    if "EXRULE" in component:
        raise _Refused("EXRULE is not understood; use EXDATE")
    text = rule.to_ical().decode() if rule is not None else None
    if text is not None:
        _check_shift(component, start, tz)
    fields = {
        "dtstart": start,
        "rrule": text,
        "rdate": _dates(component, "RDATE", tz, line, report),
        "exdate": _dates(component, "EXDATE", tz, line, report),
    }
    try:
        return Recurrence.model_validate(fields)
    except ValidationError as error:
        return _moved(fields, error, line, report)


def _moved(fields: dict[str, object], error: ValidationError, line: int, report: _Report) -> Recurrence:
    cause = error.errors()[0].get("ctx", {}).get("error")
    if isinstance(cause, StartExcluded) and cause.offered is None:
        report.barren += 1
        if report.barren > MOST_BARREN:
            raise Unreadable(f"more than {MOST_BARREN} events have a rule that never holds; correct the file first")
    if not isinstance(cause, StartExcluded) or cause.offered is None:
        raise _Refused(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
    report.add("VEVENT", line, f"{cause}; it was moved", taken=True)
    return Recurrence.model_validate(fields | {"dtstart": cause.offered})


def _check_shift(component: Component, start: datetime, tz: ZoneInfo) -> None:
    """Refuse a rule of another zone whose clock does not keep step with ours, or whose days are not ours."""
    found = component.get("DTSTART")
    value = getattr(found, "dt", None)
    if not isinstance(value, datetime):
        return
    tzid = str(found.params.get("TZID", "")) if found is not None else ""
    theirs = value.tzinfo or (_zone(tzid) if tzid else None)
    if theirs is None:
        return
    first = value if value.tzinfo is not None else value.replace(tzinfo=theirs)
    if first.replace(tzinfo=None).date() != start.date():
        raise _Refused("it repeats in another time zone on other dates than here; enter it in the site's time")
    for week in range(0, 53 * _YEARS_COMPARED, 4):
        moment = first.astimezone(UTC) + timedelta(weeks=week)
        step = _offset(moment, tz) - (moment.astimezone(theirs).utcoffset() or timedelta())
        if step != _offset(first, tz) - (first.utcoffset() or timedelta()):
            raise _Refused("it repeats in a time zone whose clocks change otherwise; enter it in the site's time")


def _offset(moment: datetime, tz: ZoneInfo) -> timedelta:
    return moment.astimezone(tz).utcoffset() or timedelta()


def _dates(component: Component, name: str, tz: ZoneInfo, line: int, report: _Report) -> list[datetime]:
    found = component.get(name)
    if found is None:
        return []
    dates = []
    for group in found if isinstance(found, list) else [found]:
        tzid = str(group.params.get("TZID", ""))
        for one in group.dts:
            value = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            if not isinstance(value, date):
                raise _Refused(f"{name} holds something else than dates and times")
            dates.append(_local(value, tzid, tz, line, report))
    if len(dates) > MOST_DATES:
        raise _Refused(f"{name} names {len(dates)} dates; at most {MOST_DATES} are taken")
    return dates


def _finished(calendars: Iterable[Component], raws: list[_Raw], report: _Report) -> Read:
    """Work single changed or cancelled times into the event that they belong to."""
    name = next((str(one["X-WR-CALNAME"])[:MOST_TITLE] for one in calendars if "X-WR-CALNAME" in one), "")
    taken = [raw.imported for raw in raws if not raw.is_cancelled]
    for raw in raws:
        if raw.is_cancelled and raw.instead_of is None:
            report.add("VEVENT", raw.imported.line, "it is cancelled")
        if raw.instead_of is None:
            continue
        for index, one in enumerate(taken):
            if one.uid == raw.imported.uid and one is not raw.imported and one.recurrence.rrule is not None:
                taken[index] = _without(one, raw.instead_of)
    return Read(name, tuple(taken), tuple(report.complaints))


def _without(one: Imported, start: datetime) -> Imported:
    exdate = (*one.recurrence.exdate, start)[-MOST_DATES:]
    return replace(one, recurrence=one.recurrence.model_copy(update={"exdate": exdate}))


def dates_of(read: Read, first: date, last: date, tz: ZoneInfo) -> list[tuple[date, str]]:
    """Return the dates, between two local dates, that the whole-day events of a file cover, each with its title.

    What is read this way becomes special days; a date that several events cover has the first of them.
    """
    found: dict[date, str] = {}
    for event in read.events:
        if not event.whole_days:
            continue
        length = timedelta(seconds=event.duration_s)
        after, before = wall(first) - length, wall(last) + _DAY
        for start in Expansion(event.recurrence, tz).between(after, before):
            for offset in range(length // _DAY):
                day = start.date() + _DAY * offset
                if first <= day <= last:
                    found.setdefault(day, event.title)
    return sorted(found.items())

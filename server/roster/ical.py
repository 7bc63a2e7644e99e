"""The duty roster written as iCalendar, as phones and office calendars take it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vDuration

PRODID = "-//Bang Tin//Duty roster//EN"
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Listed:
    """A shift as its reader sees it: times are aware, in UTC."""

    uid: str
    title: str
    note: str
    starts_at: datetime
    ends_at: datetime
    rev: int


def to_ics(name: str, shifts: Iterable[Listed], written_at: datetime) -> bytes:
    """Return shifts as iCalendar bytes, one event each; programs read them again every hour."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    for shift in shifts:
        event = Event()
        event.add("uid", f"{shift.uid}@bangtin")
        event.add("dtstamp", written_at.replace(microsecond=0))
        event.add("dtstart", shift.starts_at.replace(microsecond=0))
        event.add("dtend", shift.ends_at.replace(microsecond=0))
        event.add("summary", shift.title)
        event.add("sequence", shift.rev)
        if shift.note:
            event.add("description", shift.note)
        calendar.add_component(event)
    return bytes(calendar.to_ical())

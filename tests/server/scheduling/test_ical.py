"""Schedules as iCalendar, out and in; files of others are hostile."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from playlists.daypart import DayException, Daypart, Locality, Week, WeeklyWindow, midnight_of, zone
from playlists.instant import from_millis, to_millis
from playlists.recurrence import Expansion
from playlists.rule import Rule, WeekSpans
from playlists.schedule import Timing
from playlists.special_day import Calendar as SpecialCalendar
from server.scheduling.ical.feed import Feed, Listed, to_ics
from server.scheduling.ical.reading import MOST_BARREN, MOST_BYTES, MOST_EVENTS, Read, Unreadable, dates_of, from_ics

wall = datetime.fromisoformat
HANOI = zone("Asia/Ho_Chi_Minh")
SPECIAL = SpecialCalendar.model_validate({"id": "vn", "dates": [{"date": "2026-11-25"}]})
HERE = Locality(HANOI, calendars={"vn": SPECIAL})
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 23), date(2026, 12, 31)


def timed(start: str, rule: str | None = None, hours: float = 2, **more: Any) -> Timing:
    recurrence = {"dtstart": start, "rrule": rule} | {key: more.pop(key) for key in ("exdate", "rdate") if key in more}
    return Timing.model_validate({"recurrence": recurrence, "duration_s": int(hours * 3600)} | more)


def listed(timing: Timing, week: Week | None = None, title: str = "Giờ mở cửa", number: int = 1) -> Listed:
    spans = WeekSpans(week, HERE) if week is not None else None
    plain = week is not None and not (week.exceptions or week.calendar_id or week.follows_sun)
    rule = Rule.of(f"e{number}", "p", timing, spans, HERE)
    return Listed(rule, title, "Trà Lĩnh", week.windows if week is not None and plain else None)


def feed(*entries: Listed) -> bytes:
    return to_ics(Feed("Trà Lĩnh 1", "Asia/Ho_Chi_Minh", entries, FIRST, LAST, NOW))


def instances(rule: Rule) -> set[tuple[datetime, datetime]]:
    found: set[tuple[datetime, datetime]] = set()
    for offset in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=offset)
        bounds = to_millis(midnight_of(day, HANOI)), to_millis(midnight_of(day + timedelta(days=1), HANOI))
        found.update((from_millis(start), from_millis(end)) for start, end in rule.spans(day, bounds))
    return found


def read_instances(read: Read) -> set[tuple[datetime, datetime]]:
    found = set()
    low, high = midnight_of(FIRST, HANOI), midnight_of(LAST + timedelta(days=1), HANOI)
    for event in read.events:
        length = timedelta(seconds=event.duration_s)
        for start in Expansion(event.recurrence, HANOI).between(wall("2026-11-01T00:00"), wall("2027-01-01T00:00")):
            at = start.replace(tzinfo=HANOI).astimezone(UTC)
            if at < high and at + length > low:
                found.add((at, at + length))
    return found


WORK = WeeklyWindow(weekdays=(1, 2, 3, 4, 5), start="07:00", end="17:00")
NIGHT = WeeklyWindow(weekdays=(5,), start="22:00", end="02:00")
CLOSED = (DayException.model_validate({"date": "2026-11-24"}),)
ENTRIES = {
    "weekly": listed(timed("2026-11-23T07:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261211")),
    "until an instant": listed(timed("2026-11-23T07:00", "FREQ=DAILY;UNTIL=20261124T000000Z")),
    "count": listed(timed("2026-11-23T07:00", "FREQ=DAILY;COUNT=5", exdate=["2026-11-25"], rdate=["2026-12-24T19:00"])),
    "dates": listed(timed("2026-11-23T07:00", rdate=["2026-11-28T19:00", "2026-12-01T07:00"])),
    "monthly": listed(timed("2026-11-30T20:00", "FREQ=MONTHLY;BYMONTHDAY=-1", hours=30)),
    "valid until": listed(timed("2026-11-23T07:00", "FREQ=DAILY", valid_until="2026-11-29")),
    "cut": listed(timed("2026-11-23T20:00", "FREQ=DAILY", hours=8, valid_until="2026-11-25")),
    "count and valid": listed(timed("2026-11-23T07:00", "FREQ=DAILY;COUNT=9", valid_until="2026-11-26")),
    "valid from": listed(timed("2026-11-23T07:00", "FREQ=DAILY;INTERVAL=2", valid_from="2026-11-28", hours=1)),
    "special days": listed(timed("2026-11-23T07:00", "FREQ=DAILY", special_days={"calendar_id": "vn", "rule": "only"})),
    "windows": listed(Timing(), Week(windows=(WORK, NIGHT))),
    "windows until": listed(Timing.model_validate({"valid_until": "2026-12-04"}), Week(windows=(WORK,))),
    "night until": listed(Timing.model_validate({"valid_until": "2026-11-27"}), Week(windows=(NIGHT,))),
    "exception": listed(Timing(), Week(windows=(WORK,), exceptions=CLOSED)),
    "named days": listed(
        Timing.model_validate({"recurrence": {"dtstart": "2026-11-23", "rrule": "FREQ=WEEKLY;INTERVAL=2"}}),
        Daypart(id="work", windows=(WORK,)),
    ),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_written_comes_back_with_the_same_times(name: str) -> None:
    read = from_ics(feed(ENTRIES[name]), HANOI)
    assert read.complaints == ()
    assert read_instances(read) == instances(ENTRIES[name].rule)
    assert {event.title for event in read.events} == {"Giờ mở cửa"}
    assert read.name == "Trà Lĩnh 1"


def test_a_feed_has_what_google_outlook_and_apple_ask_for() -> None:
    long = listed(timed("2026-11-23T07:00", "FREQ=DAILY;COUNT=2"), title="Thông báo; dài, và có dấu " * 9)
    content = feed(long, *ENTRIES.values())
    lines = content.split(b"\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    for line in (b"VERSION:2.0", b"METHOD:PUBLISH", b"CALSCALE:GREGORIAN", b"X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
                 b"BEGIN:VTIMEZONE", b"TZID:Asia/Ho_Chi_Minh"):  # fmt: skip
        assert line in lines
    assert "X-WR-CALNAME:Trà Lĩnh 1".encode() in lines
    calendar = Calendar.from_ical(content)
    events = calendar.walk("VEVENT")
    assert all({"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= event.keys() for event in events)
    uids = [str(event["UID"]) for event in feed_events(ENTRIES["windows"])]
    assert uids == ["e1-w0@bangtin", "e1-w1@bangtin"]
    for event in events:
        until = event.get("RRULE", {}).get("UNTIL")
        assert until is None or until[0].tzinfo is not None
    assert str(events[0]["SUMMARY"]) == ("Thông báo; dài, và có dấu " * 9)


def feed_events(one: Listed) -> list[Any]:
    return list(Calendar.from_ical(feed(one)).walk("VEVENT"))


def event(*lines: str) -> bytes:
    body = "\r\n".join(["BEGIN:VEVENT", "UID:1", "SUMMARY:Lễ hội", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}\r\nEND:VCALENDAR\r\n".encode()


START = "DTSTART;TZID=Asia/Ho_Chi_Minh:20261123T070000"
SHANGHAI = "DTSTART;TZID=Asia/Shanghai:20261123T070000"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["DTEND:20261123T080000Z"], "DTSTART is missing"),
        (["DTSTART:gestern"], "DTSTART is not understood"),
        ([START, START], "DTSTART stands twice"),
        ([START], "lasts no time"),
        ([START, "DTEND;TZID=Asia/Ho_Chi_Minh:20261123T060000"], "lasts no time"),
        ([START, "DURATION:P40D"], "longer than 31 days"),
        ([START, "DURATION:PT1H", "RRULE:FREQ=SECONDLY"], "FREQ=SECONDLY cannot be honoured"),
        ([START, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYEASTER=1"], "RRULE is not understood|BYEASTER"),
        ([START, "DURATION:PT1H", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"], "more than one RRULE"),
        ([START, "DURATION:PT1H", "EXRULE:FREQ=WEEKLY"], "EXRULE is not understood"),
        (["DTSTART:19230101T000000Z", "DURATION:PT1H"], "the year 1923 lies outside"),
        (["DTSTART:20261123T190000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"], "on other dates than here"),
        (
            ["DTSTART;TZID=Europe/Berlin:20261123T070000", "DURATION:PT1H", "RRULE:FREQ=DAILY"],
            "clocks change otherwise",
        ),
    ],
)
def test_an_event_that_is_not_taken_is_reported_with_its_line_and_the_reason(lines: list[str], why: str) -> None:
    read = from_ics(event(*lines), HANOI)
    assert read.events == ()
    (complaint,) = read.complaints
    assert (complaint.component, complaint.line, complaint.taken) == ("VEVENT", 3, False)
    assert any(one in complaint.why for one in why.split("|")), complaint.why


@pytest.mark.parametrize(
    ("lines", "start", "hours"),
    [
        (["DTSTART:20261123T000000Z", "DTEND:20261123T010000Z"], wall("2026-11-23T07:00"), 1),
        (["DTSTART:20261123T070000", "DURATION:PT90M"], wall("2026-11-23T07:00"), 1.5),
        (["DTSTART;TZID=SE Asia Standard Time:20261123T070000", "DURATION:PT1H"], wall("2026-11-23T07:00"), 1),
        ([SHANGHAI, "DURATION:PT1H"], wall("2026-11-23T06:00"), 1),
        ([SHANGHAI, "DURATION:PT1H", "RRULE:FREQ=DAILY"], wall("2026-11-23T06:00"), 1),
        (["DTSTART;VALUE=DATE:20261123"], wall("2026-11-23T00:00"), 24),
        (["DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261126"], wall("2026-11-23T00:00"), 72),
    ],
)  # fmt: skip
def test_times_of_other_programs_become_wall_time_of_the_site(lines: list[str], start: datetime, hours: float) -> None:
    read = from_ics(event(*lines), HANOI)
    (one,) = read.events
    assert read.complaints == ()
    assert (one.recurrence.dtstart, one.duration_s) == (start, hours * 3600)


def test_what_is_taken_otherwise_than_written_is_said() -> None:
    unknown = from_ics(event("DTSTART;TZID=Nowhere/Land:20261123T070000", "DURATION:PT1H"), HANOI)
    assert unknown.events[0].recurrence.dtstart == wall("2026-11-23T07:00")
    assert unknown.complaints[0].taken
    moved = from_ics(event(START, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TU"), HANOI)
    assert moved.events[0].recurrence.dtstart == wall("2026-11-24T07:00")
    assert "it was moved" in moved.complaints[0].why


def test_a_changed_or_cancelled_time_is_worked_into_its_event() -> None:
    base = ["DURATION:PT1H"]
    master = "\r\n".join(["BEGIN:VEVENT", "UID:9", START, *base, "RRULE:FREQ=DAILY;COUNT=4", "END:VEVENT"])
    changed = "\r\n".join(
        ["BEGIN:VEVENT", "UID:9", "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261124T070000",
         "DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T150000", *base, "END:VEVENT"]
    )  # fmt: skip
    dropped = changed.replace(
        "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261124", "STATUS:CANCELLED\r\nRECURRENCE-ID:20261125"
    )
    content = f"BEGIN:VCALENDAR\r\n{master}\r\n{changed}\r\n{dropped}\r\nEND:VCALENDAR\r\n".encode()
    read = from_ics(content, HANOI)
    starts = sorted(
        start
        for one in read.events
        for start in Expansion(one.recurrence, HANOI).between(wall("2026-11-01T00:00"), wall("2026-12-01T00:00"))
    )
    assert starts == [wall(f"2026-11-{day}T{hour:02}:00") for day, hour in ((23, 7), (24, 15), (26, 7))]


def test_other_components_are_named_and_a_hostile_zone_is_never_made() -> None:
    zone_block = (
        "BEGIN:VTIMEZONE\r\nTZID:Evil\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
        "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0700\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    content = event("DTSTART;TZID=Evil:20261123T070000", "DURATION:PT1H").decode()
    for block in (zone_block, zone_block.replace("BEGIN:VTIMEZONE", "BEGIN:VTIME\r\n ZONE")):
        with_zone = content.replace("VERSION:2.0", f"VERSION:2.0\r\n{block}\r\nBEGIN:VTODO\r\nUID:2\r\nEND:VTODO")
        read = from_ics(with_zone.encode(), HANOI)
        assert sorted(one.component for one in read.complaints) == ["VEVENT", "VTODO"]
        assert len(read.events) == 1


def test_whole_days_become_dates() -> None:
    festival = event("DTSTART;VALUE=DATE:20270217", "DTEND;VALUE=DATE:20270220")
    yearly = event("DTSTART;VALUE=DATE:20200902", "RRULE:FREQ=YEARLY")
    timed_event = event(START, "DURATION:PT1H")
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    days = dates_of(from_ics(festival, HANOI), first, last, HANOI)
    assert days == [(date(2027, 2, day), "Lễ hội") for day in (17, 18, 19)]
    assert dates_of(from_ics(yearly, HANOI), first, last, HANOI) == [(date(2027, 9, 2), "Lễ hội")]
    assert dates_of(from_ics(timed_event, HANOI), first, last, HANOI) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b" " * (MOST_BYTES + 1), "are read, so split it"),
        (b"<html>", "is no iCalendar"),
        (b"BEGIN:VEVENT", "is no iCalendar"),
        (b"\xff\xfe\x00", "is no iCalendar"),
    ],
)
def test_what_is_no_calendar_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        from_ics(content, HANOI)


def test_a_file_of_rules_that_never_hold_is_given_up() -> None:
    barren = event(START, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYSETPOS=2").split(b"\r\n")
    content = b"BEGIN:VCALENDAR\r\n" + b"\r\n".join(barren[2:-2] * (MOST_BARREN + 1)) + b"\r\nEND:VCALENDAR\r\n"
    with pytest.raises(Unreadable, match="a rule that never holds"):
        from_ics(content, HANOI)


def test_more_events_than_are_read_are_said() -> None:
    one = event(START, "DURATION:PT1H").split(b"\r\n")
    body = b"\r\n".join(one[2:-2])
    content = b"BEGIN:VCALENDAR\r\n" + b"\r\n".join([body] * (MOST_EVENTS + 1)) + b"\r\nEND:VCALENDAR\r\n"
    read = from_ics(content, HANOI)
    assert len(read.events) == MOST_EVENTS
    assert "only the first" in read.complaints[-1].why


_GOOD = feed(*ENTRIES.values())
_FRAMES = ["BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", START, "UID:1", " folded"]
_LINES = [
    "DTSTART:20261123",
    "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=DAILY;COUNT=99999999",
    "EXDATE:20261124,20261125T0Z",
    "DURATION:-PT1H",
    "DURATION:P9999999999D",
    "RECURRENCE-ID:x",
    "DTEND:00010101T000000Z",
    "DTSTART;TZID=../../etc:20261123T000000",
    "RDATE;VALUE=PERIOD:20261123T000000Z/PT1H",
    ";;;:::",
    'SUMMARY;LANGUAGE="vi:x',
]
_PIECES = st.sampled_from([*_FRAMES, *_LINES])


@settings(deadline=None, max_examples=150)
@given(st.lists(_PIECES, max_size=14))
def test_any_lines_are_read_or_refused_with_a_sentence(lines: list[str]) -> None:
    with suppress(Unreadable):
        from_ics(
            "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]).encode(), HANOI
        )
    with suppress(Unreadable):
        from_ics("\r\n".join(lines).encode(), HANOI)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300) | st.tuples(st.integers(0, len(_GOOD)), st.binary(max_size=6)).map(
    lambda cut: _GOOD[: cut[0]] + cut[1] + _GOOD[cut[0] + len(cut[1]) :]
))  # fmt: skip
def test_arbitrary_bytes_are_read_or_refused_with_a_sentence(content: bytes) -> None:
    with suppress(Unreadable):
        from_ics(content, HANOI)


_RULES = st.sampled_from(
    ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,SU",
     "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-2", "FREQ=DAILY;COUNT=7", "FREQ=DAILY;UNTIL=20261210", "FREQ=HOURLY;INTERVAL=5"]
)  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(
    _RULES,
    st.integers(1, 40),
    st.lists(st.dates(date(2026, 11, 24), date(2026, 12, 20)).map(date.isoformat), max_size=3, unique=True),
    st.none() | st.dates(date(2026, 11, 24), date(2026, 12, 20)).map(date.isoformat),
)
def test_any_entry_that_is_written_comes_back_with_the_same_times(
    rule: str, hours: int, without: list[str], until: str | None
) -> None:
    one = listed(timed("2026-11-23T20:00", rule, hours, exdate=without, valid_until=until))
    read = from_ics(feed(one), HANOI)
    assert read.complaints == ()
    assert read_instances(read) == instances(one.rule)

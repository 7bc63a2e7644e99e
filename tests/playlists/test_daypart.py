from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playlists.daypart import ALWAYS, DayWindow, Locality, Week, WeeklyWindow, use_pinned_zones, zone
from playlists.special_day import Calendar
from playlists.sun import Place, daylight

HANOI = zone("Asia/Ho_Chi_Minh")
TRA_LINH = Place(latitude_microdegrees=22_838_000, longitude_microdegrees=106_325_000)
HERE = Locality(HANOI, TRA_LINH)
NIGHT = WeeklyWindow(weekdays=(5,), start="22:00", end="02:00")
WORK = WeeklyWindow(weekdays=(1, 2, 3, 4, 5), start="07:00", end="17:00")
MONDAY = date(2026, 11, 23)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A Vietnamese wall time in November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


def is_open(window: WeeklyWindow, at: datetime) -> bool:
    today = at.astimezone(HANOI).date()
    spans = [span for day in (today, today - timedelta(days=1)) for span in Week(windows=(window,)).on(day, HERE)]
    return any(start <= at < end for start, end in spans)


@pytest.mark.parametrize(
    ("window", "at", "inside"),
    [
        (WORK, local(23, 7), True),
        (WORK, local(23, 6, 59), False),
        (WORK, local(23, 16, 59), True),
        (WORK, local(23, 17), False),
        (WORK, local(28, 9), False),
        (NIGHT, local(27, 23), True),
        (NIGHT, local(28, 1, 59), True),
        (NIGHT, local(28, 2), False),
        (NIGHT, local(27, 1), False),
        (NIGHT, local(28, 22, 30), False),
        (ALWAYS, local(29, 0), True),
    ],
)
def test_a_window_belongs_to_the_weekday_on_which_it_starts(window: WeeklyWindow, at: datetime, inside: bool) -> None:
    assert is_open(window, at) is inside


@pytest.mark.parametrize(
    "fields",
    [
        {"weekdays": (1,), "start": "07:00", "end": "07:00"},
        {"weekdays": (1,), "start": "24:00", "end": "07:00"},
        {"weekdays": (), "start": "07:00", "end": "08:00"},
        {"weekdays": (8,), "start": "07:00", "end": "08:00"},
        {"weekdays": (1, 1), "start": "07:00", "end": "08:00"},
        {"weekdays": (1,), "start": "7:00", "end": "08:00"},
        {"weekdays": (1,), "start": "07:60", "end": "08:00"},
        {"weekdays": (1,), "start": "sunset+06:00", "end": "08:00"},
        {"weekdays": (1,), "start": "sunset", "end": "sunset"},
        {"weekdays": (1,), "start": "dusk", "end": "08:00"},
    ],
)
def test_an_unsound_window_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WeeklyWindow.model_validate(fields)


def test_sunrise_and_sunset_of_known_places_are_those_of_the_almanac() -> None:
    """Times that almanacs print for London and Berlin at the solstices, to the minute or one beside it."""
    known = [
        (Place(latitude_microdegrees=51_507_000, longitude_microdegrees=-128_000), "Europe/London",
         date(2026, 6, 21), (4, 43), (21, 21)),
        (Place(latitude_microdegrees=52_520_000, longitude_microdegrees=13_405_000), "Europe/Berlin",
         date(2026, 12, 21), (8, 15), (15, 54)),
    ]  # fmt: skip
    for place, name, day, rises, sets in known:
        tz = zone(name)
        found = [one.astimezone(tz) for one in daylight(place, day, tz)]
        for one, (hour, minute) in zip(found, (rises, sets), strict=True):
            assert one.date() == day
            assert abs(one.hour * 60 + one.minute - hour * 60 - minute) <= 1


def test_an_offset_is_counted_from_the_sun_of_the_day_and_a_night_ends_with_the_next_days() -> None:
    rises, sets = daylight(TRA_LINH, MONDAY, HANOI)
    day = DayWindow(start="sunrise+00:30", end="sunset-00:15").instance(MONDAY, HERE)
    assert day == (rises + timedelta(minutes=30), sets - timedelta(minutes=15))
    next_rises, _ = daylight(TRA_LINH, MONDAY + timedelta(days=1), HANOI)
    assert DayWindow(start="sunset", end="sunrise").instance(MONDAY, HERE) == (sets, next_rises)
    assert DayWindow(start="18:00", end="sunrise").instance(MONDAY, HERE) == (local(23, 18), next_rises)


def test_where_the_sun_stays_up_or_down_night_and_day_are_whole_or_empty() -> None:
    oslo = zone("Europe/Oslo")
    tromso = Locality(oslo, Place(latitude_microdegrees=69_650_000, longitude_microdegrees=18_960_000))
    day, night = DayWindow(start="sunrise", end="sunset"), DayWindow(start="sunset", end="sunrise")
    summer, winter = date(2026, 6, 21), date(2026, 12, 21)
    assert night.instance(summer, tromso) is None
    span = day.instance(summer, tromso)
    assert span is not None
    assert span[1] - span[0] == timedelta(hours=24)
    assert day.instance(winter, tromso) is None
    dark = night.instance(winter, tromso)
    assert dark is not None
    assert dark[1] - dark[0] == timedelta(hours=24)


@settings(deadline=None)
@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    st.integers(-90_000_000, 90_000_000),
    st.integers(-180_000_000, 180_000_000),
    st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Oslo", "Pacific/Kiritimati", "America/Adak"]),
)
def test_the_suns_times_lie_within_the_local_date_anywhere(day: date, latitude: int, longitude: int, name: str) -> None:
    tz = zone(name)
    found = daylight(Place(latitude_microdegrees=latitude, longitude_microdegrees=longitude), day, tz)
    midnight = datetime.combine(day, datetime.min.time(), tz)
    for one in found:
        assert midnight <= one <= datetime.combine(day + timedelta(days=1), datetime.min.time(), tz)
        assert (one.second, one.microsecond) == (0, 0)


def test_a_week_that_knows_a_calendar_has_days_off_and_swapped_working_days() -> None:
    dates = [
        {"date": "2026-11-24", "kind": "day_off"},
        {"date": "2026-11-25", "kind": "observance"},
        {"date": "2026-11-28", "kind": "working_day", "as_weekday": 2},
    ]
    calendar = Calendar.model_validate({"id": "vn", "dates": dates})
    here = Locality(HANOI, calendars={"vn": calendar})
    fields = {
        "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "07:00", "end": "17:00"}],
        "calendar_id": "vn",
        "day_off_windows": [{"start": "09:00", "end": "11:00"}],
        "exceptions": [{"date": "2026-11-26", "windows": []}],
    }
    week = Week.model_validate(fields)
    hours = {day: week.on(date(2026, 11, day), here) for day in range(23, 30)}
    assert hours[24] == [(local(24, 9), local(24, 11))]
    assert hours[25] == [(local(25, 7), local(25, 17))]
    assert hours[26] == []
    assert hours[28] == [(local(28, 7), local(28, 17))]
    assert hours[29] == []
    assert Week.model_validate(fields | {"day_off_windows": []}).on(date(2026, 11, 24), here) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day_off_windows": [{"start": "09:00", "end": "11:00"}]}, "add calendar_id"),
        ({"exceptions": [{"date": "2026-11-24"}, {"date": "2026-11-24"}]}, "two exceptions"),
    ],
)
def test_an_unsound_week_is_refused(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Week.model_validate(fields)


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ([{"date": "2026-11-24"}, {"date": "2026-11-24"}], "stands twice"),
        ([{"date": "2026-11-24", "as_weekday": 1}], "as_weekday is for a working_day"),
    ],
)
def test_an_unsound_calendar_is_refused(dates: list[object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Calendar.model_validate({"id": "vn", "dates": dates})


def test_zones_come_from_the_pinned_package() -> None:
    use_pinned_zones()
    assert zone("Asia/Ho_Chi_Minh").key == "Asia/Ho_Chi_Minh"
    with pytest.raises(ValueError, match="IANA"):
        zone("Asia/Nowhere")
    with pytest.raises(ValueError, match="IANA"):
        zone("../../etc/passwd")

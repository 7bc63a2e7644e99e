from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playlists.daypart import zone
from playlists.recurrence import Expansion, Recurrence, parse_rule, resolve

HANOI, BERLIN = zone("Asia/Ho_Chi_Minh"), zone("Europe/Berlin")
EPOCH_DAY = date(2020, 1, 1)


def starts(recurrence: Recurrence, first: str, last: str, tz_name: str = "Asia/Ho_Chi_Minh") -> list[str]:
    found = Expansion(recurrence, zone(tz_name)).between(datetime.fromisoformat(first), datetime.fromisoformat(last))
    return [one.isoformat(timespec="minutes") for one in found]


def weekly(rule: str, start: str = "2026-11-23T07:00", **more: object) -> Recurrence:
    return Recurrence.model_validate({"dtstart": start, "rrule": rule, **more})


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=SECONDLY", "SECONDLY cannot be honoured"),
        ("FREQ=MINUTELY;INTERVAL=15", "MINUTELY cannot be honoured"),
        ("BYDAY=MO", "FREQ is missing"),
        ("FREQ=FORTNIGHTLY", "FREQ is missing or unknown"),
        ("FREQ=DAILY;BYEASTER=1", "BYEASTER cannot be honoured"),
        ("FREQ=DAILY;BYSECOND=30", "BYSECOND cannot be honoured"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "exclude each other"),
        ("FREQ=DAILY;COUNT=0", "COUNT=0 lies outside"),
        ("FREQ=DAILY;INTERVAL=99999", "INTERVAL=99999 lies outside"),
        ("FREQ=DAILY;INTERVAL=1,2", "one number"),
        ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS is not for FREQ=DAILY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY is not for FREQ=WEEKLY"),
        ("FREQ=WEEKLY;BYDAY=2MO", "numbered weekday"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO needs BYDAY"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no month of BYMONTH"),
        ("FREQ=WEEKLY;BYDAY=XX", "is not understood"),
        ("FREQ=WEEKLY;WKST=9", "is not understood"),
        ("FREQ=WEEKLY;FREQ=DAILY", "stands twice"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL=TOMORROW is no date"),
        ("FREQ=DAILY;UNTIL=20261122", "UNTIL lies before"),
        ("weekly", "is not one NAME=VALUE"),
        ("", "is not one NAME=VALUE"),
    ],
)
def test_what_cannot_be_honoured_is_refused_with_a_reason(rule: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        weekly(rule)


def test_a_start_that_its_rule_excludes_is_refused_with_the_offer_to_move_it() -> None:
    with pytest.raises(ValidationError, match="move dtstart to 2026-11-24T07:00"):
        weekly("FREQ=WEEKLY;BYDAY=TU,WE")
    with pytest.raises(ValidationError, match="move dtstart to 2026-11-24 "):
        Recurrence.model_validate({"dtstart": "2026-11-23", "rrule": "FREQ=WEEKLY;BYDAY=TU"})


@pytest.mark.parametrize("start", ["2026-11-23T07:00Z", "2026-11-23T07:00:00.5", "1800-01-01", "7 o'clock", 12, None])
def test_an_unsound_start_is_refused(start: object) -> None:
    with pytest.raises(ValidationError):
        Recurrence.model_validate({"dtstart": start})


def test_until_is_honoured_as_a_date_as_a_wall_time_and_as_an_instant() -> None:
    for until in ("20261125", "20261125T070000", "20261125T000000Z"):
        assert starts(weekly(f"FREQ=DAILY;UNTIL={until}"), "2026-11-01", "2027-01-01")[-1] == "2026-11-25T07:00"
    assert starts(weekly("FREQ=DAILY;UNTIL=20261124T235959Z"), "2026-11-01", "2027-01-01")[-1] == "2026-11-24T07:00"


def test_dates_are_added_and_taken_away() -> None:
    found = starts(
        weekly("FREQ=DAILY;COUNT=4", rdate=["2026-12-24T18:00"], exdate=["2026-11-24T07:00", "2026-11-25"]),
        "2026-11-01",
        "2027-01-01",
    )
    assert found == ["2026-11-23T07:00", "2026-11-26T07:00", "2026-12-24T18:00"]


def test_a_missing_time_takes_the_offset_before_the_gap_and_a_doubled_one_is_the_first() -> None:
    assert resolve(datetime.fromisoformat("2026-03-29T02:30"), BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert resolve(datetime.fromisoformat("2026-10-25T02:30"), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]))
    parts = {"FREQ": freq, "INTERVAL": str(draw(st.integers(1, 40 if freq == "HOURLY" else 5)))}
    days = ",".join(sorted(draw(st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), max_size=4))))
    if days:
        parts["BYDAY"] = draw(st.sampled_from([days, "-1FR", "2MO"])) if freq in ("MONTHLY", "YEARLY") else days
    if freq != "WEEKLY" and draw(st.booleans()):
        parts["BYMONTHDAY"] = ",".join(map(str, draw(st.lists(st.integers(1, 31), min_size=1, max_size=4))))
    if draw(st.integers(0, 3)) == 0:
        parts["BYMONTH"] = ",".join(map(str, draw(st.lists(st.sampled_from([1, 3, 5, 7, 12]), min_size=1, max_size=3))))
    if freq in ("WEEKLY", "MONTHLY", "YEARLY") and len(parts) > 2 and draw(st.booleans()):
        parts["BYSETPOS"] = str(draw(st.sampled_from([1, -1, 2])))
    if draw(st.integers(0, 3)) == 0:
        parts["WKST"] = draw(st.sampled_from(["SU", "MO", "TH"]))
    if draw(st.integers(0, 2)) == 0:
        parts["COUNT"] = str(draw(st.integers(1, 60)))
    elif draw(st.booleans()):
        parts["UNTIL"] = (EPOCH_DAY + timedelta(days=draw(st.integers(0, 4000)))).strftime("%Y%m%dT120000")
    return ";".join(f"{name}={value}" for name, value in parts.items())


@settings(deadline=None, max_examples=150)
@given(rules(), st.integers(0, 2000), st.integers(0, 23), st.integers(0, 2500), st.integers(1, 120))
def test_the_expansion_is_that_of_dateutil(rule: str, day: int, hour: int, asked: int, length: int) -> None:
    seed = datetime.combine(EPOCH_DAY + timedelta(days=day), datetime.min.time()).replace(hour=hour)
    horizon = datetime.fromisoformat("2035-01-01")
    start = next(iter(takewhile(lambda one: one < horizon, rrulestr(rule, dtstart=seed))), None)
    assume(start is not None)
    assert start is not None
    first = datetime.combine(EPOCH_DAY + timedelta(days=asked), datetime.min.time())
    last = first + timedelta(days=length)
    reference = rrulestr(rule, dtstart=start)
    assume(next(iter(reference), None) == start)  # INTERVAL with BYSETPOS counts from the new start
    expected = [one for one in takewhile(lambda one: one < last, reference) if one >= first]
    assert Expansion(Recurrence(dtstart=start, rrule=rule), HANOI).between(first, last) == expected


@settings(deadline=None)
@given(st.text(alphabet="FREQ=DAILYWKN;BO,+-0123456789 TUMSP\x00é", max_size=80))
def test_hostile_rules_are_refused_or_read(text: str) -> None:
    with suppress(ValueError):
        assert "FREQ" in parse_rule(text)


def test_rules_that_never_hold_again_end_the_search() -> None:
    leap = Recurrence.model_validate({"dtstart": "2096-02-29T07:00", "rrule": "FREQ=YEARLY"})
    assert starts(leap, "2096-03-01", "2105-01-01") == ["2104-02-29T07:00"]
    with pytest.raises(ValidationError, match="it never holds"):
        weekly("FREQ=DAILY;INTERVAL=7;BYDAY=TU")

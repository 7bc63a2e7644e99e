"""What a change would do, told before it is saved, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.db import now
from tests.server.scheduling.conftest import Desk

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def tomorrow(days: int = 1) -> str:
    return (now() + timedelta(days=days, hours=7)).date().isoformat()


def test_a_check_says_what_is_hidden_where_and_when(desk: Desk) -> None:
    desk.entry("Nền", window={"weekdays": EVERY_DAY, "start": "06:00", "end": "18:00"}, targets={})
    day = tomorrow()
    recurrence = {"dtstart": f"{day}T07:00", "rrule": "FREQ=DAILY;COUNT=3"}
    body = desk.entry_body("Hội chợ", recurrence=recurrence, duration_s=7200, priority=80)
    said = desk.ok("POST", "/schedule/check", body)
    (conflict,) = said["conflicts"]
    assert (conflict["kind"], conflict["panel_name"], conflict["playlist_name"]) == ("shortened", "A", "Nền")
    assert conflict["count"] == 3
    assert conflict["sentences"]["en"].startswith("This shortens “Nền” on A: it is off 07:00-09:00")
    assert set(conflict["sentences"]) == {"vi", "en", "zh"}
    assert [one["local_start"][:16] for one in said["next"]] == [f"{tomorrow(n)}T07:00" for n in (1, 2, 3)]
    assert "07:00" in said["sentences"]["vi"]
    assert (said["hints"], said["panels"], said["panels_left_out"]) == ([], 1, 0)
    assert desk.ok("GET", "/schedule/entries", params={"q": "hoi cho"})["items"] == []


def test_a_check_of_a_change_compares_with_what_is_saved(desk: Desk) -> None:
    window = {"weekdays": EVERY_DAY, "start": "06:00", "end": "18:00"}
    desk.entry("Nền", window=window)
    top = desk.entry("Trên", window=window, priority=80)
    same = desk.entry_body("Trên", window=window, priority=80, id=top["id"])
    assert desk.ok("POST", "/schedule/check", same)["conflicts"] == []
    assert desk.ok("POST", "/schedule/check", same | {"priority": 50})["conflicts"] == []
    low = desk.ok("POST", "/schedule/check", same | {"priority": 20})
    assert [one["code"] for one in low["hints"]] == ["never-on"]


def test_a_month_with_a_31st_is_offered_its_last_day(desk: Desk) -> None:
    recurrence = {"dtstart": "2027-01-30T08:00", "rrule": "FREQ=MONTHLY"}
    body = desk.entry_body(recurrence=recurrence, duration_s=3600)
    (hint,) = desk.ok("POST", "/schedule/check", body)["hints"]
    assert hint["code"] == "month-end"
    assert hint["fix"]["recurrence"]["dtstart"] == "2027-01-31T08:00"
    mended = desk.ok("POST", "/schedule/check", body | hint["fix"])
    assert mended["hints"] == []
    assert [one["local_start"][:10] for one in mended["next"]][:3] == ["2027-01-31", "2027-02-28", "2027-03-31"]


@pytest.mark.parametrize(
    "recurrence",
    [
        {"dtstart": "2027-01-28T08:00", "rrule": "FREQ=MONTHLY"},
        {"dtstart": "2027-01-29T08:00", "rrule": "FREQ=MONTHLY;BYDAY=-1FR"},
        {"dtstart": "2027-01-31T08:00", "rrule": "FREQ=MONTHLY;BYMONTHDAY=-1"},
        {"dtstart": "2027-01-31T08:00", "rrule": "FREQ=DAILY"},
    ],
)
def test_no_last_day_is_offered_where_none_is_left_out(lasting_desk: Desk, recurrence: dict[str, Any]) -> None:
    body = lasting_desk.entry_body(recurrence=recurrence, duration_s=3600)
    assert lasting_desk.ok("POST", "/schedule/check", body)["hints"] == []


def test_a_check_refuses_as_saving_would(desk: Desk) -> None:
    recurrence = {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=WEEKLY;BYDAY=TU"}
    problem = desk.refused("POST", "/schedule/check", desk.entry_body(recurrence=recurrence, duration_s=3600))
    assert problem["fix"]["recurrence"]["dtstart"] == "2026-11-24T07:00"
    sunny = {"weekdays": EVERY_DAY, "start": "sunrise", "end": "sunset"}
    assert desk.refused("POST", "/schedule/check", desk.entry_body(window=sunny))["code"] == "no-place"


def test_an_override_says_what_it_hides(desk: Desk) -> None:
    desk.entry("Nền", window={"weekdays": EVERY_DAY, "start": "00:00", "end": "24:00"})
    starts = datetime.fromisoformat(f"{tomorrow()}T03:00:00+00:00")
    body = {
        "playlist_id": desk.playlist("Bão"),
        "targets": {"panels": [desk.panel_id]},
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1)).isoformat(),
    }
    said = desk.ok("POST", "/overrides/check", body)
    (conflict,) = said["conflicts"]
    assert (conflict["kind"], conflict["count"]) == ("shortened", 1)
    assert "10:00-11:00" in conflict["sentences"]["vi"]
    assert desk.ok("GET", "/overrides")["items"] == []

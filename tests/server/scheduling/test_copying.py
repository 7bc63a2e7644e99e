"""Copying a span, what ends soon, and forgetting what was deleted long ago, on both databases."""

from __future__ import annotations

from datetime import timedelta

from server.db import Database, now
from server.scheduling.entries import service
from tests.server.scheduling.conftest import Desk

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
TET_2026 = {"first": "2026-02-16", "last": "2026-02-19", "to": "2027-02-05"}


def test_last_years_tet_comes_again_on_the_days_of_this_one(desk: Desk) -> None:
    desk.entry("Luôn luôn", window={"weekdays": EVERY_DAY, "start": "00:00", "end": "24:00"})
    recurrence = {"dtstart": "2026-02-15T08:00", "rrule": "FREQ=DAILY;COUNT=10"}
    both = {"panels": [desk.panel_id, desk.other_panel_id]}
    desk.entry("Chúc Tết", recurrence=recurrence, duration_s=3600, priority=70, targets=both)
    body = TET_2026 | {"panel_ids": [desk.panel_id]}
    dry = desk.ok("POST", "/schedule/copy", body)
    assert (dry["dry_run"], dry["left_out"], [one["times"] for one in dry["copies"]]) == (True, 1, [4])
    assert dry["copies"][0]["entry_id"] is None
    assert "05/02/2027" in dry["copies"][0]["sentences"]["vi"]
    assert len(desk.ok("GET", "/schedule/entries")["items"]) == 2
    made = desk.ok("POST", "/schedule/copy", body | {"dry_run": False})
    copied = desk.ok("GET", f"/schedule/entries/{made['copies'][0]['entry_id']}")
    assert copied["recurrence"]["dtstart"] == "2027-02-05T08:00:00"
    assert (copied["last_on"], copied["duration_s"], copied["priority"]) == ("2027-02-08", 3600, 70)
    assert copied["targets"]["panels"] == [desk.panel_id]


def test_a_week_copied_by_weeks_keeps_its_daypart(desk: Desk) -> None:
    windows = [
        {"weekdays": [1, 3], "start": "07:00", "end": "11:00"},
        {"weekdays": [3], "start": "13:00", "end": "15:00"},
    ]
    daypart = desk.ok("POST", "/dayparts", {"name": "Hội chợ", "windows": windows})["id"]
    desk.entry("Hội chợ", daypart_id=daypart, valid_from="2026-11-23", valid_until="2026-11-29")
    body = {"panel_ids": [desk.panel_id], "first": "2026-11-23", "last": "2026-11-29", "to": "2026-12-07"}
    made = desk.ok("POST", "/schedule/copy", body | {"dry_run": False})
    copied = desk.ok("GET", f"/schedule/entries/{made['copies'][0]['entry_id']}")
    assert copied["daypart_id"] == daypart
    assert [copied["recurrence"]["dtstart"], *copied["recurrence"]["rdate"]] == ["2026-12-07", "2026-12-09"]
    moved = desk.ok("POST", "/schedule/copy", body | {"to": "2026-12-08"})
    assert [(one["times"]) for one in moved["copies"]] == [1, 2]


def test_a_copy_onto_itself_and_of_foreign_panels_is_refused(desk: Desk) -> None:
    body = TET_2026 | {"panel_ids": [desk.panel_id]}
    assert desk.refused("POST", "/schedule/copy", body | {"to": "2026-02-19"})["code"] == "invalid-request"
    assert desk.refused("POST", "/schedule/copy", body | {"last": "2026-02-15"})["code"] == "invalid-request"
    assert desk.refused("POST", "/schedule/copy", body | {"panel_ids": [desk.site_id]})["code"] == "not-found"


def test_what_ends_soon_is_listed_first_to_end_first(desk: Desk) -> None:
    window = {"weekdays": EVERY_DAY, "start": "07:00", "end": "08:00"}
    for name, days in {"xa": 60, "mai": 1, "tuần": 7, "qua": -3}.items():
        desk.entry(name, window=window, valid_until=(now() + timedelta(days=days)).date().isoformat())
    desk.entry("mãi mãi", window=window)

    def ending(days: str) -> list[str]:
        rows = desk.client.get("/api/v1/schedule/ending", params={"within_days": days}).json()
        return [one["playlist_name"] for one in rows]

    assert ending("14") == ["mai", "tuần"]
    assert ending("90") == ["mai", "tuần", "xa"]


def test_what_was_deleted_long_ago_is_forgotten(desk: Desk, database: Database) -> None:
    made = desk.entry(window={"weekdays": [1], "start": "07:00", "end": "08:00"})
    path = f"/schedule/entries/{made['id']}"
    desk.ok("DELETE", path)
    with database.write() as session:
        service.forget_deleted(session, now() + timedelta(days=29))
    assert desk.ok("GET", path)["deleted_at"] is not None
    with database.write() as session:
        service.forget_deleted(session, now() + timedelta(days=31))
    assert desk.refused("GET", path)["code"] == "not-found"

"""Calendar feeds and imports of iCalendar through the API, on both databases."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from icalendar import Calendar

from tests.conftest import People
from tests.server.scheduling.conftest import Desk

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def ics(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT\r\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{body}END:VCALENDAR\r\n"


FAIR = "DTSTART;TZID=Asia/Ho_Chi_Minh:20270222T080000\r\nDTEND;TZID=Asia/Ho_Chi_Minh:20270222T100000\r\nSUMMARY:Hội chợ"
TOO_FINE = "DTSTART:20270222T080000Z\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:Nhanh"
TET = "DTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270209\r\nSUMMARY:Tết"


def test_a_feed_is_read_by_whoever_has_its_address_until_it_is_revoked(desk: Desk, people: People) -> None:
    window = {"weekdays": EVERY_DAY, "start": "07:00", "end": "17:00"}
    desk.entry("Ngày thường", window=window, note="Ca ngày")
    desk.entry("Cả nơi này", window=window, targets={"sites": [desk.site_id]})
    made = desk.ok("POST", "/calendar-feeds", {"panel_id": desk.panel_id, "name": "Phòng văn hóa"})
    with httpx.Client(timeout=30) as stranger:
        answer = stranger.get(made["url"])
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        events = Calendar.from_ical(answer.text).events
        assert {str(one["SUMMARY"]) for one in events} == {"Ngày thường", "Cả nơi này"}
        assert answer.text.count("RRULE:FREQ=WEEKLY;BYDAY=") == 2
        of_site = desk.ok("POST", "/calendar-feeds", {"site_id": desk.site_id})
        text = stranger.get(of_site["url"]).text
        assert "Ca ngày\\nA" in text.replace("\r\n ", "")
        assert len(Calendar.from_ical(text).events) == 2
        assert [one["id"] for one in desk.ok("GET", "/calendar-feeds")["items"]] == [of_site["id"], made["id"]]
        desk.ok("POST", f"/calendar-feeds/{made['id']}/revoke")
        assert stranger.get(made["url"]).status_code == 404
        assert stranger.get(of_site["url"]).status_code == 200
    assert "url" not in desk.ok("GET", "/calendar-feeds")["items"][0]
    assert desk.refused("POST", "/calendar-feeds", {})["code"] == "invalid-request"


def test_an_import_tells_first_and_makes_then(desk: Desk) -> None:
    body = {
        "playlist_id": desk.playlist(),
        "targets": {"panels": [desk.panel_id]},
        "ics": ics(FAIR, TOO_FINE),
        "priority": 60,
    }
    dry = desk.ok("POST", "/schedule/import", body)
    assert [(one["title"], one["entry_id"]) for one in dry["entries"]] == [("Hội chợ", None)]
    assert [(one["component"], one["taken"]) for one in dry["complaints"]] == [("VEVENT", False)]
    assert desk.ok("GET", "/schedule/entries")["items"] == []
    made = desk.ok("POST", "/schedule/import", body | {"dry_run": False})
    (entry,) = desk.ok("GET", "/schedule/entries")["items"]
    assert entry["id"] == made["entries"][0]["entry_id"]
    assert (entry["note"], entry["duration_s"], entry["priority"]) == ("Hội chợ", 7200, 60)
    assert entry["recurrence"]["dtstart"] == "2027-02-22T08:00:00"


@pytest.mark.parametrize("text", ["nothing of the kind", "BEGIN:VCALENDAR", "\u0000", "BEGIN:VEVENT\r\nEND:VCALENDAR"])
def test_what_is_no_calendar_is_refused(lasting_desk: Desk, text: str) -> None:
    body = {"playlist_id": lasting_desk.playlist(), "targets": {}, "ics": text}
    assert lasting_desk.refused("POST", "/schedule/import", body)["code"] == "unreadable-calendar"


def test_days_of_a_file_wait_to_be_confirmed(desk: Desk, admin: httpx.Client) -> None:
    calendar = admin.post("/api/v1/special-calendars", json={"name": "Láng giềng"}).json()["id"]
    path = f"/api/v1/special-calendars/{calendar}"
    body: dict[str, Any] = {"ics": ics(TET), "first_year": 2027, "last_year": 2027}
    dry = admin.post(f"{path}/import", json=body).json()
    assert [one["date"] for one in dry["added"]] == ["2027-02-06", "2027-02-07", "2027-02-08"]
    assert admin.get(f"{path}/years/2027").json()["is_proposal"] is True
    held = {"dates": [{"date": "2027-02-07", "name": "Mùng hai"}], "confirmed": True}
    assert admin.put(f"{path}/years/2027", json=held).status_code == 200
    done = admin.post(f"{path}/import", json=body | {"dry_run": False}).json()
    assert ([one["date"] for one in done["added"]], done["years"]) == (["2027-02-06", "2027-02-08"], [2027])
    year = admin.get(f"{path}/years/2027").json()
    assert [(one["date"], one["name"]) for one in year["dates"]] == [
        ("2027-02-06", "Tết"),
        ("2027-02-07", "Mùng hai"),
        ("2027-02-08", "Tết"),
    ]
    assert year["confirmed_at"] is None
    assert desk.refused("POST", path.removeprefix("/api/v1") + "/import", body)["code"] == "forbidden"

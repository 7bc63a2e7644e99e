"""Special days, hours that follow them and the sun, quotas and essential notices only, on both databases."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from playlists.special_day import DayKind
from server.db import Database
from server.scheduling.special_days.proposals import propose
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.scheduling.conftest import Desk, Document, new_desk

TET = {"from": "2027-02-05T17:00:00Z", "to": "2027-02-06T17:00:00Z"}
"""Saturday 6 February 2027 in Hanoi, the first day of Tết."""
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def ask(client: httpx.Client, method: str, path: str, body: object = None) -> Document:
    answer = client.request(method, f"/api/v1{path}", json=body)
    assert answer.is_success, answer.text
    shown: Document = answer.json()
    return shown


def spans(desk: Desk) -> list[str]:
    shown = desk.ok("GET", f"/panels/{desk.panel_id}/preview", params=TET)
    return [f"{one['local_start'][11:16]} {one['layer']}" for one in shown["spans"]]


def test_proposals_know_tet_and_swapped_days() -> None:
    days = {one.date: one.kind for one in propose("VN", 2026)}
    assert days[date(2026, 2, 17)] is DayKind.DAY_OFF
    assert days[date(2026, 8, 22)] is DayKind.WORKING_DAY
    assert {one.date for one in propose("CN", 2027)} >= {date(2027, 2, 6), date(2027, 10, 1)}


def test_a_year_counts_once_an_administrator_confirmed_it(desk: Desk, admin: httpx.Client) -> None:
    calendar = ask(admin, "POST", "/special-calendars", {"name": "Lễ Tết", "country": "VN"})
    path = f"/special-calendars/{calendar['id']}/years/2027"
    proposed = desk.ok("GET", path)
    assert (proposed["is_proposal"], proposed["rev"]) == (True, 0)
    assert "2027-02-06" in [one["date"] for one in proposed["dates"]]
    daypart = {
        "name": "Trừ lễ",
        "windows": [{"weekdays": EVERY_DAY, "start": "07:00", "end": "17:00"}],
        "calendar_id": calendar["id"],
        "day_off_windows": [{"start": "09:00", "end": "10:00"}],
    }
    made = desk.ok("POST", "/dayparts", daypart)
    desk.entry(daypart_id=made["id"])
    assert spans(desk)[1] == "07:00 schedule"
    desk.ok("GET", path)
    assert desk.refused("PUT", path, {"dates": [], "confirmed": True})["code"] == "forbidden"
    ask(admin, "PUT", path, {"dates": proposed["dates"], "confirmed": False})
    assert spans(desk)[1] == "07:00 schedule"
    ask(admin, "PUT", path, {"dates": proposed["dates"], "confirmed": True})
    assert spans(desk)[1] == "09:00 schedule"
    assert desk.ok("GET", f"/special-calendars/{calendar['id']}")["years"] == [{"year": 2027, "confirmed": True}]
    tied = {"calendar_id": calendar["id"], "rule": "only"}
    desk.entry("Chúc Tết", window=daypart["windows"][0], special_days=tied, priority=60)
    assert spans(desk)[1] == "07:00 schedule"


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ([{"date": "2026-02-06"}], "wrong-year"),
        ([{"date": "2027-02-06"}, {"date": "2027-02-06"}], "invalid-request"),
        ([{"date": "2027-02-06", "as_weekday": 1}], "invalid-request"),
        ([{"date": "2027-02-30"}], "invalid-request"),
    ],
)
def test_a_year_that_cannot_be_is_refused(admin: httpx.Client, dates: list[dict[str, object]], code: str) -> None:
    calendar = ask(admin, "POST", "/special-calendars", {"name": "Lễ", "country": None})
    path = f"/api/v1/special-calendars/{calendar['id']}/years/2027"
    answer = admin.put(path, json={"dates": dates, "confirmed": True})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_hours_follow_exceptions_and_the_sun(desk: Desk, people: People) -> None:
    chief = people.person(Role.ADMINISTRATOR, desk.agency.id).client
    panel = f"/panels/{desk.panel_id}"
    sunny = {"operating_hours": [{"weekdays": EVERY_DAY, "start": "sunrise-00:30", "end": "22:00"}]}
    refused = chief.patch(f"/api/v1{panel}", json=sunny)
    assert (refused.status_code, refused.json()["code"]) == (422, "no-place")
    place = {"latitude_microdegrees": 22838000, "longitude_microdegrees": 106325000}
    assert ask(chief, "PATCH", f"/sites/{desk.site_id}", {"place": place})["place"] == place
    shown = ask(chief, "PATCH", panel, sunny | {"tags": ["gate", "gate", "a1"]})
    assert (shown["tags"], shown["operating_hours"][0]["start"]) == (["a1", "gate"], "sunrise-00:30")
    assert spans(desk) == ["00:00 dark", "06:02 safe_loop", "22:00 dark"]
    longer = {"hours_exceptions": [{"date": "2027-02-06", "windows": [{"start": "00:00", "end": "24:00"}]}]}
    ask(chief, "PATCH", panel, longer)
    assert spans(desk) == ["00:00 safe_loop"]
    assert ask(chief, "PATCH", panel, {"hours_exceptions": []})["tags"] == ["a1", "gate"]


def test_quotas_are_the_panels_own_to_give(desk: Desk, people: People, database: Database) -> None:
    chief = people.person(Role.ADMINISTRATOR, desk.agency.id).client
    guest = new_desk(people, database)
    path = f"/panels/{desk.panel_id}/quotas"
    both = [{"agency_id": str(desk.agency.id), "permille": 700}, {"agency_id": str(guest.agency.id), "permille": 300}]
    assert chief.put(f"/api/v1{path}", json={"quotas": [*both, {**both[0], "permille": 1}]}).status_code == 422
    assert chief.put(f"/api/v1{path}", json={"quotas": [both[0], {**both[1], "permille": 301}]}).status_code == 422
    assert desk.refused("PUT", path, {"quotas": both})["code"] == "forbidden"
    shown = ask(chief, "PUT", path, {"quotas": both})
    assert {one["agency_id"]: one["permille"] for one in shown["quotas"]} == {
        str(desk.agency.id): 700,
        str(guest.agency.id): 300,
    }
    document = desk.ok("GET", f"/panels/{desk.panel_id}/timeline.json")
    assert document["panel"]["quotas"] == {str(desk.agency.id): 700, str(guest.agency.id): 300}
    window = {"weekdays": EVERY_DAY, "start": "00:00", "end": "24:00"}
    desk.entry(window=window)
    guest.entry("Khách", window=window, targets={"panels": [desk.panel_id]}, weight=100)
    asked = {"from": "2027-02-06T00:00:00Z", "to": "2027-02-06T01:00:00Z", "airings": True}
    airings = desk.ok("GET", f"/panels/{desk.panel_id}/preview", params=asked)["airings"]
    own = desk.playlist()
    assert sum(one["playlist_id"] == own for one in airings) > len(airings) / 2


def test_essential_only_drops_all_else_and_says_so_before(desk: Desk) -> None:
    desk.entry(window={"weekdays": EVERY_DAY, "start": "00:00", "end": "24:00"})
    remains = desk.ok("POST", "/essential-only/preview", {"site_ids": [desk.site_id]})["panels"]
    assert [[one["title"] for one in panel["goes"]] for panel in remains] == [["Giờ làm việc"], []]
    body = {"site_ids": [desk.site_id], "reason": "Quốc tang"}
    times = {"starts_at": "2027-02-06T03:00:00Z", "ends_at": "2027-02-06T05:00:00Z"}
    assert desk.refused("POST", "/essential-only", body)["code"] == "invalid-request"
    made = desk.ok("POST", "/essential-only", body | times)
    assert spans(desk) == ["00:00 schedule", "10:00 safe_loop", "12:00 schedule"]
    desk.ok("PATCH", f"/notices/{desk.notice_id}", {"content_class": "essential"})
    assert spans(desk) == ["00:00 schedule", "10:00 schedule", "12:00 schedule"]
    desk.ok("PATCH", f"/notices/{desk.notice_id}", {"festive": True})
    assert spans(desk)[1] == "10:00 safe_loop"
    ended = desk.ok("POST", f"/essential-only/{made['id']}/end")
    assert ended["state"] == "ended"
    assert spans(desk) == ["00:00 schedule"]
    assert [one["id"] for one in desk.ok("GET", "/essential-only", params={"past": True})["items"]] == [made["id"]]


def test_a_playlist_says_how_its_languages_follow(desk: Desk) -> None:
    playlist = desk.playlist()
    items = desk.ok("GET", f"/playlists/{playlist}")["items"]
    kept = [{key: one[key] for key in ("id", "notice_id", "languages", "on_air_ms")} for one in items]
    change = {"items": kept, "rotation": "weighted", "language_weights": {"vi": 2}}
    shown = desk.ok("PUT", f"/playlists/{playlist}", change)
    assert (shown["rotation"], shown["language_weights"]) == ("weighted", {"vi": 2})
    assert desk.ok("PUT", f"/playlists/{playlist}", {"items": kept})["rotation"] == "weighted"
    desk.entry(window={"weekdays": EVERY_DAY, "start": "00:00", "end": "24:00"})
    asked = {"from": "2027-02-05T17:00:00Z", "to": "2027-02-05T17:00:20Z", "airings": True}
    airings = desk.ok("GET", f"/panels/{desk.panel_id}/preview", params=asked)["airings"]
    assert [one["language"] for one in airings] == ["vi", "en", "zh", "vi"]

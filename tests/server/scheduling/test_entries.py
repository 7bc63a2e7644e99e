"""Dayparts, schedule entries, overrides and drafts through the API, on both databases."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from playlists.document import explain_document, read_document, read_moment
from server.db import Database
from server.tables import PanelQuota, PanelTag
from tests.conftest import People
from tests.server.scheduling.conftest import Desk, Document, new_desk

WORK = [{"weekdays": [1, 2, 3, 4, 5], "start": "07:00", "end": "17:00"}]
MONDAY = {"from": "2026-11-22T17:00:00Z", "to": "2026-11-23T17:00:00Z"}
"""Monday 23 November 2026 in Hanoi."""


def daypart(desk: Desk, name: str = "Giờ làm việc", **fields: Any) -> Document:
    return desk.ok("POST", "/dayparts", {"name": name, "windows": WORK, **fields})


def spans(desk: Desk, panel_id: str | None = None, **params: Any) -> list[str]:
    """Return what a draft shows on Monday: local start, local end, layer, playlists."""
    path = f"/panels/{panel_id or desk.panel_id}/preview"
    shown = desk.ok("GET", path, params=MONDAY | params)
    assert shown["complete"]
    return [
        f"{one['local_start'][11:16]} {one['local_end'][11:16]} {one['layer']}"
        + "".join(f" {playlist['name']}" for playlist in one["playlists"])
        for one in shown["spans"]
    ]


def test_an_entry_follows_its_daypart_and_its_exceptions(desk: Desk) -> None:
    made = daypart(desk)
    desk.entry(daypart_id=made["id"])
    assert spans(desk) == ["00:00 07:00 safe_loop", "07:00 17:00 schedule Hằng ngày", "17:00 00:00 safe_loop"]
    closed = {"name": "Nghỉ", "windows": WORK, "exceptions": [{"date": "2026-11-23", "windows": []}]}
    desk.ok("PUT", f"/dayparts/{made['id']}", closed, headers={"If-Match": '"1"'})
    assert spans(desk) == ["00:00 00:00 safe_loop"]


def test_a_daypart_in_use_is_not_archived_and_says_where(desk: Desk) -> None:
    made = daypart(desk)
    entry = desk.entry(daypart_id=made["id"])
    path = f"/dayparts/{made['id']}"
    assert [one["entry_id"] for one in desk.ok("GET", f"{path}/uses")["entries"]] == [entry["id"]]
    assert desk.refused("POST", f"{path}/archive")["code"] == "daypart-in-use"
    desk.ok("DELETE", f"/schedule/entries/{entry['id']}")
    assert desk.ok("POST", f"{path}/archive")["archived_at"] is not None
    assert desk.refused("POST", f"/schedule/entries/{entry['id']}/restore")["code"] == "daypart-archived"
    assert desk.refused("POST", "/schedule/entries", desk.entry_body(daypart_id=made["id"]))["code"] == (
        "daypart-archived"
    )
    assert desk.ok("GET", "/dayparts", params={"q": "gio lam"})["items"] == []
    desk.ok("POST", f"{path}/restore")
    assert [one["id"] for one in desk.ok("GET", "/dayparts", params={"q": "gio lam"})["items"]] == [made["id"]]


def test_targets_are_panels_tags_sites_or_everywhere(desk: Desk, database: Database) -> None:
    with database.write() as session:
        session.add(PanelTag(panel_id=UUID(desk.other_panel_id), tag="gate"))
    window = {"weekdays": [1], "start": "07:00", "end": "08:00"}
    for name, targets in {
        "panel": {"panels": [desk.panel_id]},
        "tag": {"tags": ["gate"]},
        "site": {"sites": [desk.site_id]},
        "all": {},
    }.items():
        desk.entry(name, window=window, targets=targets)
    first = desk.ok("GET", "/schedule/entries", params={"panel_id": desk.panel_id})["items"]
    second = desk.ok("GET", "/schedule/entries", params={"panel_id": desk.other_panel_id})["items"]
    assert [one["playlist_name"] for one in first] == ["all", "site", "panel"]
    assert [one["playlist_name"] for one in second] == ["all", "site", "tag"]
    offered = desk.ok("GET", "/schedule/targets")
    assert [one["tags"] for one in offered["panels"]] == [[], ["gate"]]
    assert (offered["tags"], [one["id"] for one in offered["sites"]]) == (["gate"], [desk.site_id])


def test_everywhere_ends_at_the_agencys_panels_and_its_quotas(desk: Desk, people: People, database: Database) -> None:
    guest = new_desk(people, database)
    guest.entry("Của khách", window={"weekdays": [1], "start": "07:00", "end": "08:00"}, targets={})
    path = f"/panels/{desk.panel_id}/preview"
    assert spans(desk) == ["00:00 00:00 safe_loop"]
    assert guest.refused("GET", path, params=MONDAY)["code"] == "not-found"
    assert (
        guest.refused(
            "POST", "/schedule/entries", guest.entry_body(window=WORK[0], targets={"panels": [desk.panel_id]})
        )["code"]
        == "not-found"
    )
    with database.write() as session:
        session.add(PanelQuota(panel_id=UUID(desk.panel_id), agency_id=guest.agency.id, permille=300))
    assert spans(desk)[1] == "07:00 08:00 schedule Của khách"
    assert spans(desk, desk.other_panel_id) == ["00:00 00:00 safe_loop"]
    assert guest.ok("GET", path, params=MONDAY)["spans"]
    assert [one["is_guest"] for one in guest.ok("GET", "/schedule/targets")["panels"]] == [True, False, False]


def test_what_a_start_excludes_is_refused_with_the_start_that_fits(desk: Desk) -> None:
    recurrence = {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=WEEKLY;BYDAY=TU"}
    body = desk.entry_body(recurrence=recurrence, duration_s=3600)
    problem = desk.refused("POST", "/schedule/entries", body)
    assert problem["code"] == "start-excluded"
    assert problem["fix"]["recurrence"]["dtstart"] == "2026-11-24T07:00"
    assert set(problem["sentences"]) == {"vi", "en", "zh"}
    assert desk.ok("POST", "/schedule/entries", body | problem["fix"])["recurrence"]["dtstart"] == "2026-11-24T07:00:00"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "an entry needs a daypart"),
        ({"duration_s": 60}, "an entry needs a daypart"),
        ({"window": WORK[0], "duration_s": 60}, "a daypart or duration_s, not both"),
        ({"recurrence": {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=SECONDLY"}, "duration_s": 60}, "SECONDLY"),
        ({"recurrence": {"dtstart": "gestern"}, "duration_s": 60}, "no local date or time"),
        ({"recurrence": {"dtstart": "2026-11-23T07:00Z"}, "duration_s": 60}, "no offset"),
        ({"window": WORK[0], "valid_from": "2026-12-01", "valid_until": "2026-11-30"}, "lies before valid_from"),
        ({"window": {"weekdays": [1], "start": "07:00", "end": "07:00"}}, "a window that starts when it ends"),
    ],
)
def test_an_entry_that_cannot_be_planned_is_refused_with_the_reason(
    lasting_desk: Desk, fields: dict[str, Any], said: str
) -> None:
    problem = lasting_desk.refused("POST", "/schedule/entries", lasting_desk.entry_body(**fields))
    assert (problem["status"], said in problem["detail"]) == (422, True), problem


@pytest.mark.parametrize(
    ("fields", "last_on"),
    [
        ({"window": WORK[0]}, None),
        ({"window": WORK[0], "valid_until": "2026-12-31"}, "2026-12-31"),
        ({"recurrence": {"dtstart": "2026-11-23T22:00"}, "duration_s": 7200}, "2026-11-23"),
        ({"recurrence": {"dtstart": "2026-11-23T22:00"}, "duration_s": 7201}, "2026-11-24"),
        (
            {"recurrence": {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=DAILY;COUNT=3"}, "duration_s": 60},
            "2026-11-25",
        ),
        (
            {"recurrence": {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=DAILY;UNTIL=20261201"}, "duration_s": 60},
            "2026-12-01",
        ),
        ({"recurrence": {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=DAILY"}, "duration_s": 60}, None),
        ({"window": WORK[0], "recurrence": {"dtstart": "2026-11-23", "rdate": ["2026-12-05"]}}, "2026-12-05"),
    ],
)
def test_an_entry_knows_its_last_day(lasting_desk: Desk, fields: dict[str, Any], last_on: str | None) -> None:
    assert lasting_desk.entry(**fields)["last_on"] == last_on


def test_a_deleted_entry_comes_back_as_it_was(desk: Desk) -> None:
    made = desk.entry(window=WORK[0], note="Đợt cao điểm")
    path = f"/schedule/entries/{made['id']}"
    assert desk.refused("DELETE", path, headers={"If-Match": '"2"'})["code"] == "stale"
    gone = desk.ok("DELETE", path, headers={"If-Match": '"1"'})
    assert gone["deleted_at"] is not None
    assert spans(desk) == ["00:00 00:00 safe_loop"]
    assert desk.ok("GET", "/schedule/entries", params={"q": "dot cao"})["items"] == []
    assert desk.refused("PUT", path, desk.entry_body(window=WORK[0]))["code"] == "entry-deleted"
    back = desk.ok("POST", f"{path}/restore")
    assert {key: made[key] for key in ("targets", "window", "note", "playlist_id")} == {
        key: back[key] for key in ("targets", "window", "note", "playlist_id")
    }
    assert [one["id"] for one in desk.ok("GET", "/schedule/entries", params={"q": "DOT"})["items"]] == [made["id"]]


def test_an_override_stands_above_and_ends_early(desk: Desk) -> None:
    desk.entry(window={"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"})
    body = {"playlist_id": desk.playlist("Bão"), "targets": {"sites": [desk.site_id]}, "reason": "Bão số 5"}
    missing = desk.refused("POST", "/overrides", body)
    assert missing["code"] == "invalid-request"
    assert desk.refused("POST", "/overrides", body | {"ends_at": "2020-01-01T00:00:00Z"})["code"] == "invalid-end"
    times = {"starts_at": "2027-03-01T01:00:00Z", "ends_at": "2027-03-01T02:00:00Z"}
    made = desk.ok("POST", "/overrides", body | times)
    assert (made["state"], made["targets"]["sites"]) == ("planned", [desk.site_id])
    asked = {"at": "2027-03-01T01:30:00Z"}
    said = desk.ok("GET", f"/panels/{desk.other_panel_id}/explain", params=asked)
    assert (said["span"]["layer"], said["airing"]["title"]) == ("override", "Giờ làm việc")
    said = desk.ok("GET", f"/panels/{desk.panel_id}/explain", params=asked)
    assert [one["name"] for one in said["span"]["displaced"][0]["playlists"]] == ["Hằng ngày"]
    changed = desk.ok("PATCH", f"/overrides/{made['id']}", {"ends_at": "2027-03-01T01:15:00Z"})
    assert changed["ends_at"] == "2027-03-01T01:15:00.000Z"
    assert desk.ok("GET", f"/panels/{desk.panel_id}/explain", params=asked)["span"]["layer"] == "schedule"
    ended = desk.ok("POST", f"/overrides/{made['id']}/end")
    assert (ended["state"], ended["ended_by"]) == ("ended", str(desk.user.id))
    assert desk.ok("GET", "/overrides")["items"] == []
    assert [one["id"] for one in desk.ok("GET", "/overrides", params={"past": True})["items"]] == [made["id"]]
    assert desk.refused("PATCH", f"/overrides/{made['id']}", {"ends_at": "2027-03-01T02:00:00Z"})["code"] == (
        "override-ended"
    )


def test_a_plain_week_leaves_other_entries_alone(desk: Desk) -> None:
    everywhere = desk.entry("Chung", window=WORK[0], targets={})
    dated = desk.entry("Một lần", recurrence={"dtstart": "2026-11-23T09:00"}, duration_s=3600, priority=60)
    window = {"playlist_id": desk.playlist(), "weekdays": [1], "start": "06:00", "end": "07:00"}
    path = f"/panels/{desk.panel_id}/schedule"
    week = desk.ok("PUT", path, {"entries": [window]})
    assert [one["playlist_name"] for one in week["entries"]] == ["Hằng ngày"]
    assert spans(desk)[1:5] == [
        "06:00 07:00 schedule Hằng ngày",
        "07:00 09:00 schedule Chung",
        "09:00 10:00 schedule Một lần",
        "10:00 17:00 schedule Chung",
    ]
    desk.ok("PUT", path, {"entries": []})
    left = {one["id"] for one in desk.ok("GET", "/schedule/entries", params={"panel_id": desk.panel_id})["items"]}
    assert left == {everywhere["id"], dated["id"]}


def test_a_timeline_document_says_the_same_as_the_preview(desk: Desk) -> None:
    made = daypart(desk)
    desk.entry("Ngày", daypart_id=made["id"])
    desk.entry("Sáng", window={"weekdays": [1], "start": "08:00", "end": "09:00"}, weight=3)
    document = desk.ok("GET", f"/panels/{desk.panel_id}/timeline.json")
    assert {one["name"] for one in document["playlists"]} == {"Ngày", "Sáng"}
    preview = desk.ok(
        "GET", f"/panels/{desk.panel_id}/preview", params=MONDAY | {"airings": True, "to": "2026-11-23T02:00:00Z"}
    )
    assert [one["why"] for one in preview["airings"] if one["entry_id"]]

    read = read_document(json.dumps(document).encode())
    start = read_moment(MONDAY["from"], read, is_end=False)
    end = read_moment("2026-11-23T02:00:00Z", read, is_end=True)
    explained = explain_document(read, start, end, most=2000)
    assert [(one["starts_at"], one["item"]) for one in explained.airings] == [
        (one["starts_at"], one["item_id"]) for one in preview["airings"]
    ]


def test_an_administrator_of_everything_plans_for_the_playlists_agency(desk: Desk, admin: httpx.Client) -> None:
    made = admin.post("/api/v1/schedule/entries", json=desk.entry_body(window=WORK[0])).json()
    assert made["agency_id"] == str(desk.agency.id)
    nothing = desk.entry_body(window=WORK[0]) | {"playlist_id": desk.site_id}
    assert admin.post("/api/v1/schedule/entries", json=nothing).status_code in (404, 422)

"""Playlists and panels' plain weeks through the API, on both databases."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from server.db import Database
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.scheduling.conftest import Desk, add_notice


def item(notice_id: str, *languages: str, on_air_ms: int = 5000) -> dict[str, Any]:
    return {"notice_id": notice_id, "languages": list(languages), "on_air_ms": on_air_ms}


def made(desk: Desk, name: str = "Hằng ngày", items: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    chosen = [item(desk.notice_id, "vi", "en", "zh")] if items is None else items
    answer = desk.client.post("/api/v1/playlists", json={"name": name, "items": chosen})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_playlist_keeps_order_and_the_ids_of_its_items(desk: Desk) -> None:
    shown = made(desk, items=[item(desk.notice_id, "vi"), item(desk.notice_id, "en", "zh", on_air_ms=8000)])
    assert (shown["item_count"], shown["round_ms"], shown["rev"]) == (2, 21_000, 1)
    first, second = shown["items"]
    swapped = [{key: one[key] for key in ("id", "notice_id", "languages", "on_air_ms")} for one in (second, first)] + [
        item(desk.notice_id, "zh")
    ]
    path = f"/api/v1/playlists/{shown['id']}"
    answer = desk.client.put(path, json={"items": swapped}, headers={"If-Match": '"1"'})
    assert answer.headers["ETag"] == '"2"'
    ids = [one["id"] for one in desk.client.get(path).json()["items"]]
    assert ids[:2] == [second["id"], first["id"]]
    assert len(set(ids)) == 3


def test_an_edit_of_an_older_revision_is_refused(desk: Desk) -> None:
    path = f"/api/v1/playlists/{made(desk)['id']}"
    assert desk.client.put(path, json={"items": []}, headers={"If-Match": '"1"'}).status_code == 200
    late = desk.client.put(path, json={"items": []}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["current_rev"]) == (412, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"languages": []}, "invalid-request"),
        ({"languages": ["vi", "vi"]}, "invalid-request"),
        ({"languages": ["fr"]}, "invalid-request"),
        ({"on_air_ms": 2999}, "invalid-request"),
        ({"on_air_ms": 4500}, "invalid-request"),
        ({"on_air_ms": 3_601_000}, "invalid-request"),
        ({"notice_id": str(uuid4())}, "no-such-notice"),
        ({"colour": "red"}, "invalid-request"),
    ],
)
def test_an_item_that_cannot_be_is_refused_with_a_sentence(desk: Desk, change: dict[str, Any], code: str) -> None:
    wrong = item(desk.notice_id, "vi") | change
    answer = desk.client.post("/api/v1/playlists", json={"name": "x", "items": [wrong]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"]


def test_a_missing_translation_is_named(desk: Desk) -> None:
    answer = desk.client.post("/api/v1/playlists", json={"name": "x", "items": [item(desk.incomplete_id, "vi", "zh")]})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("The notice Mất điện has no picture in Chinese yet.")


def test_another_agencys_notice_is_none(desk: Desk, people: People, database: Database) -> None:
    agency = people.agency()
    user = people.person(Role.EDITOR, agency.id).user
    with database.write() as session:
        foreign = add_notice(session, user, agency.id, "Của người khác", ("vi",))
    answer = desk.client.post("/api/v1/playlists", json={"name": "x", "items": [item(foreign, "vi")]})
    assert (answer.status_code, answer.json()["code"]) == (422, "no-such-notice")
    assert "Của người khác" not in answer.text


def test_a_playlist_is_found_without_accents(desk: Desk, people: People) -> None:
    for name in ("Ngày thường", "Ngày lễ", "Đường đèo 100%"):
        made(desk, name)

    def found(q: str) -> set[str]:
        return {row["name"] for row in desk.client.get("/api/v1/playlists", params={"q": q}).json()["items"]}

    assert found("NGAY") == {"Ngày thường", "Ngày lễ"}
    assert found("thuong ngay") == {"Ngày thường"}
    assert found("duong %") == {"Đường đèo 100%"}
    assert found("_") == set()
    stranger = people.person(Role.EDITOR, people.agency().id).client
    assert stranger.get("/api/v1/playlists").json()["items"] == []


def test_pages_have_no_gaps(desk: Desk) -> None:
    ids = {made(desk, f"Danh sách {number}", [])["id"] for number in range(5)}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = desk.client.get("/api/v1/playlists", params={"limit": "2", **cursor}).json()
        seen += [row["id"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert set(seen) == ids
    assert seen == sorted(seen, reverse=True)


def test_what_is_on_a_panel_cannot_be_archived(desk: Desk) -> None:
    playlist = made(desk)
    path = f"/api/v1/playlists/{playlist['id']}"
    desk.client.put(f"/api/v1/panels/{desk.panel_id}/schedule", json={"default_playlist_id": playlist["id"]})
    refused = desk.client.post(f"{path}/archive")
    assert (refused.status_code, refused.json()["code"]) == (409, "playlist-in-use")
    desk.client.put(f"/api/v1/panels/{desk.panel_id}/schedule", json={})
    assert desk.client.post(f"{path}/archive").json()["archived_at"] is not None
    assert desk.client.put(path, json={"items": []}).status_code == 409
    archived = desk.client.get("/api/v1/playlists", params={"archived": True}).json()["items"]
    assert playlist["id"] in [row["id"] for row in archived]
    week = desk.client.put(f"/api/v1/panels/{desk.panel_id}/schedule", json={"default_playlist_id": playlist["id"]})
    assert (week.status_code, week.json()["code"]) == (422, "playlist-archived")
    assert desk.client.post(f"{path}/restore").json()["archived_at"] is None


def test_a_week_is_set_whole_and_keeps_the_ids_of_its_entries(desk: Desk) -> None:
    playlist = made(desk)["id"]
    path = f"/api/v1/panels/{desk.panel_id}/schedule"
    entry = {"playlist_id": playlist, "weekdays": [7, 6], "start": "22:00", "end": "02:00", "priority": 60}
    first = desk.client.put(path, json={"default_playlist_id": playlist, "entries": [entry]}).json()
    assert first["entries"][0]["weekdays"] == [6, 7]
    assert (first["time_zone"], first["default_playlist_name"]) == ("Asia/Ho_Chi_Minh", "Hằng ngày")
    kept = entry | {"id": first["entries"][0]["id"], "end": "03:00"}
    second = desk.client.put(path, json={"entries": [kept, entry]}, headers={"If-Match": f'"{first["rev"]}"'}).json()
    assert kept["id"] in [one["id"] for one in second["entries"]]
    assert len({one["id"] for one in second["entries"]}) == 2
    assert desk.client.get(path).json() == second
    assert desk.client.put(path, json={}, headers={"If-Match": f'"{first["rev"]}"'}).status_code == 412


@pytest.mark.parametrize(
    "change",
    [
        {"start": "24:00"},
        {"start": "07:00", "end": "07:00"},
        {"start": "7:00"},
        {"end": "25:00"},
        {"weekdays": []},
        {"weekdays": [0]},
        {"weekdays": [1, 1]},
        {"priority": 101},
    ],
)
def test_a_window_that_cannot_be_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    entry = {"playlist_id": made(desk)["id"], "weekdays": [1], "start": "07:00", "end": "17:00"} | change
    answer = desk.client.put(f"/api/v1/panels/{desk.panel_id}/schedule", json={"entries": [entry]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


def test_a_week_cannot_name_another_agencys_playlist(desk: Desk, people: People) -> None:
    other = people.person(Role.EDITOR, people.agency().id).client
    foreign = other.post("/api/v1/playlists", json={"name": "x"}).json()["id"]
    path = f"/api/v1/panels/{desk.panel_id}/schedule"
    assert desk.client.put(path, json={"default_playlist_id": foreign}).status_code == 404
    assert desk.client.get(path).json()["default_playlist_id"] is None


def test_an_administrator_says_which_agency(desk: Desk, admin: httpx.Client) -> None:
    assert admin.post("/api/v1/playlists", json={"name": "x"}).json()["code"] == "agency-missing"
    answer = admin.post("/api/v1/playlists", json={"name": "x", "agency_id": str(desk.agency.id)})
    assert answer.status_code == 201
    assert desk.client.get(f"/api/v1/playlists/{answer.json()['id']}").status_code == 200
    unknown = admin.post("/api/v1/playlists", json={"name": "x", "agency_id": str(uuid4())})
    assert unknown.status_code == 404

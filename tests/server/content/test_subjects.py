"""The yearly lists and the register of reviewers through the API, on both databases."""

from __future__ import annotations

import pytest

from server.db import Database
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.content.conftest import Room, Writer, writer


@pytest.fixture(scope="module")
def administrator(room: Room, people: People, database: Database) -> Writer:
    return writer(people, database, room.agency, Role.ADMINISTRATOR)


def test_a_year_is_copied_in_one_go_without_what_is_closed_or_there(room: Room) -> None:
    author = room.author
    lines = [("subject", "An toàn"), ("subject", "Du lịch"), ("task", "Mùa mưa"), ("task", "Tết")]
    made = [author.ok("POST", "/subjects", {"year": 2031, "kind": kind, "name": name}) for kind, name in lines]
    assert [one["position"] for one in made] == [1, 2, 1, 2]
    author.ok("PATCH", f"/subjects/{made[1]['id']}", {"closed": True}, rev=1)
    author.ok("POST", "/subjects", {"year": 2032, "kind": "task", "name": "tết"})
    copied = author.ok("POST", "/subjects/copy", {"from_year": 2031, "to_year": 2032})

    assert [(one["kind"], one["name"], one["copied_from"]) for one in copied] == [
        ("subject", "An toàn", made[0]["id"]),
        ("task", "Mùa mưa", made[2]["id"]),
    ]
    listed = author.ok("GET", "/subjects", params={"year": 2032})
    assert {(one["kind"], one["name"]) for one in listed} == {
        ("subject", "An toàn"),
        ("task", "Mùa mưa"),
        ("task", "tết"),
    }
    assert author.ok("POST", "/subjects/copy", {"from_year": 2031, "to_year": 2032}) == []
    author.refused(409, "POST", "/subjects/copy", {"from_year": 2040, "to_year": 2041})
    author.refused(422, "POST", "/subjects/copy", {"from_year": 2031, "to_year": 2031})
    assert room.stranger.ok("GET", "/subjects") == []


def test_a_used_line_is_closed_and_not_deleted(room: Room) -> None:
    author = room.author
    body = {"year": 2033, "kind": "subject", "name": "Thủ tục"}
    subject, path = author.ok("POST", "/subjects", body), "/subjects"
    author.refused(409, "POST", path, body)
    author.refused(404, "PATCH", f"/notices/{room.card()['id']}", {"task_id": subject["id"]})
    notice = room.card(subject_id=subject["id"])
    assert author.ok("GET", f"{path}/{subject['id']}")["used"] == 1
    assert author.refused(409, "DELETE", f"{path}/{subject['id']}")["code"] == "subject-used"
    author.ok("PATCH", f"{path}/{subject['id']}", {"closed": True})
    closed = author.refused(
        422, "POST", "/notices", {"title": "x", "subject_id": subject["id"], "variants": {"vi": {}}}
    )
    assert closed["code"] == "subject-closed"
    kept = author.ok("PATCH", f"/notices/{notice['id']}", {"title": "Tên khác"})
    assert kept["subject_id"] == subject["id"]
    renamed = author.ok("PATCH", f"{path}/{subject['id']}", {"closed": False, "name": "Thủ Tục", "position": 7})
    assert (renamed["closed_at"], renamed["name"], renamed["position"]) == (None, "Thủ Tục", 7)
    author.refused(412, "PATCH", f"{path}/{subject['id']}", {"position": 1}, rev=1)
    unused = author.ok("POST", path, body | {"name": "Thừa"})
    author.ok("DELETE", f"{path}/{unused['id']}")
    author.refused(404, "GET", f"{path}/{unused['id']}")
    room.stranger.refused(404, "GET", f"{path}/{subject['id']}")


def test_who_manages_people_registers_reviewers_and_nobody_themselves(room: Room, administrator: Writer) -> None:
    path = f"/users/{room.translator.id}/languages"
    shown = administrator.ok("PUT", path, {"languages": ["zh", "en", "zh"]})
    assert shown["languages"] == ["en", "zh"]
    assert room.translator.id in {one["user_id"] for one in room.author.ok("GET", "/reviewers?language=zh")}
    assert administrator.ok("PUT", path, {"languages": []})["languages"] == []
    own = administrator.refused(409, "PUT", f"/users/{administrator.id}/languages", {"languages": ["zh"]})
    assert own["code"] == "own-registration"
    room.author.refused(403, "PUT", path, {"languages": ["zh"]})
    administrator.refused(404, "PUT", f"/users/{room.stranger.id}/languages", {"languages": ["zh"]})
    names = [one["user_id"] for one in room.stranger.ok("GET", "/reviewers")]
    assert room.reviewer.id not in names

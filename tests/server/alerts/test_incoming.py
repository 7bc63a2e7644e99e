"""Alerts that are sent in: who may, what the rules say, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from playlists.cap.xml import MOST_BYTES
from server.alerts import service
from server.db import Database, now
from server.tables.accounts import Role
from server.tables.alerts import IncomingAlert
from tests.conftest import People
from tests.playlists.cap.making import cap, infos
from tests.server.alerts.making import SENDER, Falls, around, make_falls, moment


@pytest.fixture
def falls(people: People, database: Database) -> Falls:
    return make_falls(people, database)


@pytest.fixture(scope="module")
def steady(people: People, database: Database) -> Falls:
    """One for all tests that leave nothing in the inbox."""
    return make_falls(people, database)


def test_an_alert_waits_for_a_person_who_rejects_it_with_a_reason(falls: Falls) -> None:
    sent = falls.send(falls.alert())
    assert sent.status_code == 202, sent.text
    answer = sent.json()
    assert (answer["outcome"], answer["answer"]["accepted"], answer["answer"]["kind"]) == ("taken", True, "live")
    (row,) = falls.inbox(q="canh bao lu")
    assert (row["id"], row["state"], row["panels"][0]["id"]) == (answer["id"], "waiting", str(falls.panel_id))
    assert row["report"]["languages"]["zh"][0]["headline"] == "山洪预警"
    assert falls.inbox(q="khong co") == []

    short = falls.duty.post(f"/api/v1/alerts/{row['id']}/reject", json={"reason": ""})
    assert short.status_code == 422
    done = falls.duty.post(f"/api/v1/alerts/{row['id']}/reject", json={"reason": "Vùng thượng lưu"})
    assert (done.json()["state"], done.json()["reason"]) == ("rejected", "Vùng thượng lưu")
    assert falls.duty.post(f"/api/v1/alerts/{row['id']}/reject", json={"reason": "Lần nữa"}).status_code == 409
    assert falls.inbox() == []
    assert [one["id"] for one in falls.inbox(decided=True)] == [row["id"]]


def test_the_same_alert_again_changes_nothing(falls: Falls) -> None:
    content = falls.alert()
    first, again = falls.send(content), falls.send(content)
    assert (first.status_code, again.status_code, again.json()["outcome"]) == (202, 200, "twice")
    assert again.json()["id"] == first.json()["id"]
    assert len(falls.inbox()) == 1


def test_nobody_without_a_feeds_token_sends_anything(falls: Falls) -> None:
    refused = falls.send(falls.alert(), token="0" * 64)
    assert (refused.status_code, refused.json()["code"]) == (401, "unknown-feed")
    assert falls.stranger.post("/api/v1/alerts", content=falls.alert()).status_code == 401
    with_login = falls.duty.post("/api/v1/alerts", content=falls.alert())
    assert with_login.status_code == 401
    renewed = falls.admin.post(f"/api/v1/alert-feeds/{falls.feed_id}/token").json()["token"]
    assert falls.send(falls.alert()).status_code == 401, "the old token is worth nothing"
    assert falls.send(falls.alert(), token=renewed).status_code == 202
    assert falls.admin.post(f"/api/v1/alert-feeds/{falls.feed_id}/stop").status_code == 200
    assert falls.send(falls.alert(), token=renewed).status_code == 401


def bomb(lines: str) -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE alert [{lines}]>'.encode() + cap(note="&x;")[38:]


LOLS = '<!ENTITY a "lol">' + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in ("ab", "bc", "cx"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bomb(LOLS), "C3"),
        (bomb('<!ENTITY x SYSTEM "file:///etc/passwd">'), "C3"),
        (b"", "C2"),
        (b"\x00\xff", "C2"),
        (b"<html/>", "C5"),
        (b"x" * (MOST_BYTES + 5), "C1"),
        (b"x" * (3 * MOST_BYTES), "C1"),
        (lambda falls: falls.alert(sender="someone@else.example"), "C13"),
        (lambda falls: falls.alert(status="Exercise"), "C25"),
        (lambda falls: falls.alert(status="Test"), "C25"),
        (lambda falls: falls.alert(status="Draft"), "C10"),
        (lambda falls: falls.alert(scope="Private"), "C12"),
        (lambda falls: falls.alert(infos(expires=None, area=around(falls.lon))), "C18"),
        (
            lambda falls: falls.alert(
                infos(area="<areaDesc>x</areaDesc><circle>10.0,100.0 5</circle>", expires=moment(hours=2))
            ),
            "C23",
        ),
        (lambda falls: falls.alert(infos(area="<areaDesc>x</areaDesc><polygon>1,1 2,2 3,3 4,4</polygon>")), "C22"),
        (lambda falls: falls.alert(msgType="Update"), "C14"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_code(
    steady: Falls, content: bytes | Callable[[Falls], bytes], code: str
) -> None:
    falls = steady
    content = content if isinstance(content, bytes) else content(falls)
    for _ in range(2):
        refused = falls.send(content)
        assert refused.status_code == 422, refused.text
        assert (refused.json()["outcome"], refused.json()["answer"]["code"]) == ("refused", code)
    assert falls.inbox() == []


def test_an_update_takes_the_place_of_what_waits_and_a_cancellation_ends_it(falls: Falls) -> None:
    sent = moment(seconds=-60)
    first = falls.send(falls.alert(identifier="a-1", sent=sent)).json()
    update = falls.send(
        falls.alert(identifier="a-2", sent=moment(seconds=-30), msgType="Update", references=f"{SENDER},a-1,{sent}")
    ).json()
    assert (update["outcome"], falls.row(first["id"])["state"]) == ("taken", "overtaken")
    late = falls.alert(identifier="a-0", sent=moment(seconds=-90), msgType="Update", references=f"{SENDER},a-1,{sent}")
    assert falls.send(late).json()["answer"]["code"] == "C17"
    other = falls.send(falls.alert(identifier="a-1")).json()
    assert other["answer"]["code"] == "C16"
    cancel = falls.alert("", identifier="a-3", msgType="Cancel", references=f"{SENDER},a-2,{moment(seconds=-30)}")
    ended = falls.send(cancel)
    assert (ended.status_code, ended.json()["outcome"]) == (200, "ended")
    assert falls.row(update["id"])["state"] == "ended"
    assert falls.row(ended.json()["id"])["panels"][0]["id"] == str(falls.panel_id)
    assert falls.inbox() == []


def test_an_update_of_the_unknown_waits_until_what_it_names_comes(falls: Falls, database: Database) -> None:
    sent = moment(seconds=-60)
    update = falls.alert(identifier="b-2", msgType="Update", references=f"{SENDER},b-1,{sent}")
    parked = falls.send(update).json()
    assert (parked["outcome"], falls.row(parked["id"])["state"]) == ("parked", "parked")
    first = falls.send(falls.alert(identifier="b-1", sent=sent)).json()
    assert (falls.row(first["id"])["state"], falls.row(parked["id"])["state"]) == ("overtaken", "waiting")


def test_what_nobody_decided_on_before_its_end_is_over(falls: Falls, database: Database) -> None:
    row = falls.send(falls.alert()).json()
    with database.write() as session:
        service.tidy(session, now() + timedelta(hours=5))
    assert falls.row(row["id"])["state"] == "waiting"
    with database.write() as session:
        service.tidy(session, now() + timedelta(hours=7))
    assert falls.row(row["id"])["state"] == "over"


def test_a_drill_is_taken_where_the_feed_takes_drills_and_says_its_frame(falls: Falls) -> None:
    falls.change(takes_drills=True)
    answer = falls.send(falls.alert(status="Exercise")).json()["answer"]
    assert (answer["kind"], answer["frame"]) == ("drill", "DIỄN TẬP / EXERCISE / 演习")


def test_a_site_is_meant_by_its_codes_too(falls: Falls) -> None:
    area = "<areaDesc>x</areaDesc><geocode><valueName>ISO3166-2</valueName><value>VN-04</value></geocode>"
    body = infos(area=area, expires=moment(hours=2))
    assert falls.send(falls.alert(body)).json()["answer"]["code"] == "C23"
    asked = {"codes": [{"name": "ISO3166-2", "code": "VN-04"}]}
    assert falls.admin.put(f"/api/v1/sites/{falls.site_id}/alert-codes", json=asked).json() == asked["codes"]
    assert falls.send(falls.alert(body)).json()["outcome"] == "taken"
    assert falls.duty.get(f"/api/v1/sites/{falls.site_id}/alert-codes").json() == asked["codes"]


def test_an_agency_sees_only_what_means_its_panels(falls: Falls, people: People) -> None:
    row = falls.send(falls.alert()).json()
    foreign = people.person(Role.DUTY_OFFICER, people.agency().id).client
    assert foreign.get("/api/v1/alerts").json()["items"] == []
    assert foreign.get(f"/api/v1/alerts/{row['id']}").status_code == 404
    assert foreign.post(f"/api/v1/alerts/{row['id']}/reject", json={"reason": "Không"}).status_code == 404
    assert foreign.get(f"/api/v1/alerts/{row['id']}/content.xml").status_code == 404


def test_the_bytes_are_kept_as_they_came(falls: Falls) -> None:
    content = falls.alert()
    row = falls.send(content).json()
    given = falls.duty.get(f"/api/v1/alerts/{row['id']}/content.xml")
    assert given.content == content
    assert given.headers["content-type"] == "application/octet-stream"


def test_what_was_refused_is_forgotten_after_a_month(falls: Falls, database: Database) -> None:
    refused = falls.send(b"<alert>").json()
    with database.write() as session:
        assert session.get(IncomingAlert, UUID(refused["id"])) is not None
        service.tidy(session, now() + timedelta(days=31))
    with database.read() as session:
        assert session.get(IncomingAlert, UUID(refused["id"])) is None

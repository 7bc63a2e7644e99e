"""The duty roster over HTTP: shifts, handover, absences, the weekend, and calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from server.db import Database, now
from server.roster import service
from server.seen import seen_of
from server.tables import Site
from server.tables.accounts import Role
from tests.conftest import People, Person

SOON = now().replace(minute=0, second=0, microsecond=0)
H = timedelta(hours=1)


@dataclass
class Gate:
    """A site of an agency with a duty officer, two approvers and a viewer."""

    site_id: str
    officer: Person
    lan: Person
    minh: Person
    viewer: Person

    def shift(self, who: Person, start: int = -1, end: int = 4, rank: int = 1, **more: Any) -> httpx.Response:
        body = {
            "site_id": self.site_id,
            "role": "approver",
            "user_id": str(who.user.id),
            "starts_at": (SOON + start * H).isoformat(),
            "ends_at": (SOON + end * H).isoformat(),
            "rank": rank,
        }
        return self.officer.client.post("/api/v1/roster/shifts", json=body | more)

    def asked(self, **more: str) -> list[str]:
        answer = self.viewer.client.get(
            "/api/v1/roster/now", params={"site_id": self.site_id, "role": "approver"} | more
        )
        assert answer.status_code == 200, answer.text
        return [one["username"] for one in answer.json()]


@pytest.fixture
def gate(people: People, database: Database) -> Gate:
    agency = people.agency()
    with database.write() as session:
        site = Site(slug=f"s-{agency.slug}", agency_id=agency.id, name="Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        site_id = str(site.id)
    officer, lan, minh, viewer = (
        people.person(role, agency.id) for role in (Role.DUTY_OFFICER, Role.APPROVER, Role.APPROVER, Role.VIEWER)
    )
    return Gate(site_id, officer, lan, minh, viewer)


def test_who_is_on_duty_is_answered_in_order(gate: Gate, database: Database) -> None:
    assert gate.asked() == []
    assert gate.shift(gate.minh, rank=2).status_code == 201
    assert gate.shift(gate.lan).status_code == 201
    assert gate.asked() == [gate.lan.user.username, gate.minh.user.username]
    assert gate.asked(at=(SOON + 5 * H).isoformat()) == []
    with database.read() as session:
        calling = service.calling(session, "approver", UUID(gate.site_id), SOON, SOON + timedelta(minutes=20))
        assert [one.user.username for one in calling.reached] == gate.asked()


def test_the_first_ones_time_is_a_rule_of_the_site(gate: Gate) -> None:
    path = f"/api/v1/roster/rules/{gate.site_id}/approver"
    assert gate.viewer.client.get(path).json()["next_after_min"] == service.NEXT_AFTER_MIN
    assert gate.officer.client.put(path, json={"next_after_min": 5}).status_code == 200
    assert gate.viewer.client.get(path).json()["next_after_min"] == 5
    assert gate.viewer.client.put(path, json={"next_after_min": 7}).status_code == 403


def test_a_running_shift_is_handed_over_and_what_was_stays(gate: Gate) -> None:
    shift = gate.shift(gate.lan).json()
    answer = gate.lan.client.post(
        f"/api/v1/roster/shifts/{shift['id']}/handover", json={"user_id": str(gate.minh.user.id)}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["taken_over_from"] == str(gate.lan.user.id)
    assert gate.asked() == [gate.minh.user.username]
    span = {"from": (SOON - 2 * H).isoformat(), "to": (SOON + 5 * H).isoformat(), "site_id": gate.site_id}
    listed = gate.viewer.client.get("/api/v1/roster/shifts", params=span).json()
    assert [one["name"] for one in listed] == [gate.lan.user.display_name, gate.minh.user.display_name]


def test_nobody_else_hands_a_shift_over(gate: Gate) -> None:
    shift = gate.shift(gate.lan).json()
    path = f"/api/v1/roster/shifts/{shift['id']}/handover"
    assert gate.minh.client.post(path, json={"user_id": str(gate.minh.user.id)}).status_code == 403
    again = gate.lan.client.post(path, json={"user_id": str(gate.lan.user.id)})
    assert (again.status_code, again.json()["code"]) == (409, "same-person")


def test_whoever_is_away_is_replaced_until_they_are_back(gate: Gate) -> None:
    gate.shift(gate.lan)
    body = {
        "starts_at": (SOON - H).isoformat(),
        "ends_at": (SOON + 2 * H).isoformat(),
        "replacement_id": str(gate.minh.user.id),
    }
    made = gate.lan.client.post("/api/v1/roster/absences", json=body)
    assert made.status_code == 201, made.text
    assert gate.asked() == [gate.minh.user.username]
    path = f"/api/v1/roster/absences/{made.json()['id']}"
    assert gate.minh.client.delete(path).status_code == 403
    assert gate.lan.client.delete(path).status_code == 204
    assert gate.asked() == [gate.lan.user.username]
    own = gate.lan.client.post("/api/v1/roster/absences", json=body | {"replacement_id": str(gate.lan.user.id)})
    assert (own.status_code, own.json()["code"]) == (422, "same-person")


def test_the_same_person_is_not_asked_twice_at_a_time(gate: Gate) -> None:
    first = gate.shift(gate.lan).json()
    assert (gate.shift(gate.lan, start=1).json()["code"]) == "shift-there"
    assert gate.shift(gate.lan, start=4, end=6).status_code == 201
    changed = gate.officer.client.patch(
        f"/api/v1/roster/shifts/{first['id']}", json={"ends_at": (SOON + 5 * H).isoformat()}
    )
    assert changed.json()["code"] == "shift-there"
    assert gate.shift(gate.minh, start=2, end=1).status_code == 422
    assert gate.shift(gate.minh, end=24 * 40).json()["code"] == "invalid-shift"


def test_a_shift_that_has_begun_ends_and_one_to_come_goes(gate: Gate) -> None:
    running, coming = gate.shift(gate.lan).json(), gate.shift(gate.minh, start=5, end=6).json()
    for one in (running, coming):
        assert gate.officer.client.delete(f"/api/v1/roster/shifts/{one['id']}").status_code == 204
    span = {"from": (SOON - 2 * H).isoformat(), "to": (SOON + 8 * H).isoformat(), "site_id": gate.site_id}
    listed = gate.viewer.client.get("/api/v1/roster/shifts", params=span).json()
    assert [one["id"] for one in listed] == [running["id"]]
    assert gate.asked() == []


def test_whoever_lacks_the_role_is_not_asked(gate: Gate) -> None:
    refused = gate.shift(gate.viewer)
    assert (refused.status_code, refused.json()["code"]) == (409, "lacks-role")
    assert set(refused.json()["sentences"]) == {"vi", "en", "zh"}


def test_a_week_is_repeated_once(gate: Gate) -> None:
    local = SOON.date().isoformat()
    gate.shift(gate.lan, start=0, end=1)
    body = {"site_id": gate.site_id, "week": local, "weeks": 2}
    made = gate.officer.client.post("/api/v1/roster/weeks/copy", json=body)
    assert len(made.json()) in (0, 2), made.text
    assert gate.officer.client.post("/api/v1/roster/weeks/copy", json=body).json() == []
    empty = gate.officer.client.post("/api/v1/roster/weeks/copy", json=body | {"week": "2031-01-06"})
    assert (empty.status_code, empty.json()["code"]) == (409, "empty-week")


def test_thursday_warns_of_a_weekend_with_fewer_than_two(gate: Gate, database: Database) -> None:
    thursday = datetime(2027, 1, 7, 3, tzinfo=UTC)
    saturday, monday = datetime(2027, 1, 8, 17, tzinfo=UTC), datetime(2027, 1, 10, 17, tzinfo=UTC)
    times: dict[str, Any] = {"starts_at": saturday.isoformat(), "ends_at": monday.isoformat()}
    assert gate.shift(gate.lan, **times).status_code == 201

    def gaps(at: datetime) -> list[tuple[datetime, datetime, int]]:
        with database.read() as session:
            found = service.thin_weekends(session, seen_of(gate.lan.user.agency_id), at)
            return [(gap.starts_at, gap.ends_at, gap.people) for _, gap in found]

    assert gaps(thursday - timedelta(days=1)) == []
    assert gaps(thursday) == [(saturday, monday, 1)]
    assert gate.shift(gate.minh, rank=2, **times).status_code == 201
    assert gaps(thursday) == []


def test_a_calendar_needs_its_address_only_until_it_is_shut(gate: Gate, people: People) -> None:
    gate.shift(gate.lan, note="Điện thoại 0912 345 678")
    stranger = people.stranger()
    for client, body in ((gate.lan.client, {}), (gate.viewer.client, {"site_id": gate.site_id})):
        made = client.post("/api/v1/roster/feeds", json=body).json()
        path = httpx.URL(made["url"]).path
        text = stranger.get(path).text.replace("\r\n ", "")
        assert text.startswith("BEGIN:VCALENDAR")
        assert gate.lan.user.display_name in text
        assert "Điện thoại 0912 345 678" in text
        assert client.post(f"/api/v1/roster/feeds/{made['id']}/revoke").status_code == 204
        assert stranger.get(path).status_code == 404


def test_a_foreign_roster_does_not_exist(gate: Gate, people: People) -> None:
    shift = gate.shift(gate.lan).json()
    stranger = people.person(Role.DUTY_OFFICER, people.agency().id).client
    assert stranger.delete(f"/api/v1/roster/shifts/{shift['id']}").status_code == 404
    assert stranger.get("/api/v1/roster/now", params={"site_id": gate.site_id, "role": "approver"}).status_code == 404
    assert stranger.post("/api/v1/roster/feeds", json={"site_id": gate.site_id}).status_code == 404
    span = {"from": (SOON - H).isoformat(), "to": (SOON + H).isoformat()}
    assert stranger.get("/api/v1/roster/shifts", params=span).json() == []


def test_the_page_shows_who_is_asked(gate: Gate) -> None:
    gate.shift(gate.lan, start=-1, end=30)
    shown = gate.officer.client.get("/roster", params={"site": gate.site_id})
    assert shown.status_code == 200
    assert shown.text.count(gate.lan.user.display_name) >= 2

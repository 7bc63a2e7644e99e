"""Defects that people see: reported once for a part, an alarm like any other, mended by word; who may."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from playlists.fault import FaultCode
from server.audit.actions import Action
from server.db import Database, now
from server.faults import repository as faults
from server.faults.alarms import standing
from server.tables import AuditEntry, Fault, Kiosk
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.test_alarms import Place, place
from tests.server.test_commands import technician, where

__all__ = ["technician", "where"]
PART = "port 1 card 2"


class Wall:
    """A panel at which somebody sees something."""

    def __init__(self, database: Database, where: Place, client: httpx.Client) -> None:
        self.database, self.client, self.panel_id, self.site_id = database, client, where.panel_ids[0], where.site_id

    def see(self, **said: object) -> httpx.Response:
        body = {"part": PART, "note": "ba điểm đỏ không sáng"} | said
        return self.client.post(f"/api/v1/panels/{self.panel_id}/defects", json=body)

    def settle(self) -> None:
        with self.database.write() as session:
            standing.settle(session, self.site_id, now())

    def alarms(self, view: str = "now") -> list[dict[str, object]]:
        self.settle()
        found: list[dict[str, object]] = self.client.get(f"/api/v1/alarms?view={view}&panel_id={self.panel_id}").json()[
            "items"
        ]
        return found

    def mend(self, alarm_id: object, **headers: str) -> httpx.Response:
        path = f"/api/v1/alarms/{alarm_id}/mended"
        return self.client.post(path, json={"note": "thay mô-đun cùng lô"}, headers=headers)


@pytest.fixture
def wall(database: Database, where: Place, technician: httpx.Client) -> Wall:
    return Wall(database, where, technician)


def test_what_is_seen_is_an_alarm_until_it_is_mended(wall: Wall) -> None:
    assert wall.see().status_code == 201
    (alarm,) = wall.alarms()
    assert (alarm["code"], alarm["subject"], alarm["severity"]) == ("pixel_defect", PART, "minor")
    assert alarm["detail"] == "ba điểm đỏ không sáng"
    stale = wall.mend(alarm["id"], **{"If-Match": '"999"'})
    assert stale.status_code == 412
    mended = wall.mend(alarm["id"], **{"If-Match": f'"{alarm["rev"]}"'})
    assert mended.status_code == 200, mended.text
    assert mended.json()["cleared_at"] is not None
    assert [one["state"] for one in wall.alarms()] == ["done"]
    again = wall.mend(alarm["id"])
    assert (again.status_code, again.json()["code"]) == (409, "defect-mended")
    with wall.database.read() as session:
        written = session.exec(select(AuditEntry.action).where(AuditEntry.object_id == str(wall.panel_id))).all()
    assert {Action.DEFECT_REPORTED, Action.DEFECT_MENDED} <= set(written)


def test_a_second_report_of_a_part_is_the_same_alarm_said_anew(wall: Wall) -> None:
    wall.see()
    wall.see(note="cả mô-đun tối", is_large=True)
    wall.see(part="", note="màu lệch toàn bảng")
    found = {one["subject"]: (one["severity"], one["detail"]) for one in wall.alarms()}
    assert found == {PART: ("major", "cả mô-đun tối"), "": ("minor", "màu lệch toàn bảng")}


def test_what_a_kiosk_says_and_its_end_leave_what_people_saw(wall: Wall, where: Place) -> None:
    wall.see()
    with wall.database.write() as session:
        kiosk = session.get_one(Kiosk, where.kiosk_ids[0])
        kiosk.revoked_at = now()
        session.add(kiosk)
    with wall.database.read() as session:
        assert [row.code for row in faults.faults_of_revoked(session)] == []
        assert session.exec(select(Fault).where(Fault.panel_id == wall.panel_id)).one().cleared_at is None
    (alarm,) = wall.alarms()
    assert wall.mend(alarm["id"]).status_code == 200
    assert wall.see().json()["code"] == "no-kiosk"


def test_what_a_check_measures_is_not_declared_mended(wall: Wall, where: Place) -> None:
    with wall.database.write() as session:
        row = Fault(kiosk_id=where.kiosk_ids[0], panel_id=wall.panel_id, code=FaultCode.STORAGE_ERRORS,
                    severity="major", source="kiosk", since_at=now())  # fmt: skip
        session.add(row)
        session.flush()
        standing.raised(session, row, now())
    (alarm,) = wall.alarms()
    answer = wall.mend(alarm["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "fault-measured")


@pytest.mark.parametrize(
    "body",
    [
        {"note": "x"},
        {"note": "x" * 301},
        {"part": "port 1", "note": "ba điểm"},
        {"part": "port 1 card 2; DROP", "note": "ba điểm"},
        {"note": "ba điểm", "severity": "critical"},
    ],
)
def test_bad_reports_are_refused_with_the_field(wall: Wall, body: dict[str, object]) -> None:
    answer = wall.client.post(f"/api/v1/panels/{wall.panel_id}/defects", json=body)
    assert answer.status_code == 422
    assert wall.alarms() == []


def test_hostile_words_are_words(wall: Wall) -> None:
    wall.see(note="<script>alert(1)</script>\u202e\x00 tối")
    (alarm,) = wall.alarms()
    assert alarm["detail"] == "<script>alert(1)</script> tối"
    page = wall.client.get(f"/panels/{wall.panel_id}/service").text
    assert "<script>alert(1)" not in page
    assert "Đã sửa xong" in page


def test_people_on_duty_report_and_technicians_mend(wall: Wall, where: Place, people: People) -> None:
    other = place(wall.database)
    officer = people.person(Role.DUTY_OFFICER, where.agency_id).client
    viewer = people.person(Role.VIEWER, where.agency_id).client
    stranger = people.person(Role.TECHNICIAN, other.agency_id).client
    path, body = f"/api/v1/panels/{wall.panel_id}/defects", {"part": PART, "note": "ba điểm đỏ"}
    assert viewer.post(path, json=body).status_code == 403
    assert stranger.post(path, json=body).status_code == 404
    assert officer.post(path, json=body).status_code == 201
    (alarm,) = wall.alarms()
    mended = f"/api/v1/alarms/{UUID(str(alarm['id']))}/mended"
    assert officer.post(mended, json={}).status_code == 403
    assert stranger.post(mended, json={}).status_code == 404

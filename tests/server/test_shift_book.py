"""The shift book over HTTP: what is open, notes, handing over and taking over; on both databases."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import count

import pytest

from playlists.alarm.event import Word
from playlists.fault import CATALOGUE, FaultCode
from server.db import Database, new_id, now
from server.faults.alarms import standing
from server.faults.alarms.standing import Place, Said
from server.tables import EmergencyRow, Notice, NoticeHold, Panel, Site, Submission, WorkOrder
from server.tables.accounts import Role
from tests.conftest import People, Person

numbers = count(1)
BOOK = "/api/v1/shift"


@dataclass
class Gate:
    """A site with something of every sort open, and three people."""

    site: Site
    lan: Person
    minh: Person
    viewer: Person


@pytest.fixture
def gate(people: People, database: Database) -> Gate:
    agency, number = people.agency(), new_id().hex[-10:]
    lan, minh = people.person(Role.DUTY_OFFICER, agency.id), people.person(Role.TECHNICIAN, agency.id)
    by, at = lan.user.id, now()
    site = Site(slug=f"sb-{number}", agency_id=agency.id, name="Hữu Nghị", time_zone="Asia/Ho_Chi_Minh")
    panel = Panel(slug=f"sb-{number}", site_id=site.id, agency_id=agency.id, name="Bảng 1", width=64, height=32)
    notice = Notice(agency_id=agency.id, title="Giờ thông quan", title_folded="x", kind="image", created_by=by)
    hold = NoticeHold(notice_id=notice.id, site_id=site.id, reason="wrong-fact", list_seq=1, held_by=by)
    emergency = EmergencyRow(
        agency_id=agency.id,
        state="running",
        panels=[str(panel.id)],
        status="actual",
        text="template",
        words={"vi": {"title": "Cháy chợ"}},
        severity="extreme",
        urgency="immediate",
        minutes=60,
        began_at=at,
    )
    asked = Submission(
        agency_id=agency.id,
        author_id=by,
        purpose="notices",
        state="asking",
        sites=[str(site.id)],
        route="notice",
        not_before=at,
        show_until=at,
    )
    elsewhere = Submission(**asked.model_dump() | {"id": new_id(), "sites": []})
    with database.write() as session:
        order = WorkOrder(number=900_000 + next(numbers) * 2 + (database.url.startswith("sqlite")), site_id=site.id,
                          panel_id=panel.id, title="Thay nguồn", state="open", made_by=by)  # fmt: skip
        for rows in ([site], [panel, notice], [hold, emergency, asked, elsewhere, order]):
            session.add_all(rows)
            session.flush()
        for code in (FaultCode.CONTROLLER_CONTENDED, FaultCode.MAINS_LOST):
            said = Said(code, "", CATALOGUE[code].severity, "")
            row = standing.edge(session, Place(site.id, None, panel.id), said, Word.RAISED, at, at)
            row.phase, row.active_at, row.settled_at = "unacknowledged", at, at
    return Gate(site, lan, minh, people.person(Role.VIEWER, agency.id))


def test_the_book_shows_everything_that_is_open_the_gravest_first(gate: Gate) -> None:
    book = gate.viewer.client.get(BOOK, params={"site_id": str(gate.site.id)}).json()
    shown = [(one["sort"], one["title"]) for one in book["open_things"]]
    assert shown[0] == ("emergency", "Cháy chợ")
    assert [sort for sort, _ in shown] == ["emergency", "alarm", "alarm", "hold", "approval", "order"]
    severities = [one["severity"] for one in book["open_things"] if one["sort"] == "alarm"]
    assert severities == sorted(severities, key=["critical", "major", "minor", "warning"].index)
    assert shown[3][1] == "Giờ thông quan"
    assert shown[5][1].endswith("Thay nguồn")
    assert book["handovers"] == []


def test_a_shift_is_handed_over_and_taken_with_what_was_open(gate: Gate) -> None:
    here = {"site_id": str(gate.site.id)}
    given = gate.lan.client.post(f"{BOOK}/handovers", json=here | {"note": "=chờ thợ điện"})
    assert given.status_code == 201, given.text
    assert len(given.json()["open_things"]) == 6
    again = gate.minh.client.post(f"{BOOK}/handovers", json=here)
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "handover-waits")
    take = f"{BOOK}/handovers/{given.json()['id']}/take"
    assert gate.viewer.client.post(take).status_code == 403
    taken = gate.minh.client.post(take)
    assert taken.status_code == 200, taken.text
    assert taken.json()["taken_by"] == str(gate.minh.user.id)
    assert gate.lan.client.post(take).status_code == 409
    assert gate.minh.client.post(f"{BOOK}/handovers", json=here).status_code == 201, "and so on, shift after shift"
    book = gate.viewer.client.get(BOOK, params=here).json()
    assert [one["taken_by"] for one in book["handovers"]] == [None, str(gate.minh.user.id)]
    table = list(csv.reader(io.StringIO(gate.viewer.client.get(f"{BOOK}/log.csv", params=here).text.lstrip("\ufeff"))))
    assert len(table) == 1 + 12
    assert table[-1][4] == "'=chờ thợ điện", "no cell runs in a spreadsheet"


def test_notes_are_read_by_all_and_written_by_those_on_duty(gate: Gate) -> None:
    body = {"site_id": str(gate.site.id), "text": "Chìa khoá tủ số 2 ở phòng trực."}
    assert gate.minh.client.post(f"{BOOK}/notes", json=body).status_code == 201
    assert gate.viewer.client.post(f"{BOOK}/notes", json=body).status_code == 403
    book = gate.viewer.client.get(BOOK, params={"site_id": str(gate.site.id)}).json()
    assert [(one["name"], one["text"]) for one in book["notes"]] == [(gate.minh.user.display_name, body["text"])]


def test_another_agencys_book_does_not_exist(gate: Gate, people: People) -> None:
    stranger = people.person(Role.DUTY_OFFICER, people.agency().id).client
    here = {"site_id": str(gate.site.id)}
    assert stranger.get(BOOK, params=here).status_code == 404
    assert stranger.get(f"{BOOK}/log.csv", params=here).status_code == 404
    assert stranger.post(f"{BOOK}/notes", json=here | {"text": "x"}).status_code == 404
    given = gate.lan.client.post(f"{BOOK}/handovers", json=here).json()
    assert stranger.post(f"{BOOK}/handovers/{given['id']}/take").status_code == 404

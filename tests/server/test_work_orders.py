"""Work orders: from an alarm to the proof that it is repaired, with parts and stock; and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from playlists.fault import CheckResult, FaultCode
from playlists.wire.messages import Health, Reading
from server.db import Database, now
from server.tables import KioskStatus
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.test_alarms import Book, place

C = FaultCode
FAN = (C.CABINET_FAN, "port 1 card 1")
BEFORE_S = 600


@pytest.fixture
def book(database: Database) -> Book:
    """A panel with a fan that stands still, whose kiosk is heard."""
    book = Book(database, place(database), now() - timedelta(seconds=BEFORE_S))
    with database.write() as session:
        session.add(KioskStatus(kiosk_id=book.where.kiosk_ids[0], online=True, birth_sid=1, heard_at=now()))
    book.say(0, FAN)
    book.look(61)
    return book


@pytest.fixture
def technician(book: Book, people: People) -> httpx.Client:
    return people.person(Role.TECHNICIAN, book.where.agency_id).client


def made(book: Book, technician: httpx.Client) -> dict[str, Any]:
    alarm = str(book.rows()[0].id)
    answer = technician.post(
        "/api/v1/work-orders", json={"panel_id": str(book.where.panel_ids[0]), "alarm_ids": [alarm]}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def step(technician: httpx.Client, order: dict[str, Any], what: str, **body: Any) -> httpx.Response:
    path = f"/api/v1/work-orders/{order['id']}/{what}"
    return technician.post(path, json=body) if body or what != "verify" else technician.post(path)


def test_from_the_alarm_to_the_proof(book: Book, technician: httpx.Client) -> None:
    order = made(book, technician)
    assert "Quạt" in order["title"]
    assert [one["state"] for one in order["alarms"]] == ["taken"]
    started = step(technician, order, "start", note="").json()
    assert (started["state"], started["alarms"][0]["state"]) == ("started", "in_repair")
    refused = step(technician, order, "close", note="")
    assert refused.json()["code"] == "order-not-verified"
    said = step(technician, order, "repaired", note="Bụi kẹt cánh quạt").json()
    assert said["state"] == "repaired"
    assert [one["is_well"] for one in said["verification"]["checks"]] == [True, False]
    assert step(technician, order, "verify").json()["code"] == "repair-not-confirmed"
    book.say(BEFORE_S - 120)
    book.look(BEFORE_S - 30)
    verified = step(technician, order, "verify").json()
    assert verified["state"] == "verified"
    assert verified["verification"]["is_well"]
    closed = step(technician, order, "close", note="Đã chạy thử").json()
    assert closed["state"] == "closed"
    assert [one["ended_at"] is not None for one in closed["alarms"]] == [True]
    assert closed["cause"] == "Bụi kẹt cánh quạt"
    steps = [one["what"] for one in closed["history"]]
    assert steps == ["made", "started", "repaired", "verified", "closed"]
    assert step(technician, order, "start", note="").json()["code"] == "order-closed"


def test_a_repair_that_the_device_confirms_at_once_is_verified_at_once(book: Book, technician: httpx.Client) -> None:
    order = made(book, technician)
    step(technician, order, "start", note="")
    book.say(BEFORE_S - 120)
    book.look(BEFORE_S - 30)
    assert step(technician, order, "repaired", note="").json()["state"] == "verified"


def test_a_kiosk_that_is_not_heard_confirms_nothing(book: Book, technician: httpx.Client, database: Database) -> None:
    order = made(book, technician)
    book.say(BEFORE_S - 120)
    book.look(BEFORE_S - 30)
    with database.write() as session:
        session.get_one(KioskStatus, book.where.kiosk_ids[0]).online = False
    said = step(technician, order, "repaired", note="").json()
    assert said["state"] == "repaired"
    assert said["verification"]["checks"][0] == {
        "what": "kiosk",
        "is_well": False,
        "detail": "the kiosk is not heard",
    }


def test_what_the_controller_reads_back_stands_in_the_verification(
    book: Book, technician: httpx.Client, database: Database
) -> None:
    order = made(book, technician)
    said = Health(
        id=uuid4(), at=now(), readings=(
            Reading(check="panel_card", result=CheckResult.OK, value_milli=24_000),
            Reading(check="panel_brightness", result=CheckResult.OK, value_milli=60_000, unit="%"),
            Reading(check="panel_voltage", result=CheckResult.OK, value_milli=4_870, unit="V"),
        ),
    )  # fmt: skip
    with database.write() as session:
        session.get_one(KioskStatus, book.where.kiosk_ids[0]).health = said.model_dump(mode="json")
    book.say(BEFORE_S - 120)
    book.look(BEFORE_S - 30)
    step(technician, order, "start", note="")
    checks = step(technician, order, "repaired", note="").json()["verification"]["checks"]
    assert [(one["what"], one["is_well"], one["detail"]) for one in checks if one["what"] != "kiosk"] == [
        ("cabinet_fan port 1 card 1", True, ""), ("cards", True, "24"), ("brightness", True, "60 %"),
    ]  # fmt: skip


def test_waiting_for_parts_hides_the_alarm_until_then(book: Book, technician: httpx.Client) -> None:
    order = made(book, technician)
    until = (now() + timedelta(days=3)).isoformat()
    waiting = step(technician, order, "wait", waiting_for="Quạt 120 mm", until=until).json()
    assert (waiting["state"], waiting["alarms"][0]["state"]) == ("waiting", "hidden")
    assert waiting["waiting_for"] == "Quạt 120 mm"
    started = step(technician, order, "start", note="").json()
    assert (started["alarms"][0]["state"], started["waiting_until"]) == ("in_repair", None)
    late = (now() + timedelta(days=60)).isoformat()
    assert step(technician, order, "wait", waiting_for="x", until=late).json()["code"] == "wait-time"


def test_an_alarm_has_one_order_at_a_time(book: Book, technician: httpx.Client) -> None:
    order = made(book, technician)
    again = {"panel_id": str(book.where.panel_ids[0]), "alarm_ids": [str(book.rows()[0].id)]}
    assert technician.post("/api/v1/work-orders", json=again).json()["code"] == "alarm-has-order"
    assert step(technician, order, "cancel", note="").json()["code"] == "reason-missing"
    assert step(technician, order, "cancel", note="Báo nhầm").json()["state"] == "cancelled"
    assert technician.post("/api/v1/work-orders", json=again).status_code == 201


def test_parts_come_out_of_the_stock_until_it_is_empty(book: Book, technician: httpx.Client) -> None:
    order = made(book, technician)
    spare = {"agency_id": str(book.where.agency_id), "name": "Quạt 120 mm", "batch": "2026-03", "quantity": 1}
    kept = technician.post("/api/v1/spare-parts", json=spare | {"least_quantity": 2}).json()
    assert kept["is_short"]
    part = {"name": "Quạt 120 mm", "spare_part_id": kept["id"], "old_serial": "A1", "new_serial": "B2"}
    done = step(technician, order, "parts", **part).json()
    assert done["parts"][0] | {"id": "", "at": ""} == {
        "id": "", "at": "", "name": "Quạt 120 mm", "old_serial": "A1", "new_serial": "B2", "batch": "2026-03",
    }  # fmt: skip
    assert step(technician, order, "parts", **part).json()["code"] == "stock-empty"
    short = technician.get("/api/v1/spare-parts", params={"short": True}).json()["items"]
    assert [one["id"] for one in short] == [kept["id"]]
    changed = technician.patch(f"/api/v1/spare-parts/{kept['id']}", json={"quantity": 4}).json()
    assert technician.get("/api/v1/spare-parts", params={"short": True}).json()["items"] == []
    assert (changed["quantity"], changed["is_short"]) == (4, False)
    assert kept["id"] in {one["id"] for one in technician.get("/api/v1/spare-parts").json()["items"]}


def test_a_note_that_was_kept_without_a_link_counts_once(book: Book, technician: httpx.Client) -> None:
    order, mark = made(book, technician), str(uuid4())
    for _ in range(2):
        answer = step(technician, order, "notes", note="Đã đo 4,9 V", client_id=mark)
    assert [one["note"] for one in answer.json()["history"]].count("Đã đo 4,9 V") == 1
    assert step(technician, order, "notes", note=" ").json()["code"] == "note-missing"


def test_who_where_and_what_it_costs(book: Book, technician: httpx.Client, people: People) -> None:
    order = made(book, technician)
    colleague = people.person(Role.TECHNICIAN, book.where.agency_id)
    path = f"/api/v1/work-orders/{order['id']}"
    fields = {"assigned_to": str(colleague.user.id), "contractor": "Công ty LED", "estimate_vnd": 3_500_000,
              "decision_number": "12/QĐ", "warranty_until": "2027-12-31"}  # fmt: skip
    changed = technician.patch(path, json=fields).json()
    assert changed["assigned_to_name"] == colleague.user.display_name
    assert {key: changed[key] for key in fields} == fields
    mine = colleague.client.get("/api/v1/work-orders", params={"mine": True, "open": True}).json()["items"]
    assert [one["id"] for one in mine] == [order["id"]]
    stranger = people.person(Role.TECHNICIAN, people.agency().id)
    refused = technician.patch(path, json={"assigned_to": str(stranger.user.id)})
    assert refused.json()["code"] == "wrong-person"
    assert technician.patch(path, json={"cause": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    assert stranger.client.get(path).status_code == 404
    assert people.person(Role.VIEWER, book.where.agency_id).client.patch(path, json={}).status_code == 403


def test_an_order_of_another_panel_or_without_words_is_refused(
    book: Book, technician: httpx.Client, database: Database
) -> None:
    other = place(database, agency_id=book.where.agency_id)
    alarm = str(book.rows()[0].id)
    elsewhere = {"panel_id": str(other.panel_ids[0]), "alarm_ids": [alarm]}
    assert technician.post("/api/v1/work-orders", json=elsewhere).json()["code"] == "alarm-elsewhere"
    empty = {"panel_id": str(other.panel_ids[0])}
    assert technician.post("/api/v1/work-orders", json=empty).json()["code"] == "title-missing"
    planned = technician.post("/api/v1/work-orders", json=empty | {"title": "Vệ sinh tủ"})
    assert planned.status_code == 201
    assert planned.json()["title"] == "Vệ sinh tủ"

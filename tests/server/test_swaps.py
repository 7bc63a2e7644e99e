"""Swaps of devices: one at a time, each step as the devices say it, the old certificate dead, given up at any step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from playlists.fault import CheckResult
from playlists.wire.messages import Health, OnScreen, Phase, Reading, State
from server.db import Database
from server.tables import Fault, Kiosk, KioskCommand, KioskStatus, Panel
from server.tables.accounts import Role
from server.tables.faults import FaultSource
from tests.conftest import People, Person
from tests.server.test_enrolment import (
    Device,
    accepted,
    behind_proxy,
    clock,
    folder,
    patient,
    place,
    server,
    settings,
)
from tests.server.test_fleet import Place

__all__ = ["behind_proxy", "clock", "folder", "patient", "place", "server", "settings"]
SEQ = 3


def technician(people: People, database: Database, place: Place) -> Person:
    """A technician of the agency whose panel it is."""
    with database.read() as session:
        agency_id = session.get_one(Panel, UUID(place.panel_id)).agency_id
    return people.person(Role.TECHNICIAN, agency_id)


def begun(client: httpx.Client, place: Place, kind: str) -> dict[str, Any]:
    answer = client.post(f"/api/v1/panels/{place.panel_id}/swaps", json={"kind": kind})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def standing(client: httpx.Client, swap: dict[str, Any]) -> dict[str, str]:
    shown = client.get(f"/api/v1/swaps/{swap['id']}").json()
    return {one["step"]: one["state"] for one in shown["steps"]}


def device_of(client: httpx.Client, swap: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"/api/v1/swaps/{swap['id']}/device", json={"slug": f"new-{swap['id'][-12:]}"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def says(database: Database, kiosk_id: str, *, readings: tuple[Reading, ...] = (), plays: bool = True) -> None:
    """Write what a kiosk says now, as the inbox would."""
    at = datetime.now(UTC)
    screen = OnScreen(layer="schedule", starts_at=at, ends_at=at + timedelta(seconds=9))
    said = State(
        id=uuid4(), at=at, installed_seq=SEQ, phase=Phase.PLAYING if plays else Phase.FETCHING, stored_segments=2,
        wanted_segments=2 if plays else 5, on_screen=screen if plays else None,
    )  # fmt: skip
    health = Health(id=uuid4(), at=at, readings=readings)
    with database.write() as session:
        session.get_one(Kiosk, UUID(kiosk_id)).assigned_seq = SEQ
        row = session.get(KioskStatus, UUID(kiosk_id)) or KioskStatus(kiosk_id=UUID(kiosk_id))
        row.online, row.heard_at, row.health_at = True, at, at
        row.state, row.health = said.model_dump(mode="json"), health.model_dump(mode="json")
        session.add(row)


def test_a_new_kiosk_takes_over_and_the_old_one_is_dead_before_the_swap_is_done(
    people: People, admin: httpx.Client, database: Database, place: Place,
    behind_proxy: Callable[[str], httpx.Client],
) -> None:  # fmt: skip
    _, _, old_serial = accepted(people, admin, place.kiosk_id)
    one = technician(people, database, place).client
    swap = begun(one, place, "kiosk")
    assert set(standing(one, swap).values()) == {"waiting"}
    lost = device_of(one, swap)
    made = device_of(one, swap)
    assert (made["kiosk_id"], made["code"] == lost["code"]) == (lost["kiosk_id"], False)
    assert Device(people.stranger(), lost["code"]).ask().status_code == 403
    assert standing(one, swap)["code"] == "well"
    new = Device(people.stranger(), made["code"])
    assert new.ask().status_code == 202
    assert behind_proxy(old_serial).get("/api/v1/kiosk/time").status_code == 200
    yes = one.post(f"/api/v1/kiosks/{made['kiosk_id']}/enrolment/accept", json={"fingerprint": new.fingerprint})
    assert yes.status_code == 201, yes.text
    assert new.content()["kiosk_id"] == made["kiosk_id"]
    assert behind_proxy(old_serial).get("/api/v1/kiosk/time").status_code == 401
    assert standing(one, swap) == {
        "code": "well", "enrolled": "well", "old_shut_out": "waiting", "heard": "waiting", "stored": "waiting",
        "plays": "waiting",
    }  # fmt: skip
    with database.write() as session:
        session.get_one(Kiosk, UUID(place.kiosk_id)).session_to_end = False
    says(database, made["kiosk_id"], plays=False)
    assert standing(one, swap) | {"code": "well"} == {
        "code": "well", "enrolled": "well", "old_shut_out": "well", "heard": "well", "stored": "waiting",
        "plays": "waiting",
    }  # fmt: skip
    refused = one.post(f"/api/v1/swaps/{swap['id']}/done", json={})
    assert refused.json()["code"] == "swap-not-confirmed"
    assert "stored" in refused.json()["detail"]
    says(database, made["kiosk_id"])
    order = one.post("/api/v1/work-orders", json={"panel_id": place.panel_id, "title": "Thay máy phát"}).json()
    said = {"old_serial": "RPI-1", "new_serial": "RPI-2", "work_order_id": order["id"]}
    done = one.post(f"/api/v1/swaps/{swap['id']}/done", json=said)
    assert done.status_code == 200, done.text
    assert (done.json()["state"], {step["state"] for step in done.json()["steps"]}) == ("done", {"well"})
    [part] = one.get(f"/api/v1/work-orders/{order['id']}").json()["parts"]
    assert (part["name"], part["old_serial"], part["new_serial"]) == ("Máy phát", "RPI-1", "RPI-2")
    assert one.post(f"/api/v1/swaps/{swap['id']}/done", json={}).json()["code"] == "swap-ended"
    [shown] = one.get(f"/api/v1/panels/{place.panel_id}/swaps").json()["items"]
    assert shown["id"] == swap["id"]


def test_two_people_do_not_swap_at_once(people: People, admin: httpx.Client, database: Database, place: Place) -> None:
    accepted(people, admin, place.kiosk_id)
    one, two = technician(people, database, place), technician(people, database, place)
    swap = begun(one.client, place, "kiosk")
    second = two.client.post(f"/api/v1/panels/{place.panel_id}/swaps", json={"kind": "controller"})
    assert (second.status_code, second.json()["code"], second.json()["swap_id"]) == (409, "swap-running", swap["id"])
    assert one.user.display_name in second.json()["sentences"]["vi"]
    seen = two.client.get(f"/api/v1/swaps/{swap['id']}")
    device_of(one.client, swap)
    stale = two.client.post(
        f"/api/v1/swaps/{swap['id']}/abandon", json={"note": "x"}, headers={"If-Match": seen.headers["ETag"]}
    )
    assert stale.status_code == 412


def test_a_swap_that_is_given_up_leaves_the_old_kiosk_playing(
    people: People, admin: httpx.Client, database: Database, place: Place,
    behind_proxy: Callable[[str], httpx.Client],
) -> None:  # fmt: skip
    _, _, old_serial = accepted(people, admin, place.kiosk_id)
    one = technician(people, database, place).client
    swap = begun(one, place, "kiosk")
    made = device_of(one, swap)
    assert one.post(f"/api/v1/swaps/{swap['id']}/abandon", json={"note": " "}).status_code == 422
    ended = one.post(f"/api/v1/swaps/{swap['id']}/abandon", json={"note": "Máy mới không khởi động"}).json()
    assert (ended["state"], ended["note"]) == ("abandoned", "Máy mới không khởi động")
    assert Device(people.stranger(), made["code"]).ask().status_code == 403
    assert behind_proxy(old_serial).get("/api/v1/kiosk/time").status_code == 200
    assert admin.get(f"/api/v1/panels/{place.panel_id}").json()["kiosk_id"] == place.kiosk_id
    assert device_of(one, begun(one, place, "kiosk"))["kiosk_id"] != made["kiosk_id"]


def test_a_controller_is_right_when_readings_after_it_was_accepted_say_so(
    people: People, admin: httpx.Client, database: Database, place: Place
) -> None:
    accepted(people, admin, place.kiosk_id)
    person = technician(people, database, place)
    swap = begun(person.client, place, "controller")
    good = (
        Reading(check="panel_brightness", result=CheckResult.OK, value_milli=60_000, unit="%"),
        Reading(check="panel_voltage", result=CheckResult.OK, value_milli=4_870, unit="V", subject="port 1 card 1"),
    )
    says(database, place.kiosk_id, readings=good)
    assert set(standing(person.client, swap).values()) == {"waiting"}
    at = datetime.now(UTC)
    fault = Fault(
        kiosk_id=UUID(place.kiosk_id), panel_id=UUID(place.panel_id), code="panel_card_offline",
        subject="port 1 card 2", severity="major", source=FaultSource.KIOSK, since_at=at,
    )  # fmt: skip
    with database.write() as session:
        session.add(fault)
        session.add(
            KioskCommand(
                kiosk_id=UUID(place.kiosk_id), panel_id=UUID(place.panel_id), name="accept_display",
                asked_by=person.user.id, asked_at=at, expires_at=at, state="done", answered_at=at,
            )
        )  # fmt: skip
    says(database, place.kiosk_id, readings=good)
    assert standing(person.client, swap) == {
        "told": "well", "answers": "well", "cards": "waiting", "brightness": "well", "voltage": "well",
    }  # fmt: skip
    refused = person.client.post(f"/api/v1/swaps/{swap['id']}/done", json={})
    assert refused.json()["detail"].endswith("cards.")
    with database.write() as session:
        session.get_one(Fault, fault.id).cleared_at = datetime.now(UTC)
    done = person.client.post(f"/api/v1/swaps/{swap['id']}/done", json={"new_serial": "MCTRL-532"}).json()
    assert done["voltages_milli"] == {"port 1 card 1": 4_870}


def test_what_a_controller_does_not_tell_holds_nothing_up(
    people: People, admin: httpx.Client, database: Database, place: Place
) -> None:
    accepted(people, admin, place.kiosk_id)
    person = technician(people, database, place)
    swap, at = begun(person.client, place, "controller"), datetime.now(UTC)
    with database.write() as session:
        session.add(
            KioskCommand(
                kiosk_id=UUID(place.kiosk_id), panel_id=UUID(place.panel_id), name="accept_display",
                asked_by=person.user.id, asked_at=at, expires_at=at, state="done", answered_at=at,
            )
        )  # fmt: skip
    unknown = Reading(check="panel_brightness", result=CheckResult.UNKNOWN, detail="it cannot be read")
    says(database, place.kiosk_id, readings=(unknown,))
    assert standing(person.client, swap)["brightness"] == "unknown"
    assert person.client.post(f"/api/v1/swaps/{swap['id']}/done", json={}).json()["state"] == "done"


def test_what_is_refused(people: People, admin: httpx.Client, database: Database, place: Place) -> None:
    one = technician(people, database, place).client
    path = f"/api/v1/panels/{place.panel_id}/swaps"
    assert one.post(path, json={"kind": "kiosk"}).json()["code"] == "no-kiosk"
    accepted(people, admin, place.kiosk_id)
    swap = begun(one, place, "controller")
    assert one.post(f"/api/v1/swaps/{swap['id']}/device", json={"slug": "new-one"}).json()["code"] == "no-kiosk-swap"
    stranger = people.person(Role.TECHNICIAN, people.agency().id).client
    assert stranger.get(f"/api/v1/swaps/{swap['id']}").status_code == 404
    assert stranger.post(path, json={"kind": "kiosk"}).status_code == 404

"""Checklists of work orders: who ticked what, once, by whoever may repair."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from server.tables.accounts import Role
from tests.conftest import People
from tests.server.test_alarms import Book
from tests.server.test_work_orders import book, made, step, technician

__all__ = ["book", "technician"]


def tick(client: httpx.Client, order: dict[str, Any], key: str, **body: Any) -> httpx.Response:
    return client.post(f"/api/v1/work-orders/{order['id']}/checks", json={"step": key, "is_done": True} | body)


def test_steps_of_the_alarm_are_ticked_by_who_and_when(book: Book, technician: httpx.Client, people: People) -> None:
    order = made(book, technician)
    shown = technician.get(f"/api/v1/work-orders/{order['id']}/checks").json()
    assert [one["step"] for one in shown["items"]] == [
        "cabinet", "dust", "fan_turns", "plays_right", "photos", "tidy",
    ]  # fmt: skip
    assert set(shown["items"][0]["sentences"]) == {"vi", "en", "zh"}
    assert (shown["left"], shown["items"][0]["at"], shown["items"][0]["by_name"]) == (6, None, "")
    colleague = people.person(Role.TECHNICIAN, book.where.agency_id)
    assert tick(technician, order, "cabinet").json()["left"] == 5
    said = tick(colleague.client, order, "dust").json()
    assert [one["is_done"] for one in said["items"]] == [True, True, False, False, False, False]
    assert said["items"][1]["by_name"] == colleague.user.display_name
    after_all_not = tick(colleague.client, order, "cabinet", is_done=False).json()
    assert after_all_not["left"] == 5
    assert after_all_not["items"][0]["by_name"] == colleague.user.display_name
    assert technician.get(f"/api/v1/work-orders/{order['id']}").json()["rev"] == order["rev"] + 3


def test_a_tick_that_is_sent_again_does_not_undo_a_later_one(book: Book, technician: httpx.Client) -> None:
    order, mark = made(book, technician), str(uuid4())
    tick(technician, order, "cabinet", client_id=mark)
    tick(technician, order, "cabinet", is_done=False)
    assert tick(technician, order, "cabinet", client_id=mark).json()["left"] == 6


def test_work_without_an_alarm_has_the_generic_list(book: Book, technician: httpx.Client) -> None:
    planned = {"panel_id": str(book.where.panel_ids[0]), "title": "Vệ sinh tủ"}
    order = technician.post("/api/v1/work-orders", json=planned).json()
    items = technician.get(f"/api/v1/work-orders/{order['id']}/checks").json()["items"]
    assert items[0]["step"] == "look"


def test_what_is_refused(book: Book, technician: httpx.Client, people: People) -> None:
    order = made(book, technician)
    assert tick(technician, order, "clock").json()["code"] == "no-such-step"
    assert tick(people.person(Role.VIEWER, book.where.agency_id).client, order, "dust").status_code == 403
    assert tick(people.person(Role.TECHNICIAN, people.agency().id).client, order, "dust").status_code == 404
    step(technician, order, "cancel", note="Báo nhầm")
    assert tick(technician, order, "dust").json()["code"] == "order-closed"

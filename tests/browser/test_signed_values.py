"""A status officer changes a value with one tap and a passkey where a root is installed; others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.db import now
from server.publishing import repository as published
from server.tables import Board, Kiosk, KioskBoard, Panel, Site
from server.tables.accounts import Role
from tests.browser.conftest import PHONE
from tests.browser.officer import Officer
from tests.browser.stage import Stage

WORDS = {"vi": "Thời gian chờ", "en": "Waiting time", "zh": "等候时间"}
PLAN: dict[str, Any] = {
    "title": WORDS,
    "slots": [{"slot": {"name": "wait", "kind": "digits", "most": 300}, "label": WORDS}],
}


class Gate(Officer):
    """A status officer, and a board that a kiosk of their site holds."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, Role.STATUS_OFFICER, "status")
        at = self.agency_id
        site = Site(slug="tra-linh", agency_id=at, name="Cửa khẩu Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh")
        panel = Panel(slug="cong", site_id=site.id, agency_id=at, name="Cổng chính", width=64, height=32)
        self.kiosk = Kiosk(slug="may-cong", panel_id=panel.id, enrolled_at=now())
        self.board = Board(
            agency_id=at,
            site_id=site.id,
            name="Thời gian chờ",
            definition=PLAN,
            definition_by=self.user_id,
            created_by=self.user_id,
        )
        for row in (site, panel, self.kiosk, self.board, KioskBoard(kiosk_id=self.kiosk.id, board_id=self.board.id)):
            with stage.database.write() as session:
                session.add(row)

    def told(self) -> int:
        with self.stage.database.read() as session:
            return len(published.signed_values_of_kiosks(session, [self.kiosk.id]).get(self.kiosk.id, ()))


@pytest.fixture(scope="module")
def gate(bare: Stage) -> Gate:
    return Gate(bare)


@pytest.fixture
def phone(gate: Gate, browser: Browser) -> Iterator[Page]:
    page = gate.window(browser, PHONE)
    yield page
    page.context.close()
    assert gate.complaints == []


def test_a_value_is_signed_with_a_passkey_and_told_to_the_kiosk(gate: Gate, phone: Page) -> None:
    phone.goto("/boards")
    board = phone.locator(f"#board-{gate.board.id}")
    board.get_by_label("Thời gian chờ").fill("35")
    board.get_by_role("button", name="Đặt").click()
    expect(board.locator("[data-slot=wait]")).to_contain_text("35")
    assert gate.told() == 1
    assert board.locator(".problem").inner_text() == ""


def test_an_editor_is_told_that_a_signature_is_needed(gate: Gate) -> None:
    answer = gate.stage.client.post(f"/api/v1/boards/{gate.board.id}/values", json={"set": {"wait": 9}})
    assert answer.json()["code"] == "values-need-signature"

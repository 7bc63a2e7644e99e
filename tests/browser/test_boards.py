"""Status boards as somebody on duty meets them on a phone: one tap, how long it counts, undo, and the phrase book."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from server.accounts import service as accounts
from server.accounts.schemas import UserNew
from server.tables.accounts import Role
from tests.browser.conftest import PHONE, Open
from tests.browser.stage import Stage
from tests.entering import open_login
from tests.server.boards.conftest import PHRASES


@pytest.fixture(scope="module", autouse=True)
def phrases(bare: Stage) -> None:
    """A place, and a phrase book of which another person has approved all but one phrase."""
    bare.agency_id = str(bare.post("/api/v1/agencies", {"slug": "ban-quan-ly", "name": "Ban quản lý cửa khẩu"})["id"])
    bare.post("/api/v1/sites", {"agency_id": bare.agency_id, "slug": "tra-linh", "name": "Trà Lĩnh"})
    new = UserNew(username="nguoi.viet", display_name="Người viết", role=Role.EDITOR, agency_id=UUID(bare.agency_id))
    with bare.database.write() as session:
        user, _ = accounts.add_user(session, new, temporary=False)
        headers = {"Authorization": f"Bearer {open_login(session, user.id)}"}
    for key, (vi, en, zh, tone) in PHRASES.items():
        body = {"key": key, "vi": vi, "en": en, "zh": zh, "tone": tone}
        made = bare.client.post("/api/v1/phrases", json=body, headers=headers).json()
        if key != "limited":
            bare.post(f"/api/v1/phrases/{made['id']}/approve", {})


def gate(page: Page) -> Locator:
    return page.locator("[data-slot=gate]")


def newest(stage: Stage) -> dict[str, Any]:
    (board,) = stage.get("/api/v1/boards")
    found: dict[str, Any] = board
    return found


def test_a_phrase_is_approved_by_another_person(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/boards/phrases")
    expect(page.get_by_text("Hạn chế")).to_be_visible()
    page.get_by_role("button", name="Duyệt").click()
    expect(page.get_by_role("button", name="Duyệt")).to_have_count(0)
    assert {one["state"] for one in bare.get("/api/v1/phrases")} == {"approved"}


def test_a_board_is_made_and_one_tap_on_a_phone_changes_it(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/boards", size=PHONE)
    page.fill("#title_vi", "Cửa khẩu Trà Lĩnh")
    page.fill("#title_en", "Trà Lĩnh border gate")
    page.fill("#title_zh", "茶岭口岸")
    page.fill("#opens", "00:00")
    page.fill("#closes", "00:00")
    page.get_by_role("button", name="Tạo bảng trạng thái").click()
    expect(gate(page)).to_have_text("Mở cửa")
    hours = next(one["slot"]["hours"] for one in newest(bare)["plan"]["slots"] if one["slot"]["name"] == "gate")
    assert [(one["start"], one["end"]) for one in hours["windows"]] == [("00:00", "24:00")]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]
    measured = "[...document.querySelectorAll('button')].map((one) => [one.textContent.trim(), one.offsetHeight])"
    assert [height >= 48 for text, height in page.evaluate(measured) if text == "Đóng cửa"] == [True]
    page.get_by_role("button", name="Đóng cửa", exact=True).click()
    expect(gate(page)).to_have_text("Đóng cửa")
    stated = newest(bare)
    assert stated["values"]["values"]["gate"] == "closed"
    page.locator("#toasts button").click()
    expect(gate(page)).to_have_text("Mở cửa")
    assert newest(bare)["values"].get("values", {}) == {}


def test_closed_until_a_length_that_is_chosen_and_back_to_the_opening_hours(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/boards", size=PHONE)
    page.get_by_label("2 giờ").check()
    page.get_by_role("button", name="Hạn chế", exact=True).click()
    expect(gate(page)).to_have_text("Hạn chế")
    assert list(newest(bare)["values"]["until"]) == ["gate"]
    page.get_by_role("button", name="Theo giờ mở cửa").click()
    expect(gate(page)).to_have_text("Mở cửa")


def test_minutes_are_counted_and_another_persons_change_appears_by_itself(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/boards", size=PHONE)
    count = page.locator("form[data-count=wait]")
    count.locator("input").fill("25")
    count.get_by_role("button", name="Thêm").click()
    count.get_by_role("button", name="Đặt").click()
    expect(page.locator("[data-slot=wait]")).to_have_text("26 phút")
    bare.post(f"/api/v1/boards/{newest(bare)['id']}/values", {"set": {"wait": 90}})
    expect(page.locator("[data-slot=wait]")).to_have_text("90 phút")
    page.get_by_role("link", name="Các thay đổi").click()
    expect(page.get_by_text("Thời gian chờ: 90")).to_be_visible()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Thời gian chờ: 26")).to_have_count(2)
    assert newest(bare)["values"]["values"]["wait"] == 26

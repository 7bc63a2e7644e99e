"""The page of a swap at the width of a phone: survives reloads, says what runs, and shows steps as devices say them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.stage import Stage

PHONE = (390, 844)


def test_a_swap_is_begun_survives_a_reload_and_is_given_up(stage: Stage, visit: Open) -> None:
    panel = stage.panels["tra-linh-1"]
    page = visit(stage, f"/panels/{panel}/service", size=PHONE)
    page.get_by_role("link", name="Thay thiết bị").click()
    page.get_by_role("button", name="Máy phát", exact=True).click()
    expect(page.locator("[data-step=code] .tag")).to_have_text("đang chờ")
    page.get_by_role("button", name="Mã đăng ký mới").click()
    expect(page.locator("#code .command")).to_contain_text(
        re.compile(r"bangtin-kiosk enrol --server http://\S+ --code \w{5}-\w{5}")
    )
    expect(page.locator("[data-step=code] .tag")).to_have_text("bình thường")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.reload()
    expect(page.locator("[data-step=enrolled] .tag")).to_have_text("đang chờ")
    expect(page.locator("main")).to_contain_text("Nguyễn Thị Quản Trị bắt đầu lần thay này")
    with page.expect_response(lambda one: one.request.method == "POST" and "/api/v1/swaps/" in one.url) as answered:
        page.get_by_role("button", name="Đã thay xong").click()
    assert answered.value.status >= 400
    assert "enrolled" in answered.value.text()
    page.locator("summary", has_text="Hủy lần thay").click()
    page.get_by_placeholder("Lý do").fill("Máy mới không khởi động")
    page.get_by_role("button", name="Hủy lần thay").click()
    expect(page.locator("#ended")).to_contain_text("Máy mới không khởi động")
    expect(page.get_by_role("heading", name="Thay thiết bị nào?")).to_be_visible()
    assert [one["state"] for one in stage.get(f"/api/v1/panels/{panel}/swaps")["items"]] == ["abandoned"]

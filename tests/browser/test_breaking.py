"""The demo's way from a broken part to a repair that the device confirms, walked at the width of a phone.

Real server, broker, kiosk agent and LED controller's bytes: nothing here writes an alarm into the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from simulator.demo.page import page as breaking_page
from simulator.demo.processes import Processes, free_port
from simulator.demo.run import Demo

PHONE: ViewportSize = {"width": 390, "height": 844}
BY_THE_DEVICE_MS = 180_000
"""A card is looked for every 30 s, and an alarm comes and goes after its delay."""


@pytest.fixture
def phone(front_end: None, browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, str]]:
    """A technician's phone, logged in at a demo that plays, and the address of its page for breaking things."""
    processes = Processes(tmp_path)
    demo = Demo(tmp_path, processes, lambda _line: None, "software", free_port())
    try:
        with breaking_page(demo.hardware, demo.panel_ids, demo.base_url) as address:
            demo.environment["BANGTIN_DEMO_PAGE"] = address
            running = demo.play()
            with (
                closing(running.api),
                closing(running.signers),
                closing(browser.new_context(viewport=PHONE, locale="vi-VN")) as window,
            ):
                page = window.new_page()
                page.set_default_timeout(30_000)
                page.goto(f"{demo.base_url}/login")
                page.locator("[name=username]").fill(running.username)
                page.locator("[name=password]").fill(running.password)
                page.get_by_role("button", name="Đăng nhập").click()
                expect(page).not_to_have_url(re.compile("/login"))
                yield page, demo.base_url
    finally:
        processes.stop()


@pytest.mark.timeout(600)
def test_a_card_is_pulled_out_and_the_way_ends_with_a_closed_order(phone: tuple[Page, str]) -> None:
    page, console = phone
    page.goto(f"{console}/faults")
    page.get_by_role("link", name="Làm hỏng thử").click()
    expect(page.locator("h1")).to_have_text("Làm hỏng thử")
    card = page.locator("#tra-linh-1 form[data-what=card]")
    card.get_by_role("button", name="Làm hỏng").click()
    expect(card).to_contain_text("đang hỏng")
    page.get_by_role("link", name="Về trang sự cố").click()
    fault = page.locator("[id^=fault-]", has_text="Card nhận")
    expect(fault).to_be_visible(timeout=BY_THE_DEVICE_MS)
    expect(fault).to_contain_text("2")
    fault.get_by_role("button", name="Lập phiếu sửa chữa").click()
    expect(page).to_have_url(re.compile(r"/work-orders/[0-9a-f-]{36}$"))
    order = page.url
    page.get_by_role("button", name="Bắt đầu sửa").click()
    expect(page.locator("#order-state")).to_have_text("Đang sửa")
    page.goto(f"{console}/faults")
    page.get_by_role("link", name="Làm hỏng thử").click()
    card.get_by_role("button", name="Sửa").click()
    expect(card).to_contain_text("bình thường")
    page.goto(order)
    page.get_by_placeholder("Nguyên nhân và cách xử lý?").fill("Cáp tín hiệu lỏng, đã cắm lại card nhận")
    page.get_by_role("button", name="Đã sửa xong").click()
    state = page.locator("#order-state")
    expect(state).to_have_text(re.compile("Báo đã sửa, chưa xác nhận|Đã xác nhận sửa xong"))
    for _ in range(BY_THE_DEVICE_MS // 5000):
        if state.inner_text() == "Đã xác nhận sửa xong":
            break
        page.get_by_role("button", name="Kiểm tra lại").click()
        page.wait_for_timeout(5000)
    expect(state).to_have_text("Đã xác nhận sửa xong")
    page.get_by_role("button", name="Đóng phiếu").click()
    expect(state).to_have_text("Đã xong")
    expect(page.locator("#history")).to_contain_text("Thiết bị xác nhận")
    page.goto(f"{console}/faults")
    expect(page.locator("main")).to_be_visible()
    expect(fault).to_have_count(0)

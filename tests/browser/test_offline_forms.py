"""Forms that are written without a link: kept through closing the tab, sent in order and once, conflicts shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, ViewportSize, expect

from server.accounts.calling import COOKIE
from tests.browser.relay import Link, Relay, bad_link
from tests.browser.stage import Stage

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def relay(stage: Stage) -> Iterator[Relay]:
    """The link between the phone and the server."""
    port = urlsplit(stage.url).port
    assert port is not None
    with bad_link(port) as relay:
        yield relay


@pytest.fixture
def phone(stage: Stage, relay: Relay, browser: Browser) -> Iterator[BrowserContext]:
    """A technician's phone, logged in, that reaches the server over the link."""
    context = browser.new_context(base_url=relay.url, viewport=PHONE, locale="vi-VN")
    context.set_default_timeout(40_000)
    cookie: Any = {
        "name": COOKIE, "value": stage.open_login(), "url": relay.url, "httpOnly": True, "sameSite": "Strict",
    }  # fmt: skip
    context.add_cookies([cookie])
    yield context
    context.close()


@pytest.fixture
def order(stage: Stage) -> str:
    """A work order without an alarm."""
    made = stage.post("/api/v1/work-orders", {"panel_id": stage.panels["tra-linh-1"], "title": "Vệ sinh tủ"})
    return str(made["id"])


def story(stage: Stage, order: str) -> dict[str, Any]:
    return dict(stage.get(f"/api/v1/work-orders/{order}"))


def steps(stage: Stage, order: str) -> list[str]:
    return [one["what"] for one in story(stage, order)["history"]]


def seen(phone: BrowserContext, order: str) -> Page:
    """Open an order with a link, until it is kept on the phone."""
    page = phone.new_page()
    page.goto(f"/work-orders/{order}")
    page.evaluate(
        """async (path) => { await navigator.serviceWorker.ready; const cache = await caches.open("bangtin-orders");
        while (!(await cache.match(path, { ignoreVary: true })) || !(await cache.keys()).some((one) =>
        one.url.includes("app.js"))) await new Promise((next) => setTimeout(next, 50)); }""",
        f"/work-orders/{order}",
    )
    return page


def offline(phone: BrowserContext, relay: Relay) -> None:
    phone.set_offline(True)
    relay.cut()


def online(phone: BrowserContext, relay: Relay) -> None:
    relay.link = Link.WHOLE
    phone.set_offline(False)


def note(page: Page, text: str) -> None:
    page.get_by_placeholder("Đã đo, đã thấy, đã thống nhất với ai").fill(text)
    page.get_by_role("button", name="Ghi lại", exact=True).click()


def test_what_is_written_without_a_link_survives_the_tab_and_is_sent_in_order(
    stage: Stage, phone: BrowserContext, relay: Relay, order: str
) -> None:
    page = seen(phone, order)
    offline(phone, relay)
    page.get_by_role("button", name="Bắt đầu sửa").click()
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (1)")
    note(page, "Đã đo 4,9 V")
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (2)")
    page.get_by_text("Đã thay một phụ tùng").click()
    page.get_by_label("Phụ tùng", exact=True).fill("Quạt 120 mm")
    page.get_by_role("button", name="Ghi phụ tùng").click()
    page.locator("#checklist li", has_text="Chụp ảnh").locator("label").click()
    picture = BytesIO()
    Image.new("RGB", (800, 600), (20, 90, 140)).save(picture, "JPEG")
    page.locator("#photo-take").set_input_files(
        {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (5)")
    page.get_by_placeholder("Nguyên nhân và cách xử lý?").fill("Quạt kẹt bụi")
    page.get_by_role("button", name="Đã sửa xong").click()
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (6)")
    page.close()
    assert steps(stage, order) == ["made"]

    page = phone.new_page()
    page.goto(f"/work-orders/{order}")
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (6)")
    expect(page.locator("#outbox [data-link-state]")).to_contain_text("Không có kết nối")
    expect(page.locator("#checklist li", has_text="Chụp ảnh").locator("input[type=checkbox]")).to_be_checked()
    expect(page.get_by_role("button", name="Bắt đầu sửa")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    online(phone, relay)
    expect(page.locator("#order-state")).to_have_text(re.compile("Báo đã sửa|Đã xác nhận"))
    expect(page.locator("#outbox")).to_be_hidden()
    told = [one for one in steps(stage, order) if one != "verified"]
    assert told == ["made", "started", "noted", "part", "photo", "repaired"]
    assert story(stage, order)["cause"] == "Quạt kẹt bụi"
    items = stage.get(f"/api/v1/work-orders/{order}/checks")["items"]
    assert [one["step"] for one in items if one["is_done"]] == ["photos"]


def test_a_form_whose_answer_was_lost_is_sent_again_and_counts_once(
    stage: Stage, phone: BrowserContext, relay: Relay, order: str
) -> None:
    page = seen(phone, order)
    relay.cut()
    relay.link = Link.MUTE
    note(page, "Chỉ một lần")
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (1)")
    assert steps(stage, order) == ["made", "noted"]
    relay.cut()
    relay.link = Link.WHOLE
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.locator("#history")).to_contain_text("Chỉ một lần")
    expect(page.locator("#outbox")).to_be_hidden()
    assert steps(stage, order) == ["made", "noted"]


def test_an_order_that_was_closed_meanwhile_loses_nothing(
    stage: Stage, phone: BrowserContext, relay: Relay, order: str
) -> None:
    page = seen(phone, order)
    offline(phone, relay)
    page.get_by_text("Đã thay một phụ tùng").click()
    page.get_by_label("Phụ tùng", exact=True).fill("Quạt số 3")
    page.get_by_role("button", name="Ghi phụ tùng").click()
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (1)")
    stage.post(f"/api/v1/work-orders/{order}/cancel", {"note": "Báo nhầm"})
    online(phone, relay)
    line = page.locator("#outbox li")
    expect(line.locator(".problem")).to_contain_text("Phiếu sửa chữa này đã đóng")
    expect(line).to_contain_text("Quạt số 3")
    page.reload()
    expect(line).to_contain_text("Quạt số 3")
    line.get_by_role("button", name="Gửi dưới dạng ghi chú").click()
    expect(page.locator("#history")).to_contain_text("Đã thay một phụ tùng: Quạt số 3")
    expect(page.locator("#outbox")).to_be_hidden()
    assert steps(stage, order) == ["made", "cancelled", "noted"]


def test_after_a_logout_nothing_of_an_order_is_left_to_read(
    stage: Stage, phone: BrowserContext, relay: Relay, order: str
) -> None:
    page = seen(phone, order)
    asked: list[str] = []
    offline(phone, relay)
    note(page, "Viết lúc mất mạng")
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (1)")

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("body")).not_to_contain_text("Vệ sinh tủ")
    assert len(asked) == 1
    assert "1" in asked[0]
    again = phone.new_page()
    with pytest.raises(Exception, match="ERR_"):
        again.goto(f"/work-orders/{order}")


def test_another_persons_forms_are_neither_shown_nor_sent(
    stage: Stage, phone: BrowserContext, relay: Relay, order: str
) -> None:
    page = seen(phone, order)
    offline(phone, relay)
    note(page, "Của người trước")
    expect(page.locator("#outbox h2")).to_have_text("Đang chờ gửi (1)")
    page.evaluate(
        """async () => { const database = await new Promise((resolve) => { const asked = indexedDB.open(
        "bangtin-outbox", 1); asked.onsuccess = () => resolve(asked.result); });
        const store = database.transaction("forms", "readwrite").objectStore("forms");
        store.getAll().onsuccess = (event) => event.target.result.forEach((one) =>
            store.put({ ...one, person: "somebody else" })); }"""
    )
    online(phone, relay)
    page.reload()
    expect(page.locator("#outbox")).to_be_hidden()
    assert steps(stage, order) == ["made"]


def test_a_browser_that_keeps_nothing_still_sends_and_loses_no_words(
    stage: Stage, phone: BrowserContext, relay: Relay, order: str
) -> None:
    phone.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page = phone.new_page()
    page.goto(f"/work-orders/{order}")
    note(page, "Gửi ngay khi có mạng")
    expect(page.locator("#history")).to_contain_text("Gửi ngay khi có mạng")
    offline(phone, relay)
    note(page, "Chưa gửi được")
    expect(page.locator("form[data-what=note] .problem")).to_contain_text("trình duyệt này không giữ được")
    expect(page.locator("form[data-what=note] textarea")).to_have_value("Chưa gửi được")
    assert steps(stage, order) == ["made", "noted"]

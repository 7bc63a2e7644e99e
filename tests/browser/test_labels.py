"""Labels: what is printed leads a camera to the panel's service page, after login."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Open, enter
from tests.browser.stage import Stage

PHONE = (390, 844)


def scanned(picture: bytes) -> list[str]:
    """Return what a camera reads in a picture."""
    return [one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))]


def test_every_label_leads_to_its_panel(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/labels", size=PHONE)
    labels = page.locator("article")
    expect(labels).to_have_count(len(stage.panels))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    expect(page.get_by_role("alert")).to_contain_text("BANGTIN_BASE_URL")
    read = {scanned(labels.nth(at).screenshot(scale="device"))[0] for at in range(len(stage.panels))}
    assert read == {f"{stage.url}/panels/{panel}/service" for panel in stage.panels.values()}
    expect(labels.filter(has_text="tra-linh-1").locator(".code")).to_have_text("tra-linh-1")


def test_one_panel_on_one_label_as_it_is_printed(stage: Stage, visit: Open) -> None:
    page = visit(stage, f"/labels?panel={stage.panels['tra-linh-1']}&single=true")
    expect(page.locator("article")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 282.9" in printed


def test_who_scans_a_label_logs_in_and_is_there(stage: Stage, visit: Open) -> None:
    address = f"{stage.url}/panels/{stage.panels['tra-linh-1']}/service"
    page = visit(stage, urlsplit(address).path, size=PHONE, logged_in=False)
    expect(page.locator("#username")).to_be_visible()
    enter(stage, page)
    expect(page).to_have_url(address)
    expect(page.get_by_role("heading", name="Yêu cầu máy phát")).to_be_visible()


def test_a_label_of_a_foreign_panel_is_none(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/labels?panel=01936d5a-7e1b-7c3a-9d52-0f6c5c3a1b11")
    expect(page.locator("article")).to_have_count(0)

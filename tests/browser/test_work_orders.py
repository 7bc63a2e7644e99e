"""From an alarm to a repair that the device confirms, at the width of a phone."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.sync_api import ViewportSize, expect

from playlists.alarm.causes import GRACE
from playlists.fault import FaultCode
from server.db import now
from server.faults import repository as faults
from server.faults import service
from server.faults.alarms import standing
from server.faults.alarms.repository import alarm as alarm_of
from server.tables import KioskStatus
from server.tables.faults import FaultSource
from tests.browser.conftest import Open
from tests.browser.stage import Stage

PHONE: ViewportSize = {"width": 390, "height": 844}


def clear(stage: Stage, alarm_id: UUID) -> None:
    """Let the condition of an alarm go, as the kiosk would say it, long enough ago."""
    with stage.database.write() as session:
        row = alarm_of(session, alarm_id)
        assert row is not None
        assert row.kiosk_id is not None
        for fault in faults.open_faults(session, row.kiosk_id, FaultSource.KIOSK):
            if fault.code == row.code:
                service.clear(session, fault, now() - GRACE)
        standing.sweep(session, now() - GRACE, now())
        status = session.get_one(KioskStatus, row.kiosk_id)
        status.online, status.heard_at = True, now()


def test_an_alarm_is_repaired_and_the_device_confirms_it(stage: Stage, visit: Open) -> None:
    raised = stage.fault("tra-linh-1", FaultCode.CABINET_FAN, "0 rpm")
    page = visit(stage, "/faults")
    page.set_viewport_size(PHONE)
    page.locator(f"#fault-{raised}").get_by_role("button", name="Lập phiếu sửa chữa").click()
    expect(page).to_have_url(re.compile(r"/work-orders/[0-9a-f-]{36}$"))
    expect(page.locator("h1")).to_contain_text("Quạt tủ LED chậm hoặc dừng")
    page.get_by_role("button", name="Bắt đầu sửa").click()
    expect(page.locator("#order-state")).to_have_text("Đang sửa")
    page.get_by_text("Đã thay một phụ tùng").click()
    page.get_by_label("Phụ tùng", exact=True).fill("Quạt 120 mm")
    page.get_by_label("Số sê-ri mới").fill("F-2231")
    page.get_by_role("button", name="Ghi phụ tùng").click()
    expect(page.locator("main")).to_contain_text("F-2231")
    page.get_by_placeholder("Nguyên nhân và cách xử lý?").fill("Quạt kẹt bụi, đã thay quạt mới")
    page.get_by_role("button", name="Đã sửa xong").click()
    expect(page.locator("#order-state")).to_have_text("Báo đã sửa, chưa xác nhận")
    expect(page.locator("#checks")).to_contain_text("sự cố vẫn còn")
    page.get_by_role("button", name="Kiểm tra lại").click()
    expect(page.locator("#next .problem")).to_contain_text("cabinet_fan")
    clear(stage, raised)
    page.get_by_role("button", name="Kiểm tra lại").click()
    expect(page.locator("#order-state")).to_have_text("Đã xác nhận sửa xong")
    page.get_by_role("button", name="Đóng phiếu").click()
    expect(page.locator("#order-state")).to_have_text("Đã xong")
    expect(page.locator("#history")).to_contain_text("Thiết bị xác nhận")
    page.get_by_role("link", name="Biên bản nghiệm thu").click()
    expect(page.locator("h1")).to_have_text("Biên bản nghiệm thu sửa chữa")
    expect(page.locator("main")).to_contain_text("Quạt kẹt bụi, đã thay quạt mới")
    expect(page.locator("main")).to_contain_text("F-2231")
    page.goto("/faults")
    expect(page.locator(f"#fault-{raised}")).to_have_count(0)


def test_waiting_for_a_part_hides_the_fault_until_then(stage: Stage, visit: Open) -> None:
    raised = stage.fault("tra-linh-2", FaultCode.PANEL_RIBBON)
    page = visit(stage, "/faults")
    page.set_viewport_size(PHONE)
    page.locator(f"#fault-{raised}").get_by_role("button", name="Lập phiếu sửa chữa").click()
    page.get_by_text("Chờ phụ tùng hoặc quyết định").click()
    page.get_by_label("Chờ gì?").fill("Cáp dẹt 16 chân")
    page.get_by_role("button", name="Chờ", exact=True).click()
    expect(page.locator("#order-state")).to_have_text("Chờ Cáp dẹt 16 chân")
    page.goto("/work-orders")
    expect(page.locator("#orders")).to_contain_text("Chờ Cáp dẹt 16 chân")
    page.goto("/faults")
    expect(page.locator("details.box", has_text="tạm ẩn")).to_be_visible()


def test_the_service_view_says_when_a_kiosk_cannot_be_asked(stage: Stage, visit: Open) -> None:
    page = visit(stage, f"/panels/{stage.panels['tra-linh-2']}/service")
    page.set_viewport_size(PHONE)
    expect(page.get_by_role("heading", name="Yêu cầu máy phát")).to_be_visible()
    expect(page.get_by_text("Chưa ai yêu cầu máy phát này làm gì.")).to_be_visible()

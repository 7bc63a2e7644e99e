"""From an alarm to a repair that the device confirms, at the width of a phone."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import UUID

from PIL import Image
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


def test_a_photo_from_the_phone_stands_on_the_order_and_in_the_record(stage: Stage, visit: Open) -> None:
    raised = stage.fault("tra-linh-1", FaultCode.CABINET_HUMIDITY, "92 %")
    page = visit(stage, "/faults")
    page.set_viewport_size(PHONE)
    page.locator(f"#fault-{raised}").get_by_role("button", name="Lập phiếu sửa chữa").click()
    expect(page.locator("#photos")).to_contain_text("Chưa có.")
    assert page.locator("#photo-take").get_attribute("capture") == "environment"
    page.get_by_label("Ảnh cho thấy gì").fill("Nước trong tủ 3")
    picture = BytesIO()
    Image.new("RGB", (4000, 3000), (20, 90, 140)).save(picture, "JPEG")
    page.locator("#photo-take").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    expect(page.locator("#photos li")).to_contain_text("Trước khi sửa · Nước trong tủ 3")
    order = page.url.rpartition("/")[2]
    [kept] = stage.get(f"/api/v1/work-orders/{order}/photos")["items"]
    assert (kept["width"], kept["height"]) == (2048, 1536)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#photo-take").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"})
    expect(page.locator("#photos form[data-photo] .problem")).to_contain_text("Nội dung tệp không phải JPEG")
    page.get_by_role("link", name="Biên bản hiện trạng").click()
    shown = page.locator(".photos img")
    shown.scroll_into_view_if_needed()
    width = shown.evaluate(
        """async (image) => { while (!image.complete) await new Promise((next) => setTimeout(next, 50));
        return image.naturalWidth }"""
    )
    assert width == 1280
    page.go_back()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#photos li").get_by_role("button", name="Bỏ").click()
    expect(page.locator("#photos li")).to_have_count(0)


def test_steps_are_ticked_at_the_panel_and_the_record_says_which_were_not(stage: Stage, visit: Open) -> None:
    raised = stage.fault("tra-linh-2", FaultCode.CABINET_FAN, "0 rpm")
    page = visit(stage, "/faults")
    page.set_viewport_size(PHONE)
    page.locator(f"#fault-{raised}").get_by_role("button", name="Lập phiếu sửa chữa").click()
    step = page.locator("#checklist li", has_text="Làm sạch bụi")
    box = step.locator("label").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    step.locator("label").click()
    expect(step.locator(".aside")).to_contain_text("Nguyễn Thị Quản Trị")
    expect(step.locator("input[type=checkbox]")).to_be_checked()
    page.get_by_role("link", name="Biên bản hiện trạng").click()
    expect(page.locator("tr", has_text="Làm sạch bụi")).to_contain_text("☑")
    expect(page.locator("tr", has_text="Xem quạt quay đều")).to_contain_text("chưa làm")


def test_what_an_office_asks_of_a_repair_stands_on_the_order_and_in_the_record(stage: Stage, visit: Open) -> None:
    order = stage.post("/api/v1/work-orders", {"panel_id": stage.panels["ban-gioc-1"], "title": "Thay mô-đun"})["id"]
    spare = {"agency_id": stage.agency_id, "name": "Mô-đun P4", "batch": "2026-03", "quantity": 2, "least_quantity": 6}
    stage.post("/api/v1/spare-parts", spare)
    page = visit(stage, f"/work-orders/{order}")
    page.set_viewport_size(PHONE)
    page.locator("summary", has_text="Người làm, đơn vị, kinh phí").click()
    page.get_by_label("Dự kiến có mặt").fill("2026-12-01T08:30")
    page.get_by_label("Đơn vị sửa chữa").fill("Công ty LED")
    page.get_by_label("Dự toán (đồng)").fill("3500000")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("#terms")).to_contain_text("Công ty LED")
    expect(page.locator("#terms")).to_contain_text("3.500.000")
    page.get_by_text("Đã thay một phụ tùng").click()
    page.get_by_label("Phụ tùng", exact=True).fill("Mô-đun P4")
    page.get_by_label("Lô (mô-đun LED)").fill("2026-03")
    page.get_by_role("button", name="Ghi phụ tùng").click()
    expect(page.locator("main")).to_contain_text("Mô-đun P4 · 2026-03")
    page.get_by_role("link", name="Biên bản hiện trạng").click()
    owner = stage.get(f"/api/v1/agencies/{stage.agency_id}")["name"]
    expect(page.locator("tr", has_text="Cơ quan chủ quản")).to_contain_text(owner)
    page.goto("/work-orders")
    expect(page.locator("#short")).to_contain_text("Mô-đun P4")
    expect(page.locator("#short")).to_contain_text("2 trên ít nhất 6")

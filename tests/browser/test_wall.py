"""The wall, a panel's page, publishing and faults, as a person meets them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Route, expect

from playlists.fault import FaultCode
from server.changes import note_change
from server.db import now
from tests.browser.conftest import PHONE, Open
from tests.browser.stage import Stage


def test_the_wall_shows_each_panel_in_words(stage: Stage, visit: Open) -> None:
    stage.says("tra-linh-1", since=now() - timedelta(minutes=1))
    stage.says("tra-linh-2", online=False, since=now() - timedelta(days=3))
    page = visit(stage, "/")
    expect(page.locator(".panel")).to_have_count(3)
    gate = page.locator(f"#panel-{stage.panels['tra-linh-1']}")
    expect(gate).to_contain_text(re.compile(r"Trực tuyến từ \d\d:\d\d"))
    expect(gate).to_contain_text("Đang phát bản mới nhất")
    expect(gate.locator(".now")).to_have_text(re.compile("|".join(stage.notices)))
    expect(gate.locator(".tag")).to_have_text(re.compile("Tiếng (Việt|Anh|Trung)"))
    assert gate.locator("img").evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0
    away = page.locator(f"#panel-{stage.panels['tra-linh-2']}")
    expect(away).to_contain_text(re.compile(r"Mất liên lạc từ \d\d:\d\d ngày \d\d/\d\d/\d{4}"))
    expect(page.locator(f"#panel-{stage.panels['ban-gioc-1']}")).to_contain_text("Chưa có máy phát")


def test_search_ignores_accents_and_sites_filter(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/")
    page.fill("#find", "CONG chinh")
    expect(page.locator(".panel h2")).to_have_text(["Bảng cổng chính"])
    page.fill("#find", "")
    page.select_option("#site", "ban-gioc")
    expect(page.locator(".panel h2")).to_have_text(["Bảng lối vào thác"])
    page.fill("#find", "nowhere")
    expect(page.locator("#panels .empty")).to_contain_text("Không có bảng nào phù hợp")


def test_a_card_changes_by_itself_when_its_panel_does(stage: Stage, visit: Open) -> None:
    stage.says("tra-linh-1", since=now() - timedelta(minutes=1))
    page = visit(stage, "/")
    gate = page.locator(f"#panel-{stage.panels['tra-linh-1']}")
    expect(gate).to_contain_text("Trực tuyến")
    with page.expect_request(lambda request: request.url.endswith("/card")):
        stage.says("tra-linh-1", online=False, since=now() - timedelta(minutes=1))
    expect(gate).to_contain_text("Mất liên lạc")
    stage.says("tra-linh-1", since=now())
    expect(gate).to_contain_text("Trực tuyến")


def test_a_card_moves_on_when_its_item_ends(stage: Stage, visit: Open) -> None:
    stage.says("tra-linh-1", since=now())
    page = visit(stage, "/")
    gate = page.locator(f"#panel-{stage.panels['tra-linh-1']}")
    language = gate.locator(".tag").inner_text()
    picture = gate.locator("img").get_attribute("src")
    expect(gate.locator(".tag")).not_to_have_text(language, timeout=12_000)
    expect(gate.locator("img")).not_to_have_attribute("src", picture or "")


def test_a_fresh_capture_is_shown_with_its_time(stage: Stage, visit: Open) -> None:
    stage.captured("tra-linh-1")
    page = visit(stage, f"/panels/{stage.panels['tra-linh-1']}")
    image = page.locator(".picture img")
    expect(image).to_have_attribute("src", re.compile("capture.jpg"))
    expect(page.locator(".picture .note")).to_have_text(re.compile(r"Ảnh chụp lúc \d\d:\d\d:\d\d"))
    assert image.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") == 64


def test_watching_asks_the_kiosk_and_says_so(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/")
    panel = stage.panels["tra-linh-1"]
    with page.expect_response(lambda answer: answer.url.endswith(f"{panel}/watch")) as asked:
        page.click(f"[data-watch='{panel}']")
    assert asked.value.status == 202
    expect(page.locator(f"[data-watch='{panel}']")).to_have_attribute("aria-pressed", "true")
    page.click(f"[data-watch='{panel}']")
    expect(page.locator(f"[data-watch='{panel}']")).to_have_attribute("aria-pressed", "false")


def test_publishing_is_followed_until_the_panel_plays(stage: Stage, visit: Open) -> None:
    title = "Chào mừng đến thác Bản Giốc"
    stage.notice(title)
    stage.playlist("Ngày lễ", [title])
    body = {"default_playlist_id": stage.playlists["Ngày lễ"], "entries": []}
    stage.put(f"/api/v1/panels/{stage.panels['tra-linh-2']}/schedule", body)
    stage.says("tra-linh-2", since=now())
    page = visit(stage, f"/panels/{stage.panels['tra-linh-2']}")
    page.click("[data-publish]")
    dialog = page.locator("#publishing")
    expect(dialog).to_be_visible()
    expect(dialog).to_have_attribute("data-state", "assigned", timeout=60_000)
    expect(dialog).to_contain_text("0/1 bảng đang phát")
    expect(dialog).to_contain_text("đã giao, máy phát chưa lưu xong")
    stage.says("tra-linh-2", phase="fetching")
    stage.says("tra-linh-2", phase="playing")
    expect(dialog).to_have_attribute("data-state", "playing")
    expect(dialog).to_contain_text("Hoàn tất: mọi bảng có máy phát đều đang phát.")
    page.click("[data-close]")
    expect(page.locator(".now")).to_have_text(title)


def test_publishing_a_panel_without_kiosk_says_so(stage: Stage, visit: Open) -> None:
    page = visit(stage, f"/panels/{stage.panels['ban-gioc-1']}")
    page.click("[data-publish]")
    expect(page.locator("#publishing")).to_contain_text("Các bảng này chưa có máy phát", timeout=60_000)


def test_a_weekly_window_is_added_and_taken_out(stage: Stage, visit: Open) -> None:
    page = visit(stage, f"/panels/{stage.panels['ban-gioc-1']}")
    page.click("summary:has-text('Thêm khung giờ')")
    page.fill("#start", "18:00")
    page.fill("#end", "05:30")
    page.uncheck("input[value='7'][name='weekdays[]']")
    page.uncheck("input[value='6'][name='weekdays[]']")
    page.click("[data-window] button[type=submit]")
    expect(page.locator("[data-entry]")).to_contain_text("18:00–05:30")
    expect(page.locator("[data-entry]")).to_contain_text("Thứ Hai–Thứ Sáu")
    expect(page.locator(".toast")).to_contain_text("Hãy xuất bản")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-drop-entry]")
    expect(page.locator("[data-entry]")).to_have_count(0)


def test_a_fault_is_explained_taken_and_remembered(stage: Stage, visit: Open) -> None:
    raised = stage.fault("tra-linh-1", FaultCode.POWER_UNDER_VOLTAGE, "4.61 V")
    over = stage.fault("tra-linh-1", FaultCode.CPU_TEMPERATURE, cleared=True)
    page = visit(stage, "/faults")
    fault = page.locator(f"#fault-{raised}")
    expect(fault).to_contain_text("Điện áp thấp")
    expect(fault).to_contain_text("lớn")
    expect(fault).to_contain_text("Mới")
    expect(fault).to_contain_text(re.compile(r"đã 47 phút"))
    expect(fault).to_contain_text("Kiểm tra bộ nguồn và dây cấp nguồn.")
    fault.locator("input[maxlength]").first.fill("Anh Nam đến trưa nay")
    fault.get_by_role("button", name="Tôi nhận").click()
    expect(fault).to_contain_text("Nguyễn Thị Quản Trị nhận")
    expect(fault).to_contain_text("Anh Nam đến trưa nay")
    expect(fault).to_contain_text("Đã nhận")
    fault.get_by_role("button", name="Bắt đầu sửa").click()
    expect(fault).to_contain_text("Đang sửa")
    gone = page.locator(f"#fault-{over}")
    expect(gone).to_contain_text("Đã xong")
    gone.get_by_role("button", name="Tôi đã xem").click()
    expect(gone.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(gone).to_have_count(0)
    expect(page.locator("table")).to_contain_text("Máy phát quá nóng")


def test_a_fault_is_hidden_for_a_time_with_a_reason(stage: Stage, visit: Open) -> None:
    raised = stage.fault("tra-linh-2", FaultCode.STORAGE_WORN)
    page = visit(stage, "/faults")
    fault = page.locator(f"#fault-{raised}")
    fault.get_by_text("Tạm ẩn một thời gian").click()
    fault.get_by_placeholder("Lý do").fill("Chờ máy mới")
    fault.get_by_role("button", name="Tạm ẩn", exact=True).click()
    expect(page.locator("details.box", has_text="tạm ẩn")).to_be_visible()
    page.locator("details.box > summary", has_text="tạm ẩn").click()
    expect(fault).to_contain_text("Tạm ẩn đến")
    expect(fault).to_contain_text("Chờ máy mới")
    fault.get_by_role("button", name="Hiện lại").click()
    expect(fault).to_contain_text("Mới")


def test_work_is_announced_and_ended(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/faults")
    announced = page.locator("#announced")
    announced.get_by_text("Báo từ bây giờ").click()
    announced.get_by_label("Lý do").fill("Thay quạt tủ số 2")
    announced.get_by_role("button", name="Báo trước", exact=True).click()
    expect(announced).to_contain_text("Thay quạt tủ số 2")
    announced.get_by_role("button", name="Kết thúc ngay").click()
    expect(announced).not_to_contain_text("Thay quạt tủ số 2")


def test_a_new_fault_appears_without_a_reload(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/faults")
    raised = stage.fault("tra-linh-2", FaultCode.STORAGE_READ_ONLY)
    expect(page.locator(f"#fault-{raised}")).to_contain_text("nghiêm trọng")


def test_what_changes_before_the_page_listens_is_not_missed(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/")
    raised: list[UUID] = []

    def late(route: Route) -> None:
        raised.append(stage.fault("tra-linh-1", FaultCode.STORAGE_READ_ONLY))
        route.continue_()

    page.route("**/api/v1/events*", late, times=1)
    page.goto("/faults")
    while not raised:
        page.wait_for_timeout(50)
    expect(page.locator(f"#fault-{raised[0]}")).to_contain_text("nghiêm trọng")


def test_a_note_being_written_is_not_lost_when_the_page_changes(stage: Stage, visit: Open) -> None:
    raised = stage.fault("tra-linh-2", FaultCode.MEMORY_LOW)
    page = visit(stage, "/faults")
    note = page.locator(f"#fault-{raised} input[maxlength]").first
    note.fill("Đang viết dở")
    with stage.database.write() as session:
        note_change(session, "alarm", UUID(int=0))
    page.wait_for_timeout(1500)
    expect(note).to_have_value("Đang viết dở")


PAGES = [
    "/",
    "/schedule",
    "/schedule/entries/new",
    "/schedule/urgent",
    "/schedule/dayparts",
    "/schedule/hours",
    "/schedule/special-days",
    "/media",
    "/notices",
    "/notices/new",
    "/notices/new/card",
    "/notices/new/album",
    "/notices/to-translate",
    "/notices/subjects",
    "/playlists",
    "/faults",
    "/admin",
    "/password",
]


@pytest.mark.parametrize("language", ["vi", "en", "zh"])
def test_no_page_scrolls_sideways_on_a_phone(stage: Stage, visit: Open, language: str) -> None:
    stage.client.patch("/api/v1/me", json={"language": language})
    page = visit(stage, "/", size=PHONE)
    panel = stage.panels["tra-linh-1"]
    one_of_each = [
        f"/panels/{panel}",
        f"/panels/{panel}/day?draft=1",
        f"/playlists/{next(iter(stage.playlists.values()))}",
    ]
    try:
        for path in [*PAGES, *one_of_each, f"/notices/{next(iter(stage.notices.values()))}"]:
            page.goto(path)
            expect(page.locator("h1")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path
            assert page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth)") <= PHONE[0]
    finally:
        stage.client.patch("/api/v1/me", json={"language": "vi"})

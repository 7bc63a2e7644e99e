"""The schedule as an operator meets it: calendar, entry form, a panel's day, dayparts and urgent playlists.

The week of 8 March 2027 is looked at, so that nothing depends on when the tests run.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from server.db import now
from tests.browser.conftest import PHONE, Open
from tests.browser.stage import Stage

WEEK = "view=timeGridWeek&date=2027-03-08"
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAILY = {"dtstart": "2027-03-08T09:00", "rrule": "FREQ=DAILY;COUNT=7"}


@pytest.fixture(scope="module", autouse=True)
def playlists(stage: Stage) -> None:
    """Two more playlists."""
    stage.notice("Chợ phiên sáng thứ Bảy")
    stage.playlist("Chợ phiên", ["Chợ phiên sáng thứ Bảy"])
    stage.playlist("Mưa lớn", ["Không tự ý bay flycam"])


def _entry(stage: Stage, slug: str, **fields: Any) -> dict[str, Any]:
    """Make an entry on one panel."""
    body = {
        "agency_id": stage.agency_id,
        "playlist_id": stage.playlists["Chợ phiên"],
        "targets": {"panels": [stage.panels[slug]]},
        "recurrence": DAILY,
        "duration_s": 7200,
    }
    return stage.post("/api/v1/schedule/entries", body | fields)


def _remove(stage: Stage) -> None:
    """Delete every entry, so that tests do not meet each other's."""
    for entry in stage.get("/api/v1/schedule/entries?limit=100")["items"]:
        assert stage.client.delete(f"/api/v1/schedule/entries/{entry['id']}").is_success


def _starts(stage: Stage) -> set[str]:
    return {entry["recurrence"]["dtstart"][:16] for entry in stage.get("/api/v1/schedule/entries?limit=100")["items"]}


def _bars(page: Page) -> Locator:
    return page.locator("#calendar .ec-event.entry")


def test_the_calendar_has_a_row_for_each_panel_and_search_needs_no_accents(stage: Stage, visit: Open) -> None:
    _remove(stage)
    _entry(stage, "tra-linh-1", note="Tuần hội chợ")
    _entry(stage, "ban-gioc-1", playlist_id=stage.playlists["Mưa lớn"])
    page = visit(stage, "/schedule?view=resourceTimelineWeek&date=2027-03-08")
    expect(page.locator(".ec-row-head")).to_have_text(
        ["Bảng cổng chính", "Bảng nhà kiểm soát liên hợp", "Bảng lối vào thác"]
    )
    expect(_bars(page)).to_have_count(14)
    page.goto("/schedule?view=resourceTimelineWeek&date=2027-03-08&q=hoi cho")
    expect(_bars(page)).to_have_count(7)
    page.select_option("#which", label="Bảng lối vào thác")
    page.wait_for_url(re.compile("which=panel"))
    expect(page.locator("#calendar")).to_be_visible()


def test_one_day_is_moved_by_keys_and_taken_back(stage: Stage, visit: Open) -> None:
    _remove(stage)
    entry = _entry(stage, "tra-linh-1")
    page = visit(stage, f"/schedule?which=panel:{stage.panels['tra-linh-1']}&{WEEK}")
    expect(_bars(page)).to_have_count(7)
    _bars(page).nth(2).focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#chosen")
    expect(dialog).to_contain_text("Hằng ngày, 09:00-11:00")
    expect(dialog).to_contain_text("Bảng cổng chính")
    dialog.locator("[data-nudge=later]").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Đã dời riêng ngày này")
    expect(page.locator("#calendar").get_by_text("09:30–11:30")).to_have_count(1)
    assert stage.get(f"/api/v1/schedule/entries/{entry['id']}")["recurrence"]["exdate"] == ["2027-03-10"]
    assert _starts(stage) == {"2027-03-08T09:00", "2027-03-10T09:30"}
    page.click(".toast button")
    expect(page.locator("#calendar").get_by_text("09:30–11:30")).to_have_count(0)
    expect(_bars(page)).to_have_count(7)
    assert stage.get(f"/api/v1/schedule/entries/{entry['id']}")["recurrence"]["exdate"] == []


def test_a_bar_is_dragged_for_all_days(stage: Stage, visit: Open) -> None:
    _remove(stage)
    entry = _entry(stage, "tra-linh-1")
    page = visit(stage, f"/schedule?which=panel:{stage.panels['tra-linh-1']}&{WEEK}")
    expect(_bars(page)).to_have_count(7)
    _bars(page).first.scroll_into_view_if_needed()
    box = _bars(page).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20, steps=4)
    page.mouse.move(x, y + 56, steps=4)
    page.mouse.up()
    page.click("#scope button[value=all]")
    expect(page.locator(".toast")).to_contain_text("Đã dời")
    expect(page.locator("#calendar").get_by_text("11:00–13:00")).to_have_count(7)
    moved = stage.get(f"/api/v1/schedule/entries/{entry['id']}")
    assert moved["recurrence"]["dtstart"].startswith("2027-03-08T11:00")
    assert moved["duration_s"] == 7200


def test_an_entry_is_deleted_and_undone(stage: Stage, visit: Open) -> None:
    _remove(stage)
    _entry(stage, "tra-linh-1")
    page = visit(stage, f"/schedule?which=panel:{stage.panels['tra-linh-1']}&{WEEK}")
    _bars(page).first.click()
    page.click("#chosen [data-remove]")
    expect(_bars(page)).to_have_count(0)
    page.click(".toast button")
    expect(_bars(page)).to_have_count(7)


def test_an_entry_is_made_with_its_meaning_in_words_and_a_fix_in_one_tap(stage: Stage, visit: Open) -> None:
    _remove(stage)
    day = (now() + timedelta(days=7)).date()
    _entry(stage, "tra-linh-1", priority=20, recurrence={"dtstart": f"{day}T09:00", "rrule": "FREQ=DAILY"})
    panel = stage.panels["tra-linh-1"]
    page = visit(stage, f"/schedule/entries/new?panel={panel}&date={day}&start=10:00&end=12:00")
    page.select_option("#playlist_id", label="Mưa lớn")
    expect(page.locator("[data-sentence]")).to_have_text(f"{day:%d/%m/%Y}, 10:00-12:00")
    expect(page.locator("[data-warnings]")).to_contain_text("Chợ phiên")
    page.select_option("#repeat", "weekly")
    page.uncheck(f"input[name=weekdays][value={CODES[day.weekday()]}]")
    page.check(f"input[name=weekdays][value={CODES[(day.weekday() + 1) % 7]}]")
    later = (day + timedelta(days=1)).isoformat()
    expect(page.locator("main .problem").first).to_contain_text(later)
    page.click(".problem button")
    expect(page.locator("#date")).to_have_value(later)
    expect(page.locator("[data-sentence]")).to_contain_text("10:00-12:00")
    page.click("form[data-entry-form] button[type=submit]")
    expect(page.locator(".toast")).to_contain_text("Hãy xuất bản")
    assert f"{later}T10:00" in _starts(stage)


def test_a_refused_entry_keeps_what_was_typed(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/schedule/entries/new")
    page.fill("#note", "Đang viết dở")
    page.route("**/api/v1/schedule/entries", lambda route: route.fulfill(status=412, json={"code": "stale"}))
    page.click("form[data-entry-form] button[type=submit]")
    expect(page.locator("main .problem").first).to_contain_text("Người khác đã sửa mục này")
    expect(page.locator("#note")).to_have_value("Đang viết dở")
    page.on("dialog", lambda dialog: dialog.accept())


def test_a_day_tells_who_is_on_and_why(stage: Stage, visit: Open) -> None:
    _remove(stage)
    _entry(stage, "tra-linh-1", priority=80)
    page = visit(stage, f"/panels/{stage.panels['tra-linh-1']}/day?date=2027-03-09&draft=1")
    expect(page.locator("h1")).to_have_text("Thứ Ba, 09/03/2027")
    expect(page.locator(".stretches > li")).to_have_count(3)
    line = page.locator(".stretches > li").nth(1)
    expect(line).to_contain_text("Chợ phiên")
    expect(line).to_contain_text("Đẩy lùi: Cửa khẩu, ngày thường")
    line.locator("[data-at]").click()
    why = page.locator("#why")
    expect(why).to_contain_text("Vì sao lúc 09:00")
    expect(why).to_contain_text("Lịch chiếu xếp Chợ phiên")
    assert why.locator("img").evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0
    page.focus("#slide")
    page.locator("#slide").press("End")
    expect(why).to_contain_text("danh sách mặc định")
    page.click("[rel=next]")
    expect(page.locator("h1")).to_have_text("Thứ Tư, 10/03/2027")
    page.get_by_role("link", name="Đã xuất bản").click()
    expect(page.locator(".stretches > li")).to_have_count(1)


def test_a_daypart_is_made_with_two_windows_archived_and_taken_back(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/schedule/dayparts")
    form = page.locator("form[data-hours^=POST]")
    form.locator("#name").fill("Giờ làm việc")
    form.locator("[data-add-window]").click()
    second = form.locator("[data-window-row]").nth(1)
    second.locator("[data-end=start] [data-kind-of]").select_option("sunset")
    second.locator("[data-end=start] [data-minutes]").fill("-30")
    second.locator("[data-end=end] [data-clock]").fill("00:00")
    form.locator("button[type=submit]").click()
    row = page.locator("[data-row]")
    expect(row).to_contain_text("30 phút trước lúc mặt trời lặn đến 24:00")
    row.get_by_role("button", name="Lưu trữ").click()
    expect(row).to_be_hidden()
    page.click(".toast button")
    expect(row).to_be_visible()


def test_an_urgent_playlist_says_its_end_and_is_ended(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/schedule/urgent", size=PHONE)
    page.select_option("#playlist_id", label="Mưa lớn")
    page.check("input[name=where][value=chosen]")
    page.click("form[data-override] button[type=submit]")
    expect(page.locator("form[data-override] .problem")).to_contain_text("Chưa chọn bảng")
    page.check(f"input[name=panels][value='{stage.panels['tra-linh-1']}']")
    expect(page.locator("form[data-override] [data-end-words]")).to_contain_text("Tự kết thúc")
    page.fill("#reason", "Mưa lũ")
    page.click("form[data-override] button[type=submit]")
    card = page.locator("article.urgency")
    expect(card).to_contain_text("Mưa lớn")
    expect(card).to_contain_text("Đang trên bảng")
    card.locator("form button").click()
    expect(page.locator("#overrides")).to_contain_text("Không có nội dung chèn ưu tiên nào")

"""Uploads, notices and the playlist editor, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.stage import Stage, picture


def _order(page: Page) -> list[str]:
    titles: list[str] = page.locator(".item [data-title-place]").all_inner_texts()
    return titles


def test_files_are_uploaded_with_progress_and_appear(stage: Stage, visit: Open, tmp_path: Path) -> None:
    names = ["thác mùa thu.png", "cửa khẩu.png"]
    for name in names:
        (tmp_path / name).write_bytes(picture(name, (40, 90, 60), (1600, 900)))
    page = visit(stage, "/media")
    page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => document.querySelectorAll(".upload progress").forEach(
            (bar) => window.seen.push(bar.value))).observe(document.body, {subtree: true, childList: true,
            attributes: true}) }"""
    )
    page.set_input_files(".drop input[type=file]", [tmp_path / name for name in names])
    expect(page.locator(".upload[data-state=stored]")).to_have_count(2)
    for name in names:
        expect(page.locator(".tile .name", has_text=name)).to_be_visible()
    assert max(page.evaluate("window.seen")) == 1000


def test_a_dropped_file_is_taken(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/media")
    data = page.evaluate_handle(
        """async () => { const canvas = new OffscreenCanvas(320, 160); canvas.getContext("2d").fillRect(9, 9, 90, 90);
        const blob = await canvas.convertToBlob({type: "image/png"}); const transfer = new DataTransfer();
        transfer.items.add(new File([blob], "kéo thả.png", {type: "image/png"})); return transfer }"""
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": data})
    expect(page.locator(".upload[data-state=stored]")).to_have_count(1)
    expect(page.locator(".tile .name", has_text="kéo thả.png")).to_be_visible()


def test_what_is_no_picture_is_refused_with_a_sentence(stage: Stage, visit: Open, tmp_path: Path) -> None:
    hostile = {
        "trang.png": b"<html><script>alert(1)</script></html>",
        "anh.svg.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "phim.mp4": b"this is text",
        "trong.png": b"",
        "cut.png": picture("cắt", (1, 2, 3))[:500],
    }
    for name, content in hostile.items():
        (tmp_path / name).write_bytes(content)
    page = visit(stage, "/media")
    page.set_input_files(".drop input[type=file]", [tmp_path / name for name in hostile])
    expect(page.locator(".upload[data-state=refused]")).to_have_count(len(hostile))
    for line in page.locator(".upload [data-said]").all_inner_texts():
        assert re.search("[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]", line), line


def test_an_upload_can_be_cancelled_and_tried_again(stage: Stage, visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "chậm.png"
    path.write_bytes(picture("chậm", (90, 20, 20)))
    page = visit(stage, "/media")
    page.route("**/api/v1/media?*", lambda route: None)
    page.set_input_files(".drop input[type=file]", [path])
    expect(page.locator(".upload[data-state=sending]")).to_have_count(1)
    page.click(".upload button")
    expect(page.locator(".upload")).to_contain_text("Đã hủy, không lưu gì.")
    page.unroute("**/api/v1/media?*")
    page.click(".upload button")
    expect(page.locator(".upload[data-state=stored]")).to_have_count(1)


def test_a_notice_is_made_in_three_languages_on_one_page(stage: Stage, visit: Open, tmp_path: Path) -> None:
    page = visit(stage, "/notices/new")
    page.fill("#title", "An toàn khi tham quan thác")
    for code in ("vi", "en"):
        path = tmp_path / f"{code}.png"
        path.write_bytes(picture(f"An toàn {code}", (10, 60, 90)))
        page.set_input_files(f"[data-slot={code}] input[type=file]", path)
        expect(page.locator(f"[data-slot={code}] .picture img")).to_be_visible()
    page.click("button:has-text('Lưu tin')")
    expect(page.locator("form > .problem")).not_to_be_empty()
    expect(page.locator("#title")).to_have_value("An toàn khi tham quan thác")
    page.click("[data-slot=zh] [data-from]")
    page.locator("#files [data-pick]").first.click()
    page.click("button:has-text('Lưu tin')")
    expect(page.locator(".done")).to_contain_text("Đã lưu")
    page.goto("/notices")
    page.fill("#find", "AN TOAN KHI")
    expect(page.locator("#rows li")).to_have_count(1)


def test_a_notice_is_archived_and_taken_back(stage: Stage, visit: Open) -> None:
    stage.notice("Tin để lưu trữ")
    page = visit(stage, "/notices")
    row = page.locator("li", has_text="Tin để lưu trữ")
    row.locator("[data-toggle-api]").click()
    expect(row).to_be_hidden()
    page.click(".toast button")
    expect(row).to_be_visible()


def _editor(stage: Stage, visit: Open, name: str, size: tuple[int, int] = (1280, 800)) -> Page:
    titles = ["Giờ làm việc cửa khẩu Trà Lĩnh", "Chuẩn bị giấy tờ trước khi làm thủ tục", "Không tự ý bay flycam"]
    playlist = stage.playlist(name, titles)
    page = visit(stage, f"/playlists/{playlist}", size=size)
    assert _order(page) == titles
    return page


def _saved(page: Page) -> list[str]:
    page.click("form[data-playlist] button[type=submit]")
    expect(page.locator("[data-changed]")).to_have_text("Đã lưu mọi thay đổi")
    page.reload()
    return _order(page)


def test_items_are_reordered_by_dragging(stage: Stage, visit: Open) -> None:
    page = _editor(stage, visit, "Kéo")
    before = _order(page)
    source, target = page.locator(".item .handle").nth(2), page.locator(".item .handle").nth(0)
    source.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 40, steps=8)
    page.mouse.move(box["x"] + 10, box["y"] - 8, steps=8)
    page.mouse.up()
    wanted = [before[2], before[0], before[1]]
    assert _order(page) == wanted
    assert _saved(page) == wanted


def test_items_are_reordered_by_keyboard_with_focus_kept_and_told(stage: Stage, visit: Open) -> None:
    page = _editor(stage, visit, "Bàn phím")
    before = _order(page)
    page.locator(".item").nth(0).locator("[data-seconds]").focus()
    page.keyboard.press("Alt+ArrowDown")
    assert _order(page) == [before[1], before[0], before[2]]
    expect(page.locator(".item").nth(1).locator("[data-seconds]")).to_be_focused()
    expect(page.locator("form [data-said]")).to_have_text(f"{before[0]}: vị trí 2/3")
    page.locator(".item").nth(1).locator("[data-move=down]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".item").nth(2).locator("[data-move=up]")).to_be_focused()
    wanted = [before[1], before[2], before[0]]
    assert _saved(page) == wanted


def test_seconds_and_languages_change_the_length_and_are_kept(stage: Stage, visit: Open) -> None:
    page = _editor(stage, visit, "Thời lượng")
    expect(page.locator("[data-length]")).to_have_text("3 tin, một vòng dài 1 phút 12 giây")
    page.locator(".item").nth(0).locator("[data-seconds]").fill("20")
    page.locator(".item").nth(1).locator("input[value=zh]").uncheck()
    expect(page.locator("[data-length]")).to_have_text("3 tin, một vòng dài 1 phút 40 giây")
    _saved(page)
    expect(page.locator(".item").nth(0).locator("[data-seconds]")).to_have_value("20")
    expect(page.locator(".item").nth(1).locator("input[value=zh]")).not_to_be_checked()


def test_a_removed_item_comes_back_by_undo(stage: Stage, visit: Open) -> None:
    page = _editor(stage, visit, "Hoàn tác")
    before = _order(page)
    page.locator(".item").nth(1).locator("[data-remove]").click()
    assert _order(page) == [before[0], before[2]]
    page.click(".toast button")
    assert _order(page) == before
    expect(page.locator("[data-changed]")).to_have_text("Đã lưu mọi thay đổi")


def test_a_notice_is_added_from_the_search_on_a_phone(stage: Stage, visit: Open) -> None:
    page = _editor(stage, visit, "Thêm trên điện thoại", PHONE)
    page.fill("#find", "flycam")
    expect(page.locator("#choices li")).to_have_count(1)
    page.click("#choices [data-add]")
    assert len(_order(page)) == 4
    assert _saved(page)[3] == "Không tự ý bay flycam"


def test_an_edit_over_somebody_elses_is_refused_plainly_and_kept(stage: Stage, visit: Open) -> None:
    page = _editor(stage, visit, "Hai người")
    playlist = stage.playlists["Hai người"]
    stage.put(f"/api/v1/playlists/{playlist}", {"name": "Hai người (mới)", "items": []})
    page.fill("#playlist_name", "Tên của tôi")
    page.click("form[data-playlist] button[type=submit]")
    expect(page.locator("form > .problem")).to_contain_text("Người khác đã sửa mục này")
    expect(page.locator("#playlist_name")).to_have_value("Tên của tôi")
    assert len(_order(page)) == 3


def test_leaving_with_unsaved_changes_is_asked_about(stage: Stage, visit: Open) -> None:
    page = _editor(stage, visit, "Chưa lưu")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append("beforeunload")
        dialog.dismiss()  # type: ignore[attr-defined]

    page.locator(".item").nth(0).locator("[data-seconds]").fill("30")
    page.on("dialog", stay)
    page.click(".brand")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert "/playlists/" in page.url
    page.remove_listener("dialog", stay)
    page.on("dialog", lambda dialog: dialog.accept())

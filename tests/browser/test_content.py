"""Notices and the playlist editor, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open, enter
from tests.browser.stage import Stage, picture


def _order(page: Page) -> list[str]:
    titles: list[str] = page.locator(".item [data-title-place]").all_inner_texts()
    return titles


def test_a_notice_is_made_in_three_languages_on_one_page(stage: Stage, visit: Open, tmp_path: Path) -> None:
    page = visit(stage, "/notices/new")
    page.click("a[href='/notices/new/image']")
    page.fill("#title", "An toàn khi tham quan thác")
    for code in ("vi", "en"):
        path = tmp_path / f"{code}.png"
        path.write_bytes(picture(f"An toàn {code}", (10, 60, 90)))
        page.set_input_files(f"[data-language-part={code}] [data-file] input[type=file]", path)
        expect(page.locator(f"[data-language-part={code}] .picture img")).to_be_visible()
    page.click("[data-language-part=zh] [data-from]")
    page.locator("#files [data-pick]").first.click()
    page.locator("form[data-editor] .bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/notices/[0-9a-f-]{36}"))
    for code in ("en", "zh"):
        expect(page.locator(f"[data-fresh=state-{code}]")).to_have_text("đã dịch")
    page.goto("/notices")
    page.fill("#find", "AN TOAN KHI")
    expect(page.locator("#rows [data-row]")).to_have_count(1)


def test_notices_are_archived_together_and_taken_back(stage: Stage, visit: Open) -> None:
    titles = ["Tin để lưu trữ", "Tin nữa để lưu trữ"]
    for title in titles:
        stage.notice(title)
    page = visit(stage, "/notices")
    rows = [page.locator("[data-row]", has_text=title) for title in titles]
    for row in rows:
        row.locator("[data-choose-row]").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("Đã chọn 2")
    page.click("[data-bulk-api]")
    for row in rows:
        expect(row).to_be_hidden()
    page.click(".toast button")
    for row in rows:
        expect(row).to_be_visible()


def _card(stage: Stage, title: str) -> str:
    """Make a card with Vietnamese and English words."""
    words = {"vi": {"title": title, "body": "Xin xếp hàng."}, "en": {"title": "Please queue", "body": "In one line."}}
    body = {
        "agency_id": stage.agency_id,
        "title": title,
        "content": {"kind": "card", "look": {"template": "headline_body"}},
        "variants": {code: {"words": said} for code, said in words.items()},
    }
    return str(stage.post("/api/v1/notices", body)["id"])


def test_two_people_change_a_notice_and_nothing_is_lost(stage: Stage, visit: Open) -> None:
    notice = _card(stage, "Hai người sửa")
    page = visit(stage, f"/notices/{notice}")
    page.fill("#title-vi", "Tiêu đề của tôi")
    page.fill("#body-en", "My English text.")
    theirs = {"variants": {"vi": {"words": {"title": "Tiêu đề của người kia", "body": "Lời của người kia."}}}}
    stage.put(f"/api/v1/notices/{notice}", theirs)
    page.keyboard.press("Control+s")
    conflict = page.locator("#conflict")
    expect(conflict).to_be_visible()
    expect(conflict.locator("[data-both] li")).to_have_count(1)
    expect(conflict).to_contain_text("Tiêu đề của người kia")
    conflict.locator("button[value=save]").click()
    expect(page.locator("[data-changed]")).to_have_text("Đã lưu mọi thay đổi")
    variants = {one["language"]: one["words"] for one in stage.get(f"/api/v1/notices/{notice}")["variants"]}
    assert (variants["vi"]["title"], variants["vi"]["body"]) == ("Tiêu đề của tôi", "Lời của người kia.")
    assert variants["en"]["body"] == "My English text."


def test_what_was_typed_is_kept_when_the_session_ends(stage: Stage, visit: Open) -> None:
    notice = _card(stage, "Phiên đã hết")
    page = visit(stage, f"/notices/{notice}")
    page.fill("#body-vi", "Lời viết dở dang.")
    page.context.clear_cookies()
    page.click("form[data-editor] .bar button[type=submit]")
    page.wait_for_url(re.compile("/login"))
    enter(stage, page)
    page.wait_for_url(re.compile(f"/notices/{notice}"))
    expect(page.locator("#body-vi")).to_have_value("Xin xếp hàng.")
    page.click("[data-take-kept]")
    expect(page.locator("#body-vi")).to_have_value("Lời viết dở dang.")
    page.click("form[data-editor] .bar button[type=submit]")
    expect(page.locator("[data-changed]")).to_have_text("Đã lưu mọi thay đổi")


def test_an_older_revision_is_compared_and_brought_back(stage: Stage, visit: Open) -> None:
    notice = _card(stage, "Khôi phục")
    stage.put(f"/api/v1/notices/{notice}", {"variants": {"vi": {"words": {"body": "Xin đi lối khác."}}}})
    page = visit(stage, f"/notices/{notice}/revisions")
    expect(page.locator("#difference del")).to_have_text(["xếp hàng"])
    expect(page.locator("#difference ins")).to_have_text(["đi lối khác"])
    page.click("button[data-now$='/revisions/1/restore']")
    expect(page.locator(".toast")).to_contain_text("phiên bản 1")
    page.click(".toast button")
    expect(page.locator("ol.list li")).to_have_count(4)
    page.goto(f"/notices/{notice}")
    expect(page.locator("#body-vi")).to_have_value("Xin đi lối khác.")


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
    expect(page.locator("main form > .problem").first).to_contain_text("Người khác đã sửa mục này")
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

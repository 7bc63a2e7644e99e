"""Uploads in pieces and the media library, by mouse, by keyboard and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from bench.uploading.damaged import padded_clip
from server.accounts import service as accounts
from server.accounts.schemas import AgencyNew
from tests.browser.conftest import PHONE, Open, log_in
from tests.browser.stage import Stage, empty_stage, picture

VIETNAMESE = re.compile("[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]")
FILES = ".drop input[type=file]"
CHUNK = 4 << 20


@pytest.fixture(scope="module")
def stage(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server with one agency and an empty library."""
    with empty_stage(tmp_path_factory.mktemp("library")) as made:
        with made.database.write() as session:
            agency = accounts.add_agency(session, AgencyNew(slug="tra-linh", name="Ban quản lý cửa khẩu Trà Lĩnh"))
        made.agency_id = str(agency.id)
        yield made


def test_many_files_are_sent_with_progress_and_what_is_said_of_them(stage: Stage, visit: Open, tmp_path: Path) -> None:
    names = ["thác mùa thu.png", "cửa khẩu.png"]
    for name in names:
        (tmp_path / name).write_bytes(picture(name, (40, 90, 60), (1600, 900)))
    page = visit(stage, "/media")
    page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => document.querySelectorAll(".upload progress").forEach(
            (bar) => window.seen.push(bar.value))).observe(document.body, {subtree: true, childList: true,
            attributes: true}) }"""
    )
    page.click(".origin summary")
    page.fill("#source", "Sở Văn hóa")
    page.fill("#new_tags", "mùa thu, Thác")
    page.set_input_files(FILES, [tmp_path / name for name in names])
    expect(page.locator(".upload[data-state=done]")).to_have_count(2)
    for name in names:
        expect(page.locator(".tile", has_text=name).locator(".tag", has_text="Thác")).to_be_visible()
    assert max(page.evaluate("window.seen")) == 1000
    page.set_input_files(FILES, [tmp_path / names[0]])
    expect(page.locator(".upload", has_text=f"Cơ quan đã có tệp này: {names[0]}")).to_be_visible()


def test_a_dropped_file_is_taken(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/media")
    data = page.evaluate_handle(
        """async () => { const canvas = new OffscreenCanvas(320, 160); canvas.getContext("2d").fillRect(9, 9, 90, 90);
        const blob = await canvas.convertToBlob({type: "image/png"}); const transfer = new DataTransfer();
        transfer.items.add(new File([blob], "kéo thả.png", {type: "image/png"})); return transfer }"""
    )
    page.dispatch_event("[data-uploads]", "drop", {"dataTransfer": data})
    expect(page.locator(".upload[data-state=done]")).to_have_count(1)
    expect(page.locator(".tile .name", has_text="kéo thả.png")).to_be_visible()


def test_what_is_no_picture_is_refused_with_a_sentence_that_stays(stage: Stage, visit: Open, tmp_path: Path) -> None:
    hostile = {
        "trang.png": b"<html><script>alert(1)</script></html>",
        "phim.mp4": b"this is text",
        "trong.png": b"",
        "cut.png": picture("cắt", (1, 2, 3))[:500],
    }
    for name, content in hostile.items():
        (tmp_path / name).write_bytes(content)
    page = visit(stage, "/media")
    page.set_input_files(FILES, [tmp_path / name for name in hostile])
    refused = page.locator(".upload[data-state=refused]")
    expect(refused).to_have_count(len(hostile))
    for line in refused.locator("[data-said]").all_inner_texts():
        assert VIETNAMESE.search(line), line
    page.reload()
    expect(refused).to_have_count(len(hostile))
    for left in range(len(hostile), 0, -1):
        expect(refused).to_have_count(left)
        refused.locator("[data-do=dismiss]").first.click()
    expect(refused).to_have_count(0)
    page.reload()
    expect(page.locator("#files")).to_be_visible()
    expect(refused).to_have_count(0)


def test_a_waiting_upload_is_cancelled_and_leaves_nothing(stage: Stage, visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "chậm.png"
    path.write_bytes(picture("chậm", (90, 20, 20)))
    page = visit(stage, "/media")
    page.route("**/api/v1/uploads/*", lambda route: None if route.request.method == "PATCH" else route.continue_())
    page.set_input_files(FILES, [path])
    expect(page.locator(".upload[data-state=sending]")).to_have_count(1)
    page.click(".upload [data-do=cancel]")
    expect(page.locator(".upload")).to_have_count(0)
    assert [one["name"] for one in stage.get("/api/v1/uploads") if one["state"] == "receiving"] == []


def test_an_upload_is_paused_loses_its_link_and_goes_on_after_the_browser_was_closed(
    stage: Stage, browser: Browser, tmp_path: Path
) -> None:
    film = padded_clip(tmp_path / "lễ hội.mp4", 3 * CHUNK + 1000)
    context = browser.new_context(base_url=stage.url, locale="vi-VN")
    context.set_default_timeout(40_000)
    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH" and "upload-offset" in request.headers:
            offsets.append(int(request.headers["upload-offset"]))

    def open_library() -> Page:
        page = context.new_page()
        page.on("request", note)
        page.goto("/media")
        return page

    try:
        log_in(stage, page := context.new_page())
        page.close()
        page = open_library()
        page.route("**/api/v1/uploads/*", lambda route: _only_below(route, CHUNK))
        page.set_input_files(FILES, [film])
        expect(page.locator(".upload [data-said]")).to_have_text("Đã gửi 33%")
        page.click(".upload [data-do=upload_pause]")
        expect(page.locator(".upload[data-state=paused]")).to_contain_text("Tạm dừng ở 33%.")
        page.close()
        assert offsets[0] == 0
        page = open_library()
        left = page.locator(".upload[data-state=left]")
        expect(left).to_contain_text("Đã có 33%. Hãy chọn lại đúng tệp này để gửi tiếp.")
        offsets.clear()
        page.set_input_files(FILES, [film])
        expect(page.locator(".upload[data-state=done]")).to_have_count(1)
        assert offsets == [CHUNK, 2 * CHUNK, 3 * CHUNK]
        expect(page.locator(".upload")).to_contain_text("phụ đề")
        page.locator(".tile", has_text=film.name).locator("a.picture").click()
        expect(page.locator("video")).to_have_attribute("muted", "")
    finally:
        context.close()


def _only_below(route: object, most: int) -> None:
    """Let pieces through that begin below a place; the link is broken for all others."""
    request = route.request  # type: ignore[attr-defined]  # playwright's Route, which the stubs call Any
    if request.method == "PATCH" and int(request.headers["upload-offset"]) >= most:
        route.abort()  # type: ignore[attr-defined]  # the same
    else:
        route.continue_()  # type: ignore[attr-defined]  # the same


def test_files_are_found_tagged_trashed_and_taken_back(stage: Stage, visit: Open) -> None:
    for name in ("Đèo Mã Phục 1.png", "Đèo Mã Phục 2.png"):
        stage.upload(name, picture(name, (70, 70, 20)))
    page = visit(stage, "/media")
    page.fill("#find", "deo ma phuc")
    tiles = page.locator("#files .tile")
    expect(tiles).to_have_count(2)
    for box in page.locator("[data-pick-media]").all():
        box.check()
    expect(page.locator("[data-count]")).to_have_text("Đã chọn 2")
    page.fill("#bulk_tag", "đèo, núi")
    page.click("[data-act=tag]")
    expect(tiles.locator(".tag", has_text="núi")).to_have_count(2)
    page.locator("[data-pick-media]").first.check()
    page.click("[data-act=trash]")
    expect(tiles).to_have_count(1)
    page.click(".toast button")
    expect(tiles).to_have_count(2)
    page.locator("[data-pick-media]").first.check()
    page.click("[data-act=trash]")
    expect(tiles).to_have_count(1)
    page.goto("/media?trash=1")
    expect(tiles).to_contain_text(["Xóa hẳn vào ngày"])
    page.locator("[data-pick-media]").first.check()
    page.click("[data-act=restore]")
    expect(page.locator("#files")).to_contain_text("Thùng rác trống")


def test_the_origin_of_a_file_is_written_and_where_it_is_used_is_shown(stage: Stage, visit: Open) -> None:
    stage.notice("Tin có nguồn")
    page = visit(stage, "/media?q=tin co nguon (vi)")
    page.click(".tile a.picture")
    expect(page.locator("main")).to_contain_text("Thiếu nguồn, tác giả hoặc quyền sử dụng")
    expect(page.locator(".list a", has_text="Tin có nguồn")).to_be_visible()
    page.fill("#source", "Ban quản lý")
    page.fill("#author", "Nông Thị Hà")
    page.select_option("#right", "own")
    page.fill("#tags", "cửa khẩu, nguồn")
    page.click("button:has-text('Lưu')")
    expect(page.locator("#author")).to_have_value("Nông Thị Hà")
    expect(page.locator("main")).not_to_contain_text("Thiếu nguồn")
    page.goto("/media?q=nong thi ha")
    expect(page.locator("#files .tile")).to_have_count(1)


def test_the_library_fits_a_phone(stage: Stage, visit: Open) -> None:
    stage.upload("Điện thoại.png", picture("Điện thoại", (9, 70, 20)))
    page = visit(stage, "/media", size=PHONE)
    expect(page.locator("[data-choose]")).to_be_visible()
    page.locator("[data-pick-media]").first.check()
    expect(page.locator("[data-act=trash]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click(".tile a.picture >> nth=0")
    expect(page.locator("#source")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""One tap ends what is said about a notice; rooms for files are set in administration; a clip shows every second."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bench.uploading.damaged import write_clip
from tests.browser.conftest import Open
from tests.browser.stage import Stage

LONG = "Hộ chiếu hoặc giấy thông hành còn hạn. Thị thực nếu thuộc diện phải có. Vui lòng xếp hàng theo hướng dẫn."


@pytest.fixture(scope="module")
def card(stage: Stage) -> str:
    """A card that is on air too shortly, in a playlist of its own with a rotation of its own."""
    words = {"title": "Chuẩn bị giấy tờ trước khi làm thủ tục", "body": LONG}
    body = {
        "agency_id": stage.agency_id,
        "content": {"kind": "card", "look": {"template": "headline_body"}},
        "title": "Chuẩn bị giấy tờ",
        "variants": {"vi": {"words": words, "finished": True}},
    }
    notice = str(stage.post("/api/v1/notices", body)["id"])
    item = {"notice_id": notice, "languages": ["vi"], "on_air_ms": 3000}
    playlist = {"name": "Ngắn", "agency_id": stage.agency_id, "items": [item], "rotation": "per_loop"}
    stage.playlists["Ngắn"] = str(stage.post("/api/v1/playlists", playlist)["id"])
    return notice


def test_a_notice_gets_the_seconds_that_reading_takes_by_one_tap(stage: Stage, visit: Open, card: str) -> None:
    page = visit(stage, f"/notices/{card}")
    tap = page.locator("[data-give-seconds]").first
    seconds = int(tap.get_attribute("data-give-seconds", timeout=40_000) or 0)
    assert seconds > 3
    expect(tap).to_have_text(f"Cho phát {seconds} giây")
    tap.click()
    expect(page.locator("[data-give-seconds]")).to_have_count(0)
    playlist = stage.get(f"/api/v1/playlists/{stage.playlists['Ngắn']}")
    assert [one["on_air_ms"] for one in playlist["items"]] == [1000 * seconds]
    assert (playlist["name"], playlist["rotation"]) == ("Ngắn", "per_loop")


def test_what_grows_old_is_said_to_be_still_right_by_one_tap(stage: Stage, visit: Open, card: str) -> None:
    stage.client.patch(f"/api/v1/notices/{card}", json={"freshness": {"max_age_s": 7200, "on_stale": "plate"}})
    page = visit(stage, f"/notices/{card}")
    age = page.locator("[data-fresh=age]")
    expect(age).to_contain_text("Còn đúng đến")
    expect(age).to_contain_text("có thể đã cũ")
    expect(age).to_contain_text("Tính từ lúc tin được lưu.")
    age.get_by_role("button", name="Tin vẫn đúng").click()
    expect(age).to_contain_text("là tin vẫn đúng.")
    assert len(stage.get(f"/api/v1/notices/{card}/confirmations")) == 1


def test_an_agency_gets_room_for_its_files_in_administration(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/admin")
    row = page.locator("#agencies li", has_text="đã dùng").first
    row.locator("summary").click()
    row.locator("input[name=media_quota_bytes]").fill("2.5")
    row.get_by_role("button", name="Lưu").click()
    expect(page.locator("#agencies li").first).to_contain_text("2560 MB")
    quotas = {one["media_quota_bytes"] for one in stage.get("/api/v1/agencies")["items"]}
    assert 5 << 29 in quotas


def test_the_page_of_a_clip_shows_every_second_of_it(
    stage: Stage, visit: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clip = write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", options={}).read_bytes()
    media = stage.upload("xếp hàng.mp4", clip, "video/mp4")
    page = visit(stage, f"/media/{media['id']}")
    sheet = page.locator(".contact-sheet img")
    expect(sheet).to_have_count(1)
    width = sheet.evaluate(
        """async (image) => { image.scrollIntoView(); while (!image.complete) await new Promise((next) =>
        setTimeout(next, 50)); return image.naturalWidth }"""
    )
    assert width > 100


def test_chinese_is_written_in_the_letters_of_the_panels(stage: Stage, visit: Open, card: str) -> None:
    page = visit(stage, f"/notices/{card}")
    used = page.evaluate(
        """async () => { await document.fonts.load('16px "Noto Sans SC Variable"', "骨");
        return [...document.fonts].filter((one) => one.family.includes("Noto Sans SC") &&
            one.status === "loaded").length }"""
    )
    assert used > 0

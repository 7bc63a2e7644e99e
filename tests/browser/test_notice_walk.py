"""A notice from the first word to the panel, as the people of an office do it: a real server, a real kiosk, a browser.

An author writes in Vietnamese, a translator translates, a reviewer reviews, the author changes the source, everybody
sees what that means, and the panel shows it in three languages in turn. Then the author closes the gate with one tap on
its status board, and the panel's pixels say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from simulator.demo import boards
from simulator.demo.api import wait_for
from simulator.demo.processes import Processes
from tests.browser.conftest import DESK
from tests.fleet.conftest import World
from tests.fleet.eye import Eye

LONG_MS = 180_000
PANELS = {"Bảng cổng chính": (768, 384), "Bảng lối vào thác": (512, 768)}
AUTHOR, TRANSLATOR, REVIEWER = "tac.gia", "nguoi.dich", "nguoi.duyet"
NAMES = {AUTHOR: "Hoàng Thị Tác Giả", TRANSLATOR: "Nông Văn Dịch", REVIEWER: "Lục Thị Duyệt"}
PASSWORD = "mot mat khau du dai 2026"


@dataclass
class Office:
    """The running world, its two panels, its playlist, and a window for each person."""

    world: World
    panels: dict[str, str]
    playlist_id: str
    window: Callable[[str], Page]
    board_id: str
    eye: Eye


@pytest.fixture
def office(front_end: None, browser: Browser, tmp_path: Path) -> Iterator[Office]:
    """A server and the kiosk of the first panel as processes, and the people who work there."""
    world = World(tmp_path, Processes(tmp_path))
    contexts: list[BrowserContext] = []
    eye = Eye(*next(iter(PANELS.values())))

    def window(username: str) -> Page:
        context = browser.new_context(
            base_url=world.base_url, viewport={"width": DESK[0], "height": DESK[1]}, locale="vi-VN"
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/login")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"{world.base_url}/")
        return page

    try:
        world.init()
        world.start_server()
        world.login()
        panels, playlist_id, board_id = furnished(world)
        world.enrol()
        world.start_kiosk(eye.environment)
        yield Office(world, panels, playlist_id, window, board_id, eye)
    finally:
        for context in contexts:
            context.close()
        world.close()
        eye.close()


def furnished(world: World) -> tuple[dict[str, str], str, str]:
    """Make a site with both panels of the demo, a kiosk for the first, a playlist, a status board, and three people."""
    post = world.api.post
    agency = {"agency_id": post("/agencies", {"slug": "tra-linh", "name": "Ban quản lý cửa khẩu"})["id"]}
    site = post("/sites", agency | {"slug": "tra-linh", "name": "Trà Lĩnh", "time_zone": "Asia/Ho_Chi_Minh"})["id"]
    panels = {}
    for number, (name, (width, height)) in enumerate(PANELS.items(), start=1):
        body = {"site_id": site, "slug": f"panel-{number}", "name": name, "width": width, "height": height}
        panels[name] = str(post("/panels", agency | body)["id"])
    world.panel_id = next(iter(panels.values()))
    world.kiosk_id = post("/kiosks", {"slug": "kiosk-1", "panel_id": world.panel_id})["id"]
    playlist_id = str(post("/playlists", agency | {"name": "Hằng ngày", "items": []})["id"])
    world.api.put(f"/panels/{world.panel_id}/schedule", {"default_playlist_id": playlist_id, "entries": []})
    for username, name in NAMES.items():
        new = agency | {"username": username, "display_name": name, "role": "editor", "language": "vi"}
        made = post("/users", new)
        own_password(world, made["invitation"]["link"])
        if username == REVIEWER:
            world.api.put(f"/users/{made['user']['id']}/languages", {"languages": ["en", "zh"]})
    boards.write_phrases(world.api, agency["agency_id"])
    plan = {"title": boards.TITLE, "slots": [boards.GATE]}
    board_id = str(boards.make_board(world.api, agency["agency_id"], site, plan)["id"])
    return panels, playlist_id, board_id


def own_password(world: World, link: str) -> None:
    """Choose a password in a person's name, as they do with their invitation."""
    world.api.take_link(link, PASSWORD)
    world.login()


def state(page: Page, language: str, said: str) -> None:
    """Wait until a language's state is said."""
    expect(page.locator(f"[data-fresh=state-{language}]")).to_have_text(said)


def step(page: Page, language: str, name: str) -> None:
    """Press one of a language's next steps."""
    page.locator(f"[data-fresh=steps-{language}]").get_by_role("button", name=name).click()


def save(page: Page) -> None:
    """Save, and wait until nothing is left to save."""
    page.locator("form[data-editor] .bar button[type=submit]").click()
    expect(page.locator("[data-changed]")).to_have_text("Đã lưu mọi thay đổi")


@pytest.mark.timeout(600)
def test_a_notice_is_written_translated_reviewed_and_seen(office: Office) -> None:
    author, translator, reviewer = (office.window(name) for name in (AUTHOR, TRANSLATOR, REVIEWER))
    notice = write(author)
    translate(translator, notice)
    review(reviewer, notice)
    edit_the_source(author, notice)
    follow_the_source(translator, notice)
    preview(author, notice, office)
    publish(author, office)
    see_it_in_three_languages(author)
    assert office.world.seen()["receipt"] == "seen"
    put_the_board_on(author, office)
    close_the_gate(author, office)


def write(page: Page) -> str:
    page.goto("/notices/new")
    page.click("a[href*='template=headline_body']")
    page.fill("#title-vi", "Giờ làm việc cửa khẩu Trà Lĩnh")
    page.fill("#body-vi", "Hằng ngày 07:00–17:00.")
    expect(page.locator("#title")).to_have_value("Giờ làm việc cửa khẩu Trà Lĩnh")
    expect(page.locator("[data-language-part=vi] [data-draws][data-state=drawn] img")).to_be_visible()
    page.locator("[data-language-part=vi]").get_by_role("button", name="Đổi thành giá trị").click()
    expect(page.locator("#body-vi")).to_have_value("Hằng ngày {hours}.")
    page.locator("form[data-editor] .bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/notices/[0-9a-f-]{36}"))
    state(page, "vi", "bản nháp")
    step(page, "vi", "Giao dịch")
    state(page, "vi", "đã giao dịch")
    return page.url.split("?")[0]


def translate(page: Page, notice: str) -> None:
    page.goto("/notices/to-translate")
    page.locator(".notices a", has_text="Giờ làm việc cửa khẩu Trà Lĩnh").click()
    page.wait_for_url(notice)
    expect(page.locator("[data-place=remarks-zh]")).to_contain_text("北京时间08:00–18:00")
    page.fill("#title-en", "Trà Lĩnh Border Gate: opening hours")
    page.fill("#body-en", "Daily {hours}, Vietnam time.")
    page.fill("#title-zh", "茶岭口岸开放时间")
    page.fill("#body-zh", "每日{hours}。")
    save(page)
    for language in ("en", "zh"):
        state(page, language, "bản nháp")
        step(page, language, "Đã dịch xong")
        state(page, language, "đã dịch")
        expect(page.locator(f"[data-fresh=steps-{language}]")).not_to_contain_text("Duyệt: bản dịch đúng")


def review(page: Page, notice: str) -> None:
    page.goto("/notices/to-review")
    page.locator(".notices a", has_text="Giờ làm việc cửa khẩu Trà Lĩnh").click()
    page.wait_for_url(notice)
    for language in ("en", "zh"):
        step(page, language, "Duyệt: bản dịch đúng")
        state(page, language, "đã duyệt")
        expect(page.locator(f"[data-fresh=steps-{language}]")).to_contain_text(NAMES[REVIEWER])


def edit_the_source(page: Page, notice: str) -> None:
    page.goto(notice)
    page.fill("#body-vi", "Mọi ngày {hours}.")
    save(page)
    for language in ("en", "zh"):
        state(page, language, "bản gốc đã sửa")


def follow_the_source(page: Page, notice: str) -> None:
    page.goto(notice)
    changed = page.locator("[data-fresh=source-en]")
    expect(changed.locator("del")).to_have_text("Hằng")
    expect(changed.locator("ins")).to_have_text("Mọi")
    page.fill("#body-en", "Every day {hours}, Vietnam time.")
    save(page)
    state(page, "en", "đã dịch")
    step(page, "zh", "Bản dịch vẫn đúng")
    state(page, "zh", "đã dịch")


def preview(page: Page, notice: str, office: Office) -> None:
    page.goto(f"{notice}/preview")
    for name, size in PANELS.items():
        face = page.locator(f"#face-{office.panels[name]}")
        face.locator("[data-render]").click()
        expect(face).to_have_attribute("data-state", "ready", timeout=LONG_MS)
        expect(face.locator("[data-turn]")).to_have_text(["Tiếng Việt", "Tiếng Anh", "Tiếng Trung"])
        face.locator("[data-turn]").nth(2).click()
        expect(face.locator("[data-turn]").nth(2)).to_have_attribute("aria-pressed", "true")
        shown = face.locator("video").evaluate(
            """async (video) => { while (video.readyState < 2) await new Promise((next) => setTimeout(next, 50));
            return [video.videoWidth, video.videoHeight] }"""
        )
        assert tuple(shown) == size


def publish(page: Page, office: Office) -> None:
    page.goto(f"/playlists/{office.playlist_id}")
    choose(page, "Giờ làm việc cửa khẩu Trà Lĩnh")
    page.fill(".item [data-seconds]", "4")
    save_and_publish(page)


def choose(page: Page, title: str) -> None:
    """Add a notice to the playlist."""
    page.locator(f'#choices [data-add][data-title="{title}"]').click()


def save_and_publish(page: Page) -> None:
    """Save the playlist, publish it, and wait until the panel plays it."""
    page.click("form[data-playlist] button[type=submit]")
    expect(page.locator("[data-changed]")).to_have_text("Đã lưu mọi thay đổi")
    page.click("[data-publish]")
    expect(page.locator("#publishing")).to_have_attribute("data-state", "playing", timeout=LONG_MS)


def see_it_in_three_languages(page: Page) -> None:
    page.goto("/")
    card = page.locator(".panel", has_text="Bảng cổng chính")
    expect(card.locator(".now")).to_have_text("Giờ làm việc cửa khẩu Trà Lĩnh", timeout=LONG_MS)
    for language in ("Tiếng Việt", "Tiếng Anh", "Tiếng Trung"):
        expect(card.locator(".tag")).to_have_text(language, timeout=60_000)
    card.locator("[data-watch]").click()
    expect(card.locator("img")).to_have_attribute("src", re.compile(r"capture\.jpg"), timeout=LONG_MS)


def put_the_board_on(page: Page, office: Office) -> None:
    page.goto(f"/playlists/{office.playlist_id}")
    page.locator(".item [data-remove]").click()
    choose(page, boards.TITLE["vi"])
    page.fill(".item [data-seconds]", "60")
    save_and_publish(page)
    look(office, "green")


def close_the_gate(page: Page, office: Office) -> None:
    page.goto("/boards")
    expect(page.locator("[data-slot=gate]")).to_have_text("Mở cửa")
    page.get_by_role("button", name="Đóng cửa", exact=True).click()
    look(office, "red")
    expect(page.locator("[data-slot=gate]")).to_have_text("Đóng cửa")
    expect(page.locator(f"#board-{office.board_id} .panels")).to_contain_text("Bảng cổng chính")
    expect(page.locator(f"#board-{office.board_id} .panels .state.good")).to_be_visible(timeout=LONG_MS)


def look(office: Office, colour: str) -> None:
    """Wait until the pixels of the panel show the colour of the gate's phrase."""
    wait_for(
        f"{colour} pixels",
        lambda: office.eye.colour() == colour or None,
        timeout_s=LONG_MS / 1000,
        between=office.world.processes.check,
    )

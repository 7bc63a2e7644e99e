"""Training in a browser: the frame around every page of the training site, signing by a click, and one button back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from server.accounts.calling import COOKIE
from server.settings import SecondFactor
from server.tables import User
from server.training import starting
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.stage import Stage, empty_stage, furnish
from tests.entering import open_login
from tests.server.releases.stage import waited

WORDS = {one: {"title": f"Cháy {one}", "body": "Rời khu vực này."} for one in ("vi", "en", "zh")}


class Lesson:
    """A server with real sites and a training site whose people are logged in."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        parts = stage.app.state.parts
        with stage.database.write() as session:
            self.made = starting.add(session, parts, "tap-huan", "Điểm tập huấn", "")
        self.site: dict[str, Any] = next(one for one in stage.get("/api/v1/sites")["items"] if one["training"])
        for one in self.made.kiosks:
            told = stage.post("/api/v1/kiosk/enrol", {"code": one.code, "agent": "0.1.0", "simulated": True})
            assert told["root"]

    def token(self, ending: str) -> str:
        with self.stage.database.write() as session:
            user = session.exec(select(User).where(User.username == f"tap-huan.{ending}")).one()
            return open_login(session, user.id)

    def window(self, browser: Browser, ending: str, size: tuple[int, int] = DESK) -> Page:
        context = browser.new_context(
            base_url=self.stage.url, viewport={"width": size[0], "height": size[1]}, locale="vi-VN"
        )
        context.set_default_timeout(40_000)
        context.add_cookies([{"name": COOKIE, "value": self.token(ending), "url": self.stage.url}])
        return context.new_page()

    def drill(self) -> str:
        """Raise a drill in free words; it waits for two signatures."""
        asked = {"audience": {"sites": [self.site["id"]]}, "words": WORDS, "minutes": 30, "status": "exercise"}
        headers = {"Authorization": f"Bearer {self.token('truc-1')}"}
        with httpx.Client(base_url=self.stage.url, timeout=30, headers=headers) as client:
            made = client.post("/api/v1/emergencies", json=asked)
            assert made.status_code == 201, made.text
            path = f"/api/v1/emergencies/{made.json()['id']}"
            waited(lambda: client.get(path).json(), lambda one: one["state"] != "preparing")
        return str(made.json()["id"])


@pytest.fixture(scope="module")
def lesson(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    folder = tmp_path_factory.mktemp("lesson")
    with empty_stage(folder, second_factor=SecondFactor.OFF) as stage:
        furnish(stage)
        yield Lesson(stage)


def framed(page: Page) -> None:
    expect(page.locator(".training-frame")).to_have_count(1)
    expect(page.locator("p.training")).to_contain_text("TẬP HUẤN")


def test_a_drill_of_the_training_site_is_signed_by_a_click_within_the_frame(lesson: Lesson, browser: Browser) -> None:
    emergency = lesson.drill()
    for ending, size in (("truc-1", DESK), ("truc-2", PHONE)):
        page = lesson.window(browser, ending, size)
        page.goto(f"/emergency/{emergency}")
        framed(page)
        with page.expect_response(lambda answer: answer.url.endswith("/signatures")) as taken:
            page.locator("[data-sign]").first.click()
        assert taken.value.status == 200
        page.context.close()
    shown = lesson.stage.get(f"/api/v1/emergencies/{emergency}")
    assert (shown["state"], shown["status"]) == ("running", "exercise")


def test_pages_of_real_sites_have_no_frame_and_lists_of_both_say_so(lesson: Lesson, visit: Open) -> None:
    page = visit(lesson.stage, "/")
    expect(page.locator(".training-frame")).to_have_count(0)
    expect(page.locator("p.training")).to_contain_text("Điểm tập huấn")
    expect(page.locator("#emergency-strip a.at-training")).to_contain_text("TẬP HUẤN")
    expect(page.locator("#emergency-strip a.real, #emergency-strip a.drill")).to_have_count(0)
    page.goto(f"/panels/{lesson.stage.panels['tra-linh-1']}")
    expect(page.locator("p.training")).to_have_count(0)
    panels = lesson.stage.get(f"/api/v1/panels?site_id={lesson.site['id']}")["items"]
    page.goto(f"/panels/{panels[0]['id']}")
    framed(page)
    for language, word in (("en", "TRAINING"), ("zh", "培训")):
        lesson.stage.client.patch("/api/v1/me", json={"language": language})
        page.reload()
        expect(page.locator("p.training")).to_contain_text(word)
    lesson.stage.client.patch("/api/v1/me", json={"language": "vi"})


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_one_click_takes_it_back_to_the_beginning(lesson: Lesson, browser: Browser, size: tuple[int, int]) -> None:
    asked: list[str] = []
    page = lesson.window(browser, "giao-vien", size)

    def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", answer)
    page.goto("/training")
    framed(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Đặt lại từ đầu").click()
    page.get_by_text("Điểm tập huấn đã được đặt lại từ đầu.").first.wait_for()
    assert "2 tin" in asked[0]
    running = [one for one in lesson.stage.get("/api/v1/emergencies")["items"] if one["state"] == "running"]
    assert running == []
    page.context.close()

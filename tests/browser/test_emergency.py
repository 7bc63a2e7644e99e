"""Raising a drill and an emergency with a passkey, reading it in three languages, and giving the all clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from playlists.wire.messages import EmergencyShown, State, TrustState
from playlists.wire.topics import Up
from server.db import now
from server.emergencies import inbox
from server.mqtt.inbox import Hearing, Said
from server.tables import Kiosk, KioskStatus, Panel, Site
from server.tables.accounts import Role
from tests.browser.conftest import DESK, PHONE
from tests.browser.officer import Officer
from tests.browser.stage import Stage
from tests.server.emergencies.world import Place, seal_template


class Duty(Officer):
    """An officer on duty with a passkey that the root names, and the place that they watch over."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, Role.DUTY_OFFICER, "duty")
        self.place = self._place()
        stage.post("/api/v1/warning-templates/prepared", {"agency_id": str(self.agency_id)})
        for word in ("flood", "all-clear"):
            seal_template(stage.database, word, [self.place])

    def _place(self) -> Place:
        with self.stage.database.write() as session:
            site = Site(
                slug="tra-linh", agency_id=self.agency_id, name="Cửa khẩu Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh"
            )
            session.add(site)
            session.flush()
            panel = Panel(
                slug="cong", site_id=site.id, agency_id=self.agency_id, name="Cổng chính", width=64, height=32
            )
            session.add(panel)
            session.flush()
            kiosk = Kiosk(slug="may-cong", panel_id=panel.id, enrolled_at=now())
            session.add(kiosk)
            session.flush()
            session.add(KioskStatus(kiosk_id=kiosk.id, online=True, changed_at=now()))
        return Place(self.agency_id, site, panel, kiosk)

    def kiosk_shows(self, *names: str) -> None:
        """The panel's kiosk says which emergencies it shows."""
        shown = tuple(EmergencyShown(id=name, seq=1, shown_since_at=now()) for name in names)
        state = State(id=uuid4(), at=now(), sid=1, trust=TrustState(root_version=1, emergencies=shown))
        with self.stage.database.write() as session:
            inbox.take_states(session, [Said(self.place.kiosk.id, Up.STATE, state, Hearing(now()))])


@pytest.fixture(scope="module")
def duty(bare: Stage) -> Duty:
    return Duty(bare)


@pytest.fixture
def phone(duty: Duty, browser: Browser) -> Iterator[Page]:
    page = duty.window(browser, PHONE)
    yield page
    page.context.close()
    assert duty.complaints == []


@pytest.fixture
def desk(duty: Duty, browser: Browser) -> Iterator[Page]:
    page = duty.window(browser, DESK)
    yield page
    page.context.close()
    assert duty.complaints == []


def begin(page: Page, *, drill: bool) -> None:
    """Go the three steps up to the sentence that says what will happen."""
    page.goto("/emergency")
    page.click("a.alarm")
    page.click('label.choice:has(input[value="flood"])')
    page.click("[data-next]")
    page.check('input[name="sites"]')
    if drill:
        page.click('label.chip:has(input[value="exercise"])')
    page.click("[data-next]")


def signed(page: Page) -> str:
    """Sign, and return the emergency's id once its page stands."""
    page.click("[data-raise]")
    page.wait_for_url(re.compile(r"/emergency/[0-9a-f-]{36}$"))
    return page.url.rpartition("/")[2]


def speak(page: Page, language: str) -> None:
    page.evaluate(
        "language => fetch('/api/v1/me', {method: 'PATCH', headers: {'Content-Type': 'application/json'},"
        " body: JSON.stringify({language})})",
        language,
    )
    page.reload()


def test_a_drill_is_raised_on_a_phone_and_carries_its_frame(duty: Duty, phone: Page) -> None:
    begin(phone, drill=True)
    summary = phone.locator("[data-summary]")
    expect(summary).to_contain_text("DIỄN TẬP / EXERCISE / 演习")
    expect(summary).to_contain_text("Cửa khẩu Trà Lĩnh")
    expect(phone.locator("[data-raise]")).to_have_text("Ký và bắt đầu diễn tập")
    name = signed(phone)
    expect(phone.locator(".frame").first).to_have_text("DIỄN TẬP / EXERCISE / 演习")
    expect(phone.locator("#emergency-strip .drill")).to_contain_text("Ngập lụt")
    duty.kiosk_shows(name)
    expect(phone.locator(".count strong")).to_have_text("1")
    expect(phone.get_by_text("Cổng chính")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_emergency_is_read_in_three_languages_and_the_all_clear_follows(duty: Duty, desk: Page) -> None:
    begin(desk, drill=False)
    expect(desk.locator("[data-summary]")).to_contain_text("THẬT")
    name = signed(desk)
    for language, title in (("en", "Flood"), ("zh", "洪水"), ("vi", "Ngập lụt")):
        speak(desk, language)
        expect(desk.locator("h1")).to_have_text(title)
        expect(desk.locator(".trio")).to_contain_text("洪水")
    duty.kiosk_shows(name)
    expect(desk.locator(".count strong")).to_have_text("1")
    desk.click("a.huge:has-text('Báo đã an toàn')")
    expect(desk.locator("[data-summary]")).to_contain_text("Đã an toàn")
    clear = signed(desk)
    assert clear != name
    expect(desk.locator("h1")).to_have_text("Đã an toàn")
    desk.goto(f"/emergency/{name}")
    expect(desk.locator(".head .tag").first).to_have_text("Đã có cảnh báo khác thay thế")


def test_free_words_ask_for_a_second_officer(duty: Duty, phone: Page) -> None:
    phone.goto("/emergency/new")
    phone.click('label.choice:has(input[value=""])')
    phone.click("[data-next]")
    expect(phone.locator("#toasts")).to_contain_text("ba thứ tiếng")
    for code, title in (("vi", "Cầu hỏng"), ("en", "Bridge damaged"), ("zh", "桥梁受损")):
        phone.fill(f"#title_{code}", title)
    phone.click("[data-next]")
    phone.check('input[name="sites"]')
    phone.click("[data-next]")
    expect(phone.locator("[data-summary]")).to_contain_text("cán bộ trực thứ hai")
    expect(phone.locator("[data-raise]")).to_have_text("Ký, là người thứ nhất trong hai người")

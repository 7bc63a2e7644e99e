"""Raising a drill and an emergency with a passkey, reading it in three languages, and giving the all clear."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page, expect

from playlists.trust.strict import to_base64
from playlists.wire.messages import EmergencyShown, State, TrustState
from server import keys
from server.accounts import service as accounts
from server.accounts.calling import COOKIE
from server.accounts.schemas import UserNew
from server.db import now
from server.emergencies import inbox
from server.mqtt.inbox import Hearing
from server.tables import Kiosk, KioskStatus, Panel, Passkey, Site
from server.tables.accounts import Role
from tests.browser.conftest import DESK, PHONE
from tests.browser.stage import Stage
from tests.entering import enrol_app, open_login
from tests.playlists.trust.authenticator import Authenticator
from tests.server.emergencies.world import Place, seal_template
from tests.server.trust import network

CREDENTIAL = base64.urlsafe_b64encode(b"a passkey of the officer").decode().rstrip("=")


class Duty:
    """An officer with a passkey that the root names, and the place that they watch over."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.complaints: list[str] = []
        self.origin = stage.url.replace("127.0.0.1", "localhost")
        agency = stage.post("/api/v1/agencies", {"slug": "bien-phong", "name": "Ban quản lý cửa khẩu"})
        self.agency_id = UUID(str(agency["id"]))
        with stage.database.write() as session:
            new = UserNew(
                username="truc.ban", display_name="Trần Thị Trực", role=Role.DUTY_OFFICER, agency_id=self.agency_id
            )
            user, _ = accounts.add_user(session, new, temporary=False)
            self.passkey = Authenticator(user.username)
            key = self.passkey.key
            row = Passkey(
                user_id=user.id, credential_id=CREDENTIAL, cose_key="x", public_key=key.public, keyid=key.id, name="Máy"
            )
            session.add(row)
            self.user_id = user.id
            enrol_app(session, keys.load_server_key(stage.settings.keys_dir), user.id)
        self.place = self._place()
        self._install()
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

    def _install(self) -> None:
        public = self.stage.app.state.parts.server_public_key
        roles = {"approver": ["an", "binh"], "leader": ["an"], "department": ["binh"], "duty": ["truc.ban"]}
        passkeys = {"rp_id": "localhost", "origins": [self.origin]}
        content = network.root(public, roles, passkeys=[self.passkey], passkeys_of=passkeys)
        installed = self.stage.client.post("/api/v1/trust/roots", json=json.loads(content))
        assert installed.status_code == 201, installed.text

    def window(self, browser: Browser, size: tuple[int, int]) -> Page:
        """Open a window of the officer's, with their passkey in it."""
        with self.stage.database.write() as session:
            token = open_login(session, self.user_id)
        context = browser.new_context(
            base_url=self.origin, viewport={"width": size[0], "height": size[1]}, locale="vi-VN"
        )
        context.set_default_timeout(40_000)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.origin}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._plug_in(page)
        return page

    def _plug_in(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        private = self.passkey._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        raw = base64.urlsafe_b64decode(CREDENTIAL + "=" * (-len(CREDENTIAL) % 4))
        credential = {
            "credentialId": to_base64(raw),
            "isResidentCredential": True,
            "rpId": "localhost",
            "privateKey": to_base64(private),
            "userHandle": to_base64(self.user_id.bytes),
            "signCount": 0,
        }
        session.send("WebAuthn.addCredential", {"authenticatorId": made["authenticatorId"], "credential": credential})

    def kiosk_shows(self, *names: str) -> None:
        """The panel's kiosk says which emergencies it shows."""
        shown = tuple(EmergencyShown(id=name, seq=1, shown_since_at=now()) for name in names)
        state = State(id=uuid4(), at=now(), sid=1, trust=TrustState(root_version=1, emergencies=shown))
        with self.stage.database.write() as session:
            inbox.take_state(session, self.place.kiosk.id, state, Hearing(now()))


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

"""Passkeys with a virtual authenticator, an authenticator app, new devices and fresh proofs, as people meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlmodel import select

from server.accounts import service as accounts
from server.accounts.factors import totp
from server.accounts.schemas import UserNew
from server.db import now
from server.tables import LoginSession
from server.tables.accounts import Role
from tests.browser.conftest import PHONE, Open
from tests.browser.stage import Stage


@pytest.fixture(scope="module")
def named(bare: Stage) -> Stage:
    """The bare server, opened by a name: browsers make no passkeys for numbers."""
    bare.agency_id = str(bare.post("/api/v1/agencies", {"slug": "ban-quan-ly", "name": "Ban quản lý cửa khẩu"})["id"])
    return replace(bare, url=bare.url.replace("127.0.0.1", "localhost"))


def newcomer(stage: Stage, username: str, role: Role) -> str:
    """Make somebody who has a password and nothing else; return it."""
    new = UserNew(username=username, display_name="Người mới", role=role, agency_id=UUID(stage.agency_id))
    with stage.database.write() as session:
        return accounts.add_user(session, new, temporary=False)[1]


def authenticator(page: Page, transport: str) -> Callable[[], object]:
    """Plug a virtual authenticator into a window; the answer takes it away again."""
    link: CDPSession = page.context.new_cdp_session(page)
    link.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": transport,
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = link.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda: link.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})


def first_step(page: Page, username: str, password: str) -> None:
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("[data-first] button[type=submit]")


def log_out(page: Page) -> None:
    page.click("details[data-menu] summary")
    page.click("[data-logout]")
    page.wait_for_url(re.compile("/login"))


def add_passkey(page: Page, name: str) -> None:
    page.fill("#passkey-name", name)
    page.click("[data-add-passkey] button")


def test_an_approver_enrols_two_passkeys_and_logs_in_with_one_alone(named: Stage, visit: Open) -> None:
    password = newcomer(named, "nguoi.duyet", Role.APPROVER)
    page = visit(named, "/login", logged_in=False)
    authenticator(page, "internal")
    first_step(page, "nguoi.duyet", password)
    expect(page).to_have_url(f"{named.url}/account")
    page.goto("/faults")
    expect(page).to_have_url(f"{named.url}/account")
    add_passkey(page, "Điện thoại")
    expect(page.locator("[data-codes]")).to_have_text(re.compile(r"^([A-Z2-9]{5}(-[A-Z2-9]{5}){3}\s?){10}$"))
    page.click("#codes button")
    expect(page.locator("#passkeys li strong")).to_have_text("Điện thoại")
    expect(page.locator("#passkeys li .tag")).to_have_text("ký được")
    expect(page.locator("main > .problem")).to_contain_text("Bạn còn thiếu 1")
    authenticator(page, "usb")
    add_passkey(page, "Khóa bảo mật")
    expect(page.locator("#passkeys li")).to_have_count(2)
    expect(page.locator("main > .problem")).to_have_count(0)
    log_out(page)
    page.click("[data-passkey-alone]")
    expect(page.locator("h1")).to_have_text("Tổng quan")
    log_out(page)
    first_step(page, "nguoi.duyet", password)
    page.click("[data-second] [data-use-passkey]")
    expect(page.locator("h1")).to_have_text("Tổng quan")


def test_a_passkey_that_does_not_answer_leaves_other_ways(named: Stage, visit: Open) -> None:
    password = newcomer(named, "nguoi.mat", Role.DUTY_OFFICER)
    page = visit(named, "/login", logged_in=False)
    take_away = authenticator(page, "internal")
    first_step(page, "nguoi.mat", password)
    add_passkey(page, "Điện thoại")
    expect(page.locator("[data-codes]")).to_contain_text("-")
    codes = page.locator("[data-codes]").inner_text().split()
    page.click("#codes button")
    log_out(page)
    take_away()
    authenticator(page, "internal")
    page.click("[data-passkey-alone]")
    expect(page.locator("[data-first] .problem")).to_have_text(re.compile("Khóa truy cập không trả lời"))
    first_step(page, "nguoi.mat", password)
    page.fill("#code", codes[3])
    page.click("[data-second] button[type=submit]")
    expect(page.locator("h1")).to_have_text("Tổng quan")


def test_an_app_is_enrolled_by_its_picture_and_asked_at_the_next_login(named: Stage, visit: Open) -> None:
    password = newcomer(named, "truc.ban", Role.DUTY_OFFICER)
    page = visit(named, "/login", logged_in=False, size=PHONE)
    first_step(page, "truc.ban", password)
    page.click("#app [data-begin]")
    expect(page.locator("#app [data-picture]")).to_have_attribute("src", re.compile("^data:image/svg"))
    assert page.locator("#app [data-picture]").evaluate(
        "async (one) => { await one.decode(); return one.naturalWidth }"
    )
    secret = page.locator("#app [data-secret-text]").inner_text().replace(" ", "")
    page.fill("#app-code", "000000")
    page.click("#app form button")
    expect(page.locator("#app > .problem")).to_contain_text("không được chấp nhận")
    page.fill("#app-code", totp.code_at(secret, now()))
    page.click("#app form button")
    page.click("#codes button")
    expect(page.locator("#app .state.good")).to_have_text("Đã đăng ký một ứng dụng.")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    log_out(page)
    first_step(page, "truc.ban", password)
    page.fill("#code", "000000")
    page.click("[data-second] button[type=submit]")
    expect(page.locator("[data-second] .problem")).to_contain_text("không được chấp nhận")
    page.fill("#code", totp.code_at(secret, now() + timedelta(seconds=30)))
    page.click("[data-second] button[type=submit]")
    expect(page.locator("h1")).to_have_text("Tổng quan")


def test_a_new_device_asks_and_a_known_one_lets_it_in(named: Stage, visit: Open) -> None:
    password = newcomer(named, "bien.dich", Role.TRANSLATOR)
    desk = visit(named, "/login", logged_in=False)
    first_step(desk, "bien.dich", password)
    expect(desk.locator("h1")).to_have_text("Tổng quan")
    phone = visit(named, "/login", logged_in=False, size=PHONE)
    first_step(phone, "bien.dich", password)
    expect(phone.locator("[data-second] h2")).to_have_text("Bước thứ hai")
    desk.goto("/account")
    expect(desk.locator("#devices li")).to_have_count(1)
    desk.click("#devices form[data-then=show] button")
    shown = desk.locator("#devices .code")
    expect(shown).to_have_text(re.compile("^[A-Z2-9]{5}-[A-Z2-9]{5}$"))
    phone.fill("#code", shown.inner_text())
    phone.check("[name=remember]")
    phone.click("[data-second] button[type=submit]")
    expect(phone.locator("h1")).to_have_text("Tổng quan")
    desk.reload()
    expect(desk.locator("#devices li")).to_have_count(2)
    expect(desk.locator("#logins li")).to_have_count(2)
    desk.click("#logins form[data-said] >> text=Kết thúc mọi phiên khác")
    expect(desk.locator("#logins li")).to_have_count(1)
    phone.goto("/faults")
    expect(phone).to_have_url(re.compile("/login"))


def test_before_grave_things_the_page_asks_again_and_goes_on(named: Stage, visit: Open) -> None:
    page = visit(named, "/account")
    with named.database.write() as session:
        for row in session.exec(select(LoginSession).where(LoginSession.user_id == named.user_id)):
            row.factor_at = now() - timedelta(hours=1)
            session.add(row)
    page.click("#recovery [data-new-codes]")
    expect(page.locator("#proof h2")).to_have_text("Xác nhận đúng là bạn")
    page.fill("#proof-code", "000000")
    page.click("#proof [data-submit]")
    expect(page.locator("#proof .problem")).to_contain_text("không được chấp nhận")
    page.fill("#proof-code", named.code())
    page.click("#proof [data-submit]")
    expect(page.locator("[data-codes]")).to_contain_text("-")


def test_a_token_is_made_shown_once_and_ended(named: Stage, visit: Open) -> None:
    page = visit(named, "/account")
    page.click("#tokens summary")
    page.fill("#token-name", "Phần mềm hàng chờ")
    page.check("#tokens input[value=see]")
    page.click("#tokens button.main")
    expect(page.locator("#tokens [data-field=token]")).to_have_text(re.compile("^bangtin_[0-9a-f]{64}$"))
    page.reload()
    expect(page.locator("#tokens li strong")).to_have_text("Phần mềm hàng chờ")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#tokens li button")
    expect(page.locator("#tokens li")).to_have_count(0)

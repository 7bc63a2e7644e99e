"""Logging in, in three languages, and what strangers see."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open, enter
from tests.browser.stage import Stage


def test_a_wrong_password_is_a_plain_sentence_and_keeps_the_name(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/login", logged_in=False)
    page.fill("#username", "quan.tri")
    page.fill("#password", "not the password")
    page.click("[data-first] button[type=submit]")
    expect(page.locator("[data-first] .problem")).to_have_text(
        "Sai tên đăng nhập hoặc mật khẩu, hoặc tài khoản đã bị khóa."
    )
    expect(page.locator("#username")).to_have_value("quan.tri")
    expect(page.locator("#password")).to_have_value("")


def test_a_stranger_comes_back_to_the_page_they_asked_for(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/faults?x=1", logged_in=False)
    expect(page).to_have_url(f"{bare.url}/login?next=/faults%3Fx%3D1")
    enter(bare, page)
    expect(page).to_have_url(f"{bare.url}/faults?x=1")


@pytest.mark.parametrize(
    ("locale", "button"), [("vi-VN", "Đăng nhập"), ("en-GB", "Log in"), ("zh-CN", "登录"), ("fr-FR", "Đăng nhập")]
)
def test_the_login_speaks_the_browsers_language_else_vietnamese(
    bare: Stage, visit: Open, locale: str, button: str
) -> None:
    page = visit(bare, "/login", logged_in=False, locale=locale)
    expect(page.locator("[data-first] button[type=submit]")).to_have_text(button)


def test_the_language_can_be_switched_before_and_after_login(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/login", logged_in=False)
    page.click("text=中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.goto("/login")
    expect(page.locator("[data-first] button[type=submit]")).to_have_text("登录")
    page = visit(bare, "/")
    for code, heading in (("en", "Wall"), ("zh", "总览"), ("vi", "Tổng quan")):
        page.click("details[data-menu] summary")
        page.click(f"[data-language={code}]")
        expect(page.locator("h1")).to_have_text(heading)


def test_logging_out_ends_the_session(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/")
    page.click("details[data-menu] summary")
    page.click("[data-logout]")
    expect(page).to_have_url(f"{bare.url}/login")
    page.goto("/faults")
    expect(page).to_have_url(f"{bare.url}/login?next=/faults")


def test_an_empty_wall_says_what_to_do_next(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/", size=PHONE)
    expect(page.locator(".empty")).to_contain_text("Chưa có bảng nào")
    page.click(".empty a.button")
    expect(page).to_have_url(f"{bare.url}/admin")


def test_a_new_installation_is_set_up_in_the_browser(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/admin")
    page.click("#agencies summary")
    page.fill("#agency-name", "Ban quản lý Khu du lịch")
    page.fill("#agency-slug", "khu-du-lich")
    page.click("#agencies button.main")
    page.fill("#site-name", "Thác Bản Giốc")
    page.fill("#site-slug", "thac-ban-gioc")
    page.click("#sites button.main")
    page.fill("#panel-name", "Bảng lối vào")
    page.fill("#panel-slug", "loi-vao-1")
    page.click("#panels button.main")
    page.click("#kiosks summary")
    page.fill("#kiosk-slug", "kiosk-loi-vao")
    page.click("#kiosks button.main")
    page.click("#kiosks li button[type=submit]")
    expect(page.locator("#kiosks .code")).to_have_text(re.compile(r"^[0-9A-Z]{5}-[0-9A-Z]{5}$"))
    page.goto("/")
    expect(page.locator(".panel h2")).to_have_text("Bảng lối vào")
    expect(page.locator(".panel")).to_contain_text("Máy phát đang chờ mã đăng ký")


def test_an_invited_person_chooses_a_password_and_is_in(bare: Stage, visit: Open) -> None:
    agency = bare.post("/api/v1/agencies", {"slug": "so-van-hoa", "name": "Sở Văn hóa"})
    page = visit(bare, "/admin")
    page.click("#people details:last-of-type > summary")
    page.fill("#display_name", "Trần Biên Tập")
    page.fill("#people #username", "bien.tap")
    page.select_option("#person-agency", agency["id"])
    page.click("#people button.main")
    link = page.locator("#people [data-field='invitation.link']")
    expect(link).to_have_text(re.compile("/invitation#[0-9a-f]{64}$"))
    page = visit(bare, link.inner_text(), size=PHONE, logged_in=False)
    expect(page.locator("h2")).to_have_text("Trần Biên Tập")
    expect(page.locator("#username")).to_have_value("bien.tap")
    page.fill("#password", "matkhau123456")
    page.click("button.main")
    expect(page.locator(".problem")).to_contain_text("Mật khẩu này dễ bị đoán")
    page.fill("#password", "một câu dài dễ nhớ")
    page.click("button.main")
    expect(page.locator("h1")).to_have_text("Tổng quan")
    expect(page.locator(".empty")).to_contain_text("Cơ quan bạn chưa có bảng nào")
    page.goto("/admin")
    expect(page.locator(".empty")).to_contain_text("Vai trò của bạn không được phép")

"""Agencies in a browser: renamed, merged after a page that says what moves, found again; roles given; the audit log."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from server.accounts import service as accounts
from server.accounts.schemas import AgencyNew, UserNew
from server.db import new_id
from server.tables import Agency, User
from server.tables.accounts import Role
from tests.browser.conftest import Open
from tests.browser.stage import Stage


def new_agency(bare: Stage, name: str) -> Agency:
    with bare.database.write() as session:
        return accounts.add_agency(session, AgencyNew(slug=f"co-quan-{new_id().hex[-8:]}", name=name))


def new_person(bare: Stage, agency: Agency, name: str) -> User:
    word = new_id().hex[-8:]
    new = UserNew(username=f"nguoi.{word}", display_name=name, role=Role.EDITOR, agency_id=agency.id)
    with bare.database.write() as session:
        return accounts.add_user(session, new, temporary=False)[0]


def test_a_merged_agency_says_where_it_went(bare: Stage, visit: Open) -> None:
    old = new_agency(bare, "Ban quản lý chợ Trà Lĩnh")
    new_agency(bare, "Ban quản lý Khu kinh tế")
    new_person(bare, old, "Lý Văn Chợ")

    page = visit(bare, f"/agencies/{old.id}")
    page.get_by_text("Sáp nhập vào cơ quan khác").click()
    page.get_by_label("Cơ quan kế thừa").select_option(label="Ban quản lý Khu kinh tế")
    page.get_by_role("button", name="Xem những gì sẽ chuyển").click()
    expect(page.locator("#counts")).to_contain_text("Người dùng")
    expect(page.locator("#counts dd")).to_have_text(["1"])
    confirm = page.get_by_label(f"Gõ {old.slug} để xác nhận")
    confirm.fill(old.slug)
    page.get_by_role("button", name="Sáp nhập", exact=True).click()

    expect(page.locator("#successor")).to_contain_text("Ban quản lý Khu kinh tế")
    expect(page.locator("#change")).to_have_count(0)
    page.locator("#successor a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ban quản lý Khu kinh tế")
    expect(page.get_by_text("Đã tiếp nhận")).to_contain_text("Ban quản lý chợ Trà Lĩnh")
    page.goto("/admin")
    expect(page.locator("#agencies > ul")).not_to_contain_text("Ban quản lý chợ Trà Lĩnh")


def test_a_merger_without_the_short_name_is_not_sent(bare: Stage, visit: Open) -> None:
    old, into = new_agency(bare, "Trạm một"), new_agency(bare, "Trạm hai")

    page = visit(bare, f"/agencies/{old.id}/merge?into={into.id}")
    page.get_by_label(f"Gõ {old.slug} để xác nhận").fill("khong phai")
    page.get_by_role("button", name="Sáp nhập", exact=True).click()

    with bare.database.read() as session:
        assert session.get_one(Agency, old.id).closed_at is None


def test_an_agency_is_renamed_and_its_page_keeps_the_old_name(bare: Stage, visit: Open) -> None:
    agency = new_agency(bare, "Ban cũ")

    page = visit(bare, f"/agencies/{agency.id}")
    page.get_by_text("Đổi tên", exact=True).first.click()
    page.get_by_label("Tên mới").fill("Ban mới")
    page.get_by_role("button", name="Đổi tên").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Ban mới")
    expect(page.get_by_text("Từng mang tên “Ban cũ”")).to_be_visible()


def test_a_role_elsewhere_is_given_and_ended(bare: Stage, visit: Open) -> None:
    home, there = new_agency(bare, "Nhà"), new_agency(bare, "Nơi khác")
    person = new_person(bare, home, "Hoàng Thị Duyệt")

    page = visit(bare, f"/people/{person.id}")
    page.locator("#grant-role").select_option(label="Người phê duyệt")
    page.locator("#grant-agency").select_option(label="Nơi khác")
    page.get_by_role("button", name="Giao vai trò").click()
    expect(page.locator("#grants")).to_contain_text("Nơi khác · từ")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#grants form[data-sure] button").click()

    expect(page.locator("#grants > ul > li")).to_have_count(1)
    expect(page.get_by_text("Vai trò trước đây")).to_be_visible()
    assert there.name == "Nơi khác"


@pytest.mark.parametrize("language", ["vi", "en", "zh"])
def test_the_audit_log_is_searched_and_its_head_compared(bare: Stage, visit: Open, language: str) -> None:
    agency = new_agency(bare, "Cơ quan để tìm")
    word = new_id().hex[-10:]
    bare.client.post(f"/api/v1/agencies/{agency.id}/rename", json={"name": f"Tên Mới {word}"}).raise_for_status()
    bare.client.patch("/api/v1/me", json={"language": language}).raise_for_status()
    try:
        page = visit(bare, f"/audit?q=ten+moi+{word}")
        expect(page.locator("ol.audit > li")).to_have_count(1)
        expect(page.locator("ol.audit > li")).to_contain_text("Nguyễn Thị Quản Trị")
        page.locator("#head > summary").click()
        number = page.locator("#head dd").nth(0).inner_text()
        digest = page.locator("#head dd").nth(1).inner_text()
        page.locator("#kept-number").fill(number)
        page.locator("#kept-hash").fill(digest)
        page.locator("#head form button").click()
        expect(page.locator("#head [role=status]")).to_have_class("done")
        page.locator("#kept-hash").fill("0" * 64)
        page.locator("#head form button").click()
        expect(page.locator("#head [role=status]")).to_have_class("problem")
        expect(page.locator("#head [role=status]")).to_contain_text(re.compile(number))
    finally:
        bare.client.patch("/api/v1/me", json={"language": "vi"}).raise_for_status()

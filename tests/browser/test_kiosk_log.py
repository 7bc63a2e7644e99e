"""A kiosk's log as a technician reads along on a phone: empty, arriving by itself, narrowed, and ended."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from playlists.wire.messages import CommandName, Log, LogLevel, LogLine
from server.db import new_id, now
from server.faults.logs import service
from server.tables import KioskCommand, KioskStatus
from tests.browser.conftest import PHONE, Open
from tests.browser.stage import Stage


def ask(stage: Stage, kiosk_id: UUID, panel_id: str) -> UUID:
    """Write a request down as the endpoint does: no broker runs here."""
    assert stage.user_id is not None
    row = KioskCommand(kiosk_id=kiosk_id, panel_id=UUID(panel_id), name=CommandName.SEND_LOG, asked_by=stage.user_id,
                       arguments={"seconds": 300}, expires_at=now(), state="sent")  # fmt: skip
    with stage.database.write() as session:
        session.add(row)
        session.flush()
        return row.id


def say(stage: Stage, kiosk_id: UUID, command_id: UUID, *lines: tuple[int, LogLevel, str]) -> None:
    """Write what the kiosk sent as the inbox would."""
    said = tuple(LogLine(number=number, at=now(), level=level, text=text) for number, level, text in lines)
    with stage.database.write() as session:
        service.take(session, kiosk_id, Log(id=new_id(), at=now(), command_id=command_id, lines=said), now())


@pytest.fixture(scope="module")
def kiosk_id(stage: Stage) -> UUID:
    kiosks = stage.get("/api/v1/kiosks?limit=200")["items"]
    return UUID(next(one["id"] for one in kiosks if one["panel_id"] == stage.panels["tra-linh-1"]))


def test_lines_arrive_by_themselves_and_are_narrowed(stage: Stage, visit: Open, kiosk_id: UUID) -> None:
    panel_id = stage.panels["tra-linh-1"]
    page = visit(stage, f"/panels/{panel_id}/service", size=PHONE)
    page.get_by_role("link", name="Nhật ký máy").click()
    expect(page.get_by_text("Chưa có dòng nào được gửi")).to_be_visible()
    command = ask(stage, kiosk_id, panel_id)
    say(stage, kiosk_id, command, (11, LogLevel.INFO, "agent: manifest 7 is installed"))
    expect(page.locator(".log li")).to_have_count(1)
    expect(page.get_by_text("Máy phát gửi những gì nó ghi đến")).to_be_visible()
    long = "mqtt: no connection to the broker: [Errno 113] No route to host " + "x" * 300
    say(stage, kiosk_id, command, (14, LogLevel.WARNING, long), (15, LogLevel.ERROR, "vlc: <b>nothing</b> shown"))
    expect(page.locator(".log li").first).to_contain_text("<b>nothing</b>")
    expect(page.locator(".log .gap")).to_have_text("… 2 dòng không đến được")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    folder = os.environ.get("BANGTIN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / "kiosk-log.png")
    page.get_by_label("Chỉ cảnh báo và lỗi").check()
    page.fill("#q", "no route")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator(".log .text")).to_have_count(1)
    say(stage, kiosk_id, command, (16, LogLevel.WARNING, "mqtt: NO ROUTE again"))
    expect(page.locator(".log .text")).to_have_count(2)
    with page.expect_response(lambda answer: answer.url.endswith("/commands")) as sent:
        page.get_by_role("button", name="Dừng").click()
    assert sent.value.request.post_data_json == {"name": "send_log", "seconds": 0}


def test_why_a_request_was_refused_stays_although_the_page_draws_itself_anew(
    stage: Stage, visit: Open, kiosk_id: UUID
) -> None:
    stage.says("tra-linh-1")
    page = visit(stage, f"/panels/{stage.panels['tra-linh-1']}/log", size=PHONE)
    button = page.get_by_role("button", name="Theo dõi 5 phút")
    expect(button).to_be_enabled()
    with stage.database.write() as session:
        session.get_one(KioskStatus, kiosk_id).online = False
    with page.expect_response(lambda answer: answer.url.endswith("/commands")) as sent:
        button.click()
    assert sent.value.status == 409
    refusal = page.locator("#log .problem:not(:empty)")
    expect(refusal).to_have_count(1)
    say(
        stage, kiosk_id, ask(stage, kiosk_id, stage.panels["tra-linh-1"]), (90, LogLevel.INFO, "agent: a line after it")
    )
    expect(page.locator(".log .text").first).to_have_text("agent: a line after it")
    expect(refusal).to_have_count(1)

"""Reached by mail after a confirmed code, told of a fault, a shift handed over and taken, and a sound in one tab."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from playlists.fault import FaultCode
from tests.browser.conftest import Open, log_in
from tests.browser.stage import Stage, empty_stage, furnish
from tests.browser.test_accessibility import faults as faults_of
from tests.conftest import free_port

WAIT_S = 60.0
SMALL = (390, 844)


class Box:
    """Takes letters as a mail server does."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.came = threading.Condition()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        with self.came:
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.came.notify_all()
        return "250 OK"

    def wait(self, words: str) -> Any:
        """Return the first letter whose subject holds some words, once it is there."""
        with self.came:
            assert self.came.wait_for(lambda: any(words in one["Subject"] for one in self.letters), WAIT_S)
            return next(one for one in self.letters if words in one["Subject"])


@pytest.fixture(scope="module")
def box() -> Iterator[tuple[Box, int]]:
    handler, port = Box(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture(scope="module")
def duty(front_end: None, box: tuple[Box, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A furnished server that sends mail."""
    folder = tmp_path_factory.mktemp("duty")
    path = folder / "channels.toml"
    path.write_text(
        f"""
[mail]
kind = "mail"
label = "Thư điện tử"
host = "127.0.0.1"
port = {box[1]}
security = "none"
sender = "bangtin@example.gov.vn"
""",
        "utf-8",
    )
    with empty_stage(folder, notify_file=path) as made:
        furnish(made)
        made.says("tra-linh-1")
        yield made


def test_one_is_reached_after_the_code_and_told_of_a_fault(duty: Stage, visit: Open, box: tuple[Box, int]) -> None:
    page = visit(duty, "/account#notifications", size=SMALL)
    mine = page.locator("#notifications")
    expect(mine).to_contain_text("Chưa thể liên lạc với bạn")
    mine.get_by_label("Địa chỉ hoặc số máy").fill("quan.tri@example.gov.vn")
    mine.get_by_role("button", name="Thêm địa chỉ").click()
    code = re.search(r"\d{6}", box[0].wait("Mã xác nhận")["Subject"])
    assert code is not None
    mine.get_by_label("Mã đã gửi tới đó").fill(code[0])
    mine.get_by_role("button", name="Xác nhận mã").click()
    expect(mine).to_contain_text("đã xác nhận")
    mine.get_by_role("button", name="Tin thử").click()
    box[0].wait("Tin thử")
    duty.fault("tra-linh-1", FaultCode.CONTROLLER_OFFLINE)
    letter = box[0].wait("Bộ điều khiển LED không trả lời")
    assert letter["Subject"].startswith("Nghiêm trọng: Bảng cổng chính, Cửa khẩu Trà Lĩnh")
    assert "Việc đầu tiên: Kiểm tra nguồn" in letter.get_content()
    page.goto("/notifications")
    line = page.locator("#outbox li", has_text="Bộ điều khiển LED không trả lời").first
    expect(line).to_contain_text("đã tới")
    line.locator("summary").click()
    expect(line).to_contain_text("quan.tri@example.gov.vn")
    expect(page.locator("#channels")).to_contain_text("dùng được lúc")


def test_a_rule_is_made_and_ended(duty: Stage, visit: Open) -> None:
    page = visit(duty, "/notifications")
    rules = page.locator("#rules")
    rules.get_by_text("Quy tắc mới").click()
    rules.get_by_label("Kỹ thuật").check()
    rules.get_by_label("Chờ trước khi báo").select_option("600")
    rules.get_by_role("button", name="Tạo quy tắc").click()
    expect(rules.locator("li").first).to_contain_text("sau 10")
    rules.locator("li").first.get_by_role("button", name="Kết thúc").click()
    expect(rules).to_contain_text("Chưa có quy tắc riêng")


def test_a_shift_goes_from_hand_to_hand_with_two_taps(duty: Stage, visit: Open) -> None:
    page = visit(duty, "/shift", size=SMALL)
    page.locator("#site").select_option(label="Cửa khẩu Trà Lĩnh")
    expect(page.locator("#open-things")).to_contain_text("Bộ điều khiển LED không trả lời")
    page.get_by_placeholder("Ví dụ: chìa khoá tủ số 2").fill("Chìa khoá tủ số 2 ở phòng trực")
    page.get_by_role("button", name="Ghi lại").click()
    expect(page.locator("#notes li")).to_contain_text("Chìa khoá tủ số 2 ở phòng trực")
    page.get_by_label("Điều ca sau cần biết").fill("Chờ thợ điện lúc 9 giờ")
    page.get_by_role("button", name="Bàn giao").click()
    expect(page.locator("#handover")).to_contain_text("Chờ thợ điện lúc 9 giờ")
    page.get_by_role("button", name="Tôi nhận ca").click()
    expect(page.locator("#past-handovers li")).to_contain_text("việc tồn đọng")
    page.locator("#past-handovers").get_by_role("link", name="In").click()
    expect(page.locator("h1")).to_have_text("Biên bản bàn giao ca")
    expect(page.locator("main")).to_contain_text("Bộ điều khiển LED không trả lời")


def beeps(page: Page) -> int:
    return int(page.evaluate("document.documentElement.dataset.beeps ?? '0'"))


def test_an_urgent_fault_sounds_in_one_tab_and_is_written_in_all_until_it_is_taken(duty: Stage, visit: Open) -> None:
    first = visit(duty, "/account")
    first.get_by_label("Âm thanh khi có sự cố khẩn").check()
    assert beeps(first) >= 1, "switching it on lets it be heard"
    second = first.context.new_page()
    second.goto("/faults")
    duty.fault("tra-linh-2", FaultCode.MAINS_LOST)
    for page in (first, second):
        expect(page.locator("#sounding")).to_be_visible(timeout=40_000)
        expect(page.locator("#sounding")).to_contain_text("Sự cố khẩn mới")
    for _ in range(200):
        if beeps(first) > 2:
            break
        first.wait_for_timeout(200)
    assert beeps(first) > 2, "it sounds again while nobody takes it"
    assert beeps(second) == 0, "one tab only"
    for shown in duty.get("/api/v1/alarms?view=now")["items"]:
        duty.post(f"/api/v1/alarms/{shown['id']}/acknowledge", {"note": ""})
    for page in (first, second):
        expect(page.locator("#sounding")).to_be_hidden(timeout=40_000)
    heard = beeps(first)
    first.get_by_role("button", name="Nghe thử").click()
    assert beeps(first) == heard + 1, "and nothing sounded in between"


@pytest.mark.parametrize("language", ["zh", "en", "vi"])
@pytest.mark.parametrize("path", ["/shift", "/notifications", "/account"])
def test_the_pages_are_for_everybody_and_fit_a_phone(duty: Stage, visit: Open, path: str, language: str) -> None:
    assert duty.client.patch("/api/v1/me", json={"language": language}).is_success
    page = visit(duty, path, size=SMALL)
    assert (page.locator("html").get_attribute("lang") or "").startswith(language)
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_shift_book_of_a_server_without_sites_says_what_to_do(bare: Stage, visit: Open) -> None:
    page = visit(bare, "/shift", logged_in=False)
    log_in(bare, page)
    page.goto("/shift")
    expect(page.locator("main")).to_contain_text("Hãy tạo điểm đặt trước")
    page.goto("/notifications")
    expect(page.locator("#channels")).to_contain_text("Chưa cài kênh nào")

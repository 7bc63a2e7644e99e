"""Approval in a browser with a virtual authenticator: two approvers, the author refused, hold, correct, withdraw."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from playlists.trust.showing import shown
from playlists.trust.take import take_hold, take_withdrawal
from playlists.trust.trusted import Clock
from playlists.wire.messages import Withdrawals, decode
from playlists.wire.topics import Down
from server.db import now
from server.mqtt import repository as broker
from server.settings import Approval
from server.tables.accounts import Role
from server.trust import repository as trust_rows
from tests.browser.office import Worker, install_root, kiosk_of, worker
from tests.browser.stage import Stage, empty_stage, furnish
from tests.server.releases.stage import Kiosk

REVIEW = re.compile(r"/approvals/[0-9a-f-]{36}$")
CARD = {
    "title": "Giờ làm việc của cửa khẩu",
    "content": {"kind": "card", "look": {"template": "headline_body"}},
    "variants": {
        "vi": {"words": {"title": "Giờ làm việc", "body": "Cửa khẩu mở cửa từ 8 giờ đến 17 giờ."}},
        "en": {"words": {"title": "Opening hours", "body": "The gate is open from 8:00 to 17:00."}},
        "zh": {"words": {"title": "开放时间", "body": "口岸开放时间为8:00至17:00。"}},
    },
}


@dataclass
class Office:
    """The people of the office and the panel at the gate."""

    stage: Stage
    author: Worker
    lan: Worker
    minh: Worker
    officer: Worker
    kiosk: Kiosk
    notice: str


def card(stage: Stage, author: Worker) -> str:
    made = author.client.post("/api/v1/notices", json=CARD | {"agency_id": stage.agency_id})
    assert made.status_code == 201, made.text
    notice = str(made.json()["id"])
    for language in ("vi", "en", "zh"):
        path = f"/api/v1/notices/{notice}/variants/{language}/state"
        answer = author.client.post(path, json={"state": "translated"})
        assert answer.is_success, answer.text
    return notice


@pytest.fixture(scope="module")
def office(front_end: None, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with empty_stage(tmp_path_factory.mktemp("office"), approval=Approval.REQUIRED) as stage:
        furnish(stage)
        author = worker(stage, browser, "Hoàng Thu Hà", Role.EDITOR)
        lan = worker(stage, browser, "Trần Thị Lan", Role.APPROVER, passkey=True)
        minh = worker(stage, browser, "Nông Văn Minh", Role.APPROVER, passkey=True, size=(390, 844))
        officer = worker(stage, browser, "Lý Văn Dũng", Role.DUTY_OFFICER)
        install_root(stage, lan, minh)
        with stage.database.read() as session:
            row = trust_rows.newest_root(session)
            assert row is not None
            root = row.envelope
        kiosk = kiosk_of(stage, "ban-gioc-1", "ban-gioc", root)
        notice = card(stage, author)
        item = {"notice_id": notice, "languages": ["vi", "en", "zh"], "on_air_ms": 8000}
        body = {"name": "Thác", "agency_id": stage.agency_id, "items": [item]}
        playlist = stage.post("/api/v1/playlists", body)["id"]
        plan = {"default_playlist_id": playlist, "entries": []}
        stage.put(f"/api/v1/panels/{stage.panels['ban-gioc-1']}/schedule", plan)
        yield Office(stage, author, lan, minh, officer, kiosk, notice)
        kiosk.client.close()
        for one in (author, lan, minh, officer):
            one.context.close()
            one.client.close()


def submitted(office: Office) -> str:
    page = office.author.page
    page.goto(f"/approvals/new?notice={office.notice}")
    page.get_by_label("Bảng lối vào thác").check()
    for question in ("symbols", "faces", "personal"):
        page.locator(f"input[name={question}][value='0']").check()
    page.locator("input[name=cleared][value='1']").check()
    page.get_by_role("button", name="Gửi duyệt").click()
    page.wait_for_url(REVIEW)
    return page.url.rsplit("/", 1)[1]


def asking(office: Office, submission: str) -> dict[str, Any]:
    for _ in range(600):
        told: dict[str, Any] = office.author.client.get(f"/api/v1/releases/{submission}").json()
        if told["state"] != "preparing":
            assert told["state"] == "asking", told
            return told
        time.sleep(0.2)
    raise AssertionError("never rendered")


def approve(who: Worker, submission: str) -> None:
    who.page.goto(f"/approvals/{submission}")
    expect(who.page.locator("[data-frames-place] img").first).to_be_visible()
    who.page.get_by_role("button", name="Duyệt bằng khóa truy cập của tôi").click()
    expect(who.page.locator(".signatures .done", has_text=who.name)).to_be_visible()


def body(office: Office, leaf: Down) -> bytes:
    with office.stage.database.read() as session:
        return broker.desired_bodies(session, office.kiosk.reader.kiosk)[leaf]


def digests(office: Office) -> set[str]:
    return {one.sha256 for one in office.kiosk.poll().segments}


def on_panel(office: Office) -> frozenset[str]:
    return frozenset(shown(office.kiosk.trusted, Clock(now())))


def test_an_approval_by_two_passkeys_and_never_by_the_author(office: Office) -> None:
    submission = submitted(office)
    told = asking(office, submission)
    page = office.author.page
    page.goto(f"/approvals/{submission}")
    expect(page.get_by_text("Bạn là người gửi; người khác sẽ duyệt.")).to_be_visible()
    expect(page.locator("[data-sign]")).to_have_count(0)
    signature = {"keyid": "0" * 64, "sig": "AA==", "webauthn": None}
    refused = office.author.client.post(f"/api/v1/releases/{submission}/signatures", json=signature)
    assert refused.status_code == 403

    office.lan.page.goto("/approvals")
    expect(office.lan.page.get_by_role("link", name="Xem và ký")).to_have_count(1)
    approve(office.lan, submission)
    expect(office.lan.page.locator("[data-sign]")).to_have_count(0)
    approve(office.minh, submission)
    expect(office.minh.page.get_by_text("đã duyệt phát").first).to_be_visible()
    manifest = office.kiosk.until(lambda one: bool(one.segments))
    assert {one.sha256 for one in manifest.segments} <= {one["sha256"] for one in told["segments"]}
    assert {one.sha256 for one in manifest.segments} <= on_panel(office)
    slip = office.lan.page
    slip.goto(f"/approvals/{submission}/slip")
    expect(slip.locator(".digest")).to_contain_text("SHA-256")
    expect(slip.get_by_text("Nông Văn Minh")).to_be_visible()


def test_a_hold_by_one_tap_and_back(office: Office) -> None:
    page = office.officer.page
    page.goto(f"/notices/{office.notice}/off-air")
    page.get_by_role("button", name="Nội dung sai").click()
    expect(page.get_by_text("Đang tạm gỡ tại Thác Bản Giốc")).to_be_visible()
    expect(page.get_by_text("Các bảng này có thể vẫn đang hiện:")).to_be_visible()
    resting = digests(office)
    office.kiosk.trusted = take_hold(office.kiosk.trusted, body(office, Down.HOLD), Clock(now()))
    assert not resting & on_panel(office)
    page.get_by_role("button", name="Cho phát lại").click()
    expect(page.get_by_role("button", name="Nội dung sai")).to_be_visible()
    office.kiosk.trusted = take_hold(office.kiosk.trusted, body(office, Down.HOLD), Clock(now()))
    assert resting <= on_panel(office)


def test_a_correction_from_the_request_to_the_air(office: Office) -> None:
    wrong = digests(office)
    page = office.author.page
    page.goto(f"/notices/{office.notice}/off-air")
    begun = time.monotonic()
    page.fill("#body-vi", "Cửa khẩu mở cửa từ 7 giờ 30 đến 17 giờ.")
    page.fill("#body-en", "The gate is open from 7:30 to 17:00.")
    page.fill("#body-zh", "口岸开放时间为7:30至17:00。")
    page.get_by_role("button", name="Gửi bản sửa").click()
    page.wait_for_url(REVIEW)
    submission = page.url.rsplit("/", 1)[1]
    asking(office, submission)
    office.kiosk.trusted = take_hold(office.kiosk.trusted, body(office, Down.HOLD), Clock(now()))
    assert not wrong & on_panel(office)
    approve(office.lan, submission)
    look = office.minh.page
    look.goto(f"/approvals/{submission}")
    expect(look.get_by_text("Sửa nội dung đang phát:")).to_be_visible()
    expect(look.locator("ins").first).to_contain_text("7")
    expect(look.locator(".before-after img").first).to_be_visible()
    approve(office.minh, submission)
    office.kiosk.until(lambda one: bool(one.segments) and not wrong & {held.sha256 for held in one.segments})
    sys.stdout.write(json.dumps({"correction_request_to_air_s": round(time.monotonic() - begun, 1)}) + "\n")
    assert digests(office) <= on_panel(office)


def test_a_withdrawal_is_signed_by_one_approver_and_for_ever(office: Office) -> None:
    page: Page = office.officer.page
    page.goto(f"/notices/{office.notice}/off-air")
    page.locator("#withdraw-reason").select_option("ordered")
    page.get_by_role("button", name="Thu hồi vĩnh viễn").click()
    expect(page.get_by_text("Chờ ký thu hồi")).to_be_visible()
    gone = digests(office)
    office.lan.page.goto("/approvals")
    office.lan.page.get_by_role("link", name="Xem và ký").first.click()
    office.lan.page.get_by_role("button", name="Ký bằng khóa truy cập: không bao giờ phát lại").click()
    expect(office.lan.page.get_by_text("Đã thu hồi vĩnh viễn,").first).to_be_visible()
    for envelope in decode(Withdrawals, body(office, Down.WITHDRAWAL)).envelopes:
        office.kiosk.trusted = take_withdrawal(office.kiosk.trusted, envelope.encode(), Clock(now()))
    assert not gone & on_panel(office)

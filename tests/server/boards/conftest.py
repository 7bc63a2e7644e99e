"""A published status board on a panel whose kiosk is enrolled, on each kind of database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from playlists import trust
from playlists.manifest import PAYLOAD_TYPE, Manifest
from server.settings import Settings
from server.tables.accounts import Role
from tests.conftest import People

numbers = count(1)
PHRASES = {
    "open": ("Mở cửa", "Open", "开放", "good"),
    "closed": ("Đóng cửa", "Closed", "关闭", "bad"),
    "limited": ("Hạn chế", "Limited", "限行", "caution"),
}
TITLE = {"vi": "Cửa khẩu Trà Lĩnh", "en": "Trà Lĩnh border gate", "zh": "茶岭口岸"}
ALWAYS = {"windows": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}]}


def plan(**changes: Any) -> dict[str, Any]:
    """Return a plan: a gate that is open around the clock unless stated otherwise, and waiting minutes."""
    gate = {"name": "gate", "kind": "phrase", "phrases": ["open", "closed", "limited"], "hours": ALWAYS}
    gate |= {"open_phrase": "open", "closed_phrase": "closed"}
    slots = [
        {"slot": gate, "label": {"vi": "Thông quan", "en": "Crossing", "zh": "通关"}},
        {"slot": {"name": "gate_until", "kind": "until", "of": "gate"}},
        {
            "slot": {"name": "wait", "kind": "digits", "least": 0, "most": 300},
            "label": {"vi": "Thời gian chờ", "en": "Waiting time", "zh": "等候时间"},
            "unit": {"vi": "phút", "en": "min", "zh": "分钟"},
        },
        {"slot": {"name": "as_of", "kind": "as_of"}},
    ]
    return {"title": TITLE, "slots": slots, "max_age_s": 3600, "on_stale": "keep"} | changes


@dataclass
class Gate:
    """An agency with two editors and an approved phrase book, and a board of its site."""

    agency_id: str
    writer: httpx.Client
    approver: httpx.Client
    site_id: str
    board_id: str

    def shown(self) -> dict[str, Any]:
        answer = self.writer.get(f"/api/v1/boards/{self.board_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def state(self, values: dict[str, Any], **more: Any) -> httpx.Response:
        return self.writer.post(f"/api/v1/boards/{self.board_id}/values", json={"set": values} | more)

    def slot(self, name: str) -> dict[str, Any]:
        return next(one for one in self.shown()["slots"] if one["name"] == name)


@dataclass
class Panel:
    """A panel that shows the board, and its enrolled kiosk."""

    panel_id: str
    kiosk_id: UUID
    kiosk: httpx.Client
    public_key: bytes
    password: str
    """At the broker; the user name is the kiosk's id."""

    def manifest(self) -> Manifest:
        answer = self.kiosk.get("/api/v1/kiosk/manifest")
        assert answer.status_code == 200, answer.text
        return Manifest.model_validate_json(trust.open_envelope(answer.content, PAYLOAD_TYPE, self.public_key))


def write_phrases(gate_writer: httpx.Client, approver: httpx.Client, agency_id: str) -> None:
    for key, (vi, en, zh, tone) in PHRASES.items():
        body = {"agency_id": agency_id, "key": key, "vi": vi, "en": en, "zh": zh, "tone": tone}
        made = gate_writer.post("/api/v1/phrases", json=body)
        assert made.status_code == 201, made.text
        assert approver.post(f"/api/v1/phrases/{made.json()['id']}/approve").status_code == 200


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """A broker with passwords and an access list: only behind one may other systems state values."""
    return settings.model_copy(update={"broker": "mosquitto"})


@pytest.fixture(scope="module")
def gate(people: People, admin: httpx.Client) -> Gate:
    agency_id = str(people.agency().id)
    writer = people.person(Role.EDITOR, UUID(agency_id)).client
    approver = people.person(Role.EDITOR, UUID(agency_id)).client
    write_phrases(writer, approver, agency_id)
    site = {"agency_id": agency_id, "slug": f"cua-khau-{next(numbers)}", "name": "Trà Lĩnh"}
    site_id = str(admin.post("/api/v1/sites", json=site | {"time_zone": "Asia/Ho_Chi_Minh"}).json()["id"])
    made = writer.post("/api/v1/boards", json={"site_id": site_id, "name": "Trà Lĩnh", "plan": plan()})
    assert made.status_code == 201, made.text
    return Gate(agency_id, writer, approver, site_id, str(made.json()["id"]))


@pytest.fixture(scope="module")
def panel(people: People, admin: httpx.Client, gate: Gate) -> Panel:
    """The board, published to a panel of 256x128 pixels."""
    face = {"site_id": gate.site_id, "slug": f"bang-{next(numbers)}", "name": "Cổng", "width": 256, "height": 128}
    panel_id = str(admin.post("/api/v1/panels", json=face).json()["id"])
    new = {"slug": f"may-{next(numbers)}", "panel_id": panel_id}
    kiosk_id = admin.post("/api/v1/kiosks", json=new).json()["id"]
    code = admin.post(f"/api/v1/kiosks/{kiosk_id}/enrolment-code").json()["code"]
    client = people.stranger()
    enrolled: dict[str, Any] = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"}).json()
    client.headers["Authorization"] = f"Bearer {enrolled['token']}"
    notice_id = gate.shown()["notice_id"]
    items = [{"notice_id": notice_id, "languages": ["vi", "en", "zh"], "on_air_ms": 4000}]
    playlist = gate.writer.post("/api/v1/playlists", json={"name": "Trạng thái", "items": items})
    assert playlist.status_code == 201, playlist.text
    week = {"default_playlist_id": playlist.json()["id"]}
    assert gate.writer.put(f"/api/v1/panels/{panel_id}/schedule", json=week).status_code == 200
    publish(gate.writer, panel_id)
    public_key = bytes.fromhex(enrolled["server_public_key"])
    return Panel(panel_id, UUID(kiosk_id), client, public_key, enrolled["mqtt"]["password"])


def publish(client: httpx.Client, panel_id: str) -> None:
    answer = client.post("/api/v1/publications", json={"panel_ids": [panel_id]})
    assert answer.status_code == 202, answer.text

    def ended() -> dict[str, Any] | None:
        shown: dict[str, Any] = client.get(f"/api/v1/publications/{answer.json()['id']}").json()
        return shown if shown["state"] != "rendering" else None

    assert eventually(ended, 60)["state"] == "assigned"


def eventually(look: Callable[[], Any], limit_s: float = 30) -> Any:
    """Return the first answer that holds."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {limit_s:.0f} s in vain")

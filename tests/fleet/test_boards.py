"""A status board from the web API to the pixels: real server, broker, kiosk and player; also without a link."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk_agent.player.placement import Placement
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.xserver import open_display
from playlists.manifest import PanelSpec
from simulator.demo.api import Api, Document, wait_for
from simulator.demo.processes import Processes
from tests.fleet.conftest import HEIGHT, WIDTH, World

pytestmark = pytest.mark.timeout(300)
PHRASES = {
    "open": ("Mở cửa", "Open", "开放", "good"),
    "closed": ("Đóng cửa", "Closed", "关闭", "bad"),
    "limited": ("Hạn chế", "Limited", "限行", "caution"),
}
WEEK = {"windows": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}]}
GATE = {"name": "gate", "kind": "phrase", "phrases": list(PHRASES), "hours": WEEK}
PLAN: dict[str, Any] = {
    "title": {"vi": "Trà Lĩnh", "en": "Trà Lĩnh", "zh": "茶岭"},
    "slots": [
        {
            "slot": GATE | {"open_phrase": "open", "closed_phrase": "closed"},
            "label": {"vi": "Cửa khẩu", "en": "Gate", "zh": "口岸"},
        },
        {
            "slot": {"name": "lanes", "kind": "digits", "least": 0, "most": 99},
            "label": {"vi": "Làn", "en": "Lanes", "zh": "通道"},
        },
    ],
}
GREEN, RED = "green", "red"


class Eye:
    """Looks at the panel's pixels on the X display that the kiosk's player uses."""

    def __init__(self) -> None:
        spec = PanelSpec.model_validate(
            {"id": "0" * 32, "slug": "tra-linh-1", "name": "Cổng", "width": WIDTH, "height": HEIGHT}
        )
        place = Placement.of(spec)
        self.x = open_display(place.screen_width, place.screen_height, own=True)
        self._screen = Screen(self.x.display, place)

    def colour(self) -> str | None:
        """Name the colour of the gate's phrase: the only green or red on the board."""
        picture = self._screen.capture()
        if picture is None:
            return None
        octets = picture.convert("RGB").tobytes()
        pixels = list(zip(octets[::3], octets[1::3], octets[2::3], strict=True))
        red = sum(r > 180 and g < 130 and b < 130 for r, g, b in pixels)
        green = sum(g > 150 and r < 120 for r, g, _ in pixels)
        if max(red, green) < 40:
            return None
        return RED if red > green else GREEN

    def close(self) -> None:
        self._screen.close()
        self.x.stop()


@pytest.fixture
def eye() -> Iterator[Eye]:
    made = Eye()
    yield made
    made.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, Processes(tmp_path), broker="mosquitto")
    try:
        yield made
    finally:
        made.close()


def write_phrases(world: World) -> None:
    """Write the phrase book as one person and approve it as another."""
    new = {"username": "nguoi.duyet", "display_name": "Người duyệt", "role": "editor", "agency_id": world.agency_id}
    made = world.api.post("/users", new)
    approver = Api(world.base_url)
    try:
        approver.login("nguoi.duyet", made["password"])
        approver.post("/me/password", {"current": made["password"], "new": "một mật khẩu dài và riêng"})
        for key, (vi, en, zh, tone) in PHRASES.items():
            body = {"agency_id": world.agency_id, "key": key, "vi": vi, "en": en, "zh": zh, "tone": tone}
            phrase = world.api.post("/phrases", body)
            approver.post(f"/phrases/{phrase['id']}/approve", {})
    finally:
        approver.close()


def furnish(world: World) -> str:
    """Publish a board to the panel; return its id."""
    world.furnish()
    write_phrases(world)
    site = world.api.get("/sites")["items"][0]
    board = world.api.post(
        "/boards", {"agency_id": world.agency_id, "site_id": site["id"], "name": "Trà Lĩnh", "plan": PLAN}
    )
    items = [{"notice_id": board["notice_id"], "languages": ["vi"], "on_air_ms": 30_000}]
    world.api.put(f"/playlists/{world.playlist_id}", {"name": "Hằng ngày", "items": items})
    world.enrol()
    world.assigned(world.publish())
    return str(board["id"])


def start_kiosk(world: World, eye: Eye) -> None:
    environment = {
        "BANGTIN_KIOSK_PLAYER": "vlc",
        "BANGTIN_KIOSK_HEALTH_INTERVAL_S": "1",
        "BANGTIN_KIOSK_DISPLAY": eye.x.display,
    }
    world.processes.start("kiosk", ["kiosk_agent.cli", "run", "--data-dir", str(world.kiosk_folder)], environment)


def state(world: World, board_id: str, **values: Any) -> int:
    said: Document = world.api.post(f"/boards/{board_id}/values", {"set": values})
    return int(said["seq"])


def confirmed(world: World, board_id: str, seq: int) -> Document:
    """Wait until the kiosk says that it shows values, and that they were seen."""

    def look() -> Document | None:
        (panel,) = world.api.get(f"/boards/{board_id}")["panels"]
        return panel if panel["seq"] == seq and panel["confirmed"] and panel["seen"] else None

    return wait_for("the kiosk's word", look, timeout_s=60, between=world.processes.check)


def shows(world: World, eye: Eye, colour: str) -> None:
    wait_for(f"{colour} pixels", lambda: eye.colour() == colour or None, timeout_s=60, between=world.processes.check)


def test_a_changed_value_is_seen_on_the_panel_and_holds_without_a_link(world: World, eye: Eye) -> None:
    world.init()
    world.start_server()
    world.login()
    board_id = furnish(world)
    start_kiosk(world, eye)
    world.seen(1)
    shows(world, eye, GREEN)
    seq = state(world, board_id, gate="closed", lanes=3)
    shows(world, eye, RED)
    confirmed(world, board_id, seq)
    board = world.api.get(f"/boards/{board_id}")
    assert board["panels"][0]["since_at"] is not None
    world.processes.kill("server")
    world.processes.kill("kiosk")
    start_kiosk(world, eye)
    shows(world, eye, RED)
    world.start_server()
    seq = state(world, board_id, gate="open")
    shows(world, eye, GREEN)
    confirmed(world, board_id, seq)

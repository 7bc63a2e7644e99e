"""A status board from the web API to the pixels: real server, broker, kiosk and player; also without a link."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.demo import boards
from simulator.demo.api import Document, wait_for
from simulator.demo.processes import DemoFailed, Processes
from simulator.demo.signers import Signers
from tests.fleet.conftest import HEIGHT, WIDTH, World
from tests.fleet.eye import Eye

pytestmark = pytest.mark.timeout(300)
PLAN: dict[str, Any] = {"title": boards.TITLE, "slots": [boards.GATE, boards.LANES]}
GREEN, RED = "green", "red"


@pytest.fixture
def eye() -> Iterator[Eye]:
    made = Eye(WIDTH, HEIGHT)
    yield made
    made.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, Processes(tmp_path), broker="mosquitto")
    try:
        yield made
    finally:
        made.close()


def furnish(world: World) -> str:
    """Publish a board to the panel; return its id."""
    world.furnish()
    boards.write_phrases(world.api, world.agency_id)
    site = world.api.get("/sites")["items"][0]
    board = boards.make_board(world.api, world.agency_id, site["id"], PLAN)
    items = [{"notice_id": board["notice_id"], "languages": ["vi"], "on_air_ms": 30_000}]
    world.api.put(f"/playlists/{world.playlist_id}", {"name": "Hằng ngày", "items": items})
    world.enrol()
    world.assigned(world.publish())
    return str(board["id"])


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
    world.start_kiosk(eye.environment)
    world.seen(1)
    shows(world, eye, GREEN)
    seq = boards.state(world.api, board_id, {"gate": "closed", "lanes": 3})
    shows(world, eye, RED)
    confirmed(world, board_id, seq)
    board = world.api.get(f"/boards/{board_id}")
    assert board["panels"][0]["since_at"] is not None
    world.processes.kill("server")
    world.processes.kill("kiosk")
    world.start_kiosk(eye.environment)
    shows(world, eye, RED)
    world.start_server()
    seq = boards.state(world.api, board_id, {"gate": "open"})
    shows(world, eye, GREEN)
    confirmed(world, board_id, seq)


ROOTED = {"BANGTIN_KIOSK_DEMO_ROOT": "true", "BANGTIN_KIOSK_REQUIRE_ROOT": "true"}


def test_a_signed_value_is_seen_on_a_panel_that_shows_only_what_was_released(world: World, eye: Eye) -> None:
    world.environment |= {"BANGTIN_APPROVAL": "required"}
    world.init()
    world.start_server()
    world.login()
    signers = Signers(world.folder / "keys", world.processes, world.environment)
    world.furnish()
    try:
        signers.gather(world.api, world.agency_id)
        site = world.api.get("/sites")["items"][0]
        boards.write_phrases(world.api, world.agency_id)
        board = boards.make_board(world.api, world.agency_id, site["id"], PLAN)
        items = [{"notice_id": board["notice_id"], "languages": ["vi"], "on_air_ms": 30_000}]
        world.api.put(f"/playlists/{world.playlist_id}", {"name": "Hằng ngày", "items": items})
        signers.approve(signers.submit([board["notice_id"]], site["id"]))
        world.enrol(ROOTED)
        world.assigned(world.publish())
        world.start_kiosk(eye.environment | ROOTED)
        world.seen(1)
        shows(world, eye, GREEN)
        seq = signers.state(board["id"], {"gate": "closed", "lanes": 3})
        shows(world, eye, RED)
        confirmed(world, board["id"], seq)
        with pytest.raises(DemoFailed, match=r"4[0-9][0-9]"):
            signers.state(board["id"], {"gate": "party"})
        with pytest.raises(DemoFailed, match=r"4[0-9][0-9]"):
            boards.state(world.api, board["id"], {"gate": "open"})
        assert eye.colour() == RED
        confirmed(world, board["id"], signers.state(board["id"], {"gate": "open"}))
        shows(world, eye, GREEN)
    finally:
        signers.close()

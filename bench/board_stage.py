"""A place for `board`: server with Mosquitto, one panel whose playlist is a status board, and its kiosk with VLC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.serving import server
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.xserver import open_display
from kiosk_agent.store.credential import Broker, load
from playlists.manifest import PanelSpec
from simulator.demo import boards
from simulator.demo.api import Api, Document, wait_for
from simulator.demo.processes import Processes

WIDTH, HEIGHT = 768, 384
ON_AIR_MS = 600_000
LONG_S = 120.0
UNROOTED = {"BANGTIN_KIOSK_REQUIRE_ROOT": "false"}
"""What is measured is the way of a value, whoever approved the board."""
PANEL = PanelSpec.model_validate({"id": "0" * 32, "slug": "bench-1", "name": "Bench", "width": WIDTH, "height": HEIGHT})


@dataclass(frozen=True)
class Source:
    """Another system that may state the board's values: its name at the broker, and where it speaks."""

    id: UUID
    password: str
    topic: str
    broker: Broker


@dataclass(frozen=True)
class BoardStage:
    """A running place. `display` is the X display on which the kiosk's player draws."""

    api: Api
    processes: Processes
    board_id: str
    display: str
    placement: Placement
    kiosk_folder: Path

    def state(self, values: dict[str, Any]) -> None:
        """State values by one call."""
        boards.state(self.api, self.board_id, values)

    def check(self) -> None:
        """Make sure that everything still runs."""
        self.processes.check()

    def source(self) -> Source:
        """Let another system in."""
        made = self.api.post(f"/boards/{self.board_id}/sources", {"name": "Bench"})
        return Source(UUID(made["id"]), made["password"], made["topic"], load(self.kiosk_folder).mqtt)


@contextmanager
def staged(folder: Path) -> Iterator[BoardStage]:
    """Run the place until the end of the block; the board is on air, and seen, when it begins."""
    placement = Placement.of(PANEL)
    x = open_display(placement.screen_width, placement.screen_height, own=True)
    # Xvfb ends with its last client, and the kiosk only looks in at first.
    held = Screen(x.display, placement)
    try:
        with server(folder) as served:
            stage = BoardStage(served.api, served.processes, "", x.display, placement, folder / "kiosk")
            panel_id, board_id = _furnish(stage)
            _wait_until_seen(stage, panel_id)
            yield replace(stage, board_id=board_id)
    finally:
        held.close()
        x.stop()


def _furnish(stage: BoardStage) -> tuple[str, str]:
    """Make a panel that shows a board and nothing else, publish, and start its kiosk; return panel and board."""
    post = stage.api.post
    agency = post("/agencies", {"slug": "bench", "name": "Bench"})["id"]
    owner = {"agency_id": agency}
    site = post("/sites", owner | {"slug": "bench", "name": "Bench", "time_zone": "Asia/Ho_Chi_Minh"})["id"]
    size = {"width": WIDTH, "height": HEIGHT}
    panel_id = str(post("/panels", owner | size | {"site_id": site, "slug": "bench-1", "name": "Bench"})["id"])
    kiosk_id = post("/kiosks", {"slug": "bench-1", "panel_id": panel_id})["id"]
    boards.write_phrases(stage.api, agency)
    board = boards.make_board(stage.api, agency, site)
    item = {"notice_id": board["notice_id"], "languages": ["vi"], "on_air_ms": ON_AIR_MS}
    playlist = post("/playlists", owner | {"name": "Bench", "items": [item]})["id"]
    stage.api.put(f"/panels/{panel_id}/schedule", {"default_playlist_id": playlist, "entries": []})
    boards.state(stage.api, board["id"], {"lanes": 2, "wait": 15})
    publication = post("/publications", {"panel_ids": [panel_id]})["id"]
    code = post(f"/kiosks/{kiosk_id}/enrolment-code", {})["code"]
    said = ["--server", stage.api.base_url, "--code", code, "--data-dir", str(stage.kiosk_folder)]
    stage.processes.run("enrol", ["kiosk_agent.cli", "enrol", *said], UNROOTED)
    environment = {"BANGTIN_KIOSK_PLAYER": "vlc", "BANGTIN_KIOSK_DISPLAY": stage.display, **UNROOTED}
    run = ["kiosk_agent.cli", "run", "--data-dir", str(stage.kiosk_folder)]
    stage.processes.start("kiosk", run, environment)
    wait_for("the publication", lambda: _assigned(stage, publication), timeout_s=LONG_S, between=stage.check)
    return panel_id, str(board["id"])


def _assigned(stage: BoardStage, publication: str) -> bool | None:
    found = stage.api.get(f"/publications/{publication}")
    if found["state"] == "failed":
        raise RuntimeError(f"publishing failed: {found['error']}")
    return found["state"] == "assigned" or None


def _wait_until_seen(stage: BoardStage, panel_id: str) -> None:
    def look() -> Document | None:
        now = stage.api.get(f"/panels/{panel_id}/now")
        return now if now["assigned_seq"] and now["receipt"] == "seen" else None

    wait_for("the board to be on air", look, timeout_s=LONG_S, between=stage.check)

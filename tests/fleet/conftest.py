from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from simulator.demo.api import Api, Document, is_up, wait_for
from simulator.demo.processes import Processes, free_port

WIDTH, HEIGHT = 320, 160


def picture(colour: str, mark: int = 0) -> bytes:
    """A PNG of the panel's size: a colour with a diagonal and a bar, so that it is never blank."""
    image = Image.new("RGB", (WIDTH, HEIGHT), colour)
    drawing = ImageDraw.Draw(image)
    drawing.line((0, 0, WIDTH, HEIGHT), fill="white", width=12)
    drawing.rectangle((8 + mark * 40, 100, 40 + mark * 40, 150), fill="black")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@dataclass
class World:
    """A real server and a real kiosk agent as processes, driven through the web API."""

    folder: Path
    processes: Processes
    broker: str = "embedded"
    sysfs: Path | None = None
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.api = Api(self.base_url)
        self.environment = {
            "BANGTIN_SECOND_FACTOR": "off",
            "BANGTIN_DATA_DIR": str(self.folder / "server"),
            "BANGTIN_BASE_URL": self.base_url,
            "BANGTIN_HOST": "127.0.0.1",
            "BANGTIN_PORT": str(self.port),
            "BANGTIN_BROKER": self.broker,
        }
        if self.broker == "mosquitto":
            self.environment["BANGTIN_MQTT_PORT"] = str(free_port())
        self.kiosk_folder = self.folder / "kiosk"
        self.password = ""
        self.agency_id = self.panel_id = self.playlist_id = self.kiosk_id = ""

    def close(self) -> None:
        """Stop every program and close the client."""
        self.processes.stop()
        self.api.close()

    def init(self) -> None:
        printed = self.processes.run("init", ["server.start", "init", "--json"], self.environment)
        self.password = json.loads(printed)["password"]

    def start_server(self) -> None:
        self.processes.start("server", ["server.start", "serve"], self.environment)
        wait_for("the server", lambda: is_up(self.base_url), timeout_s=60, between=self.processes.check)

    def start_kiosk(self, player: dict[str, str] | None = None) -> None:
        """Start the agent; with the software player where nothing else is said of its player."""
        environment = {"BANGTIN_KIOSK_HEALTH_INTERVAL_S": "1"} | (player or {"BANGTIN_KIOSK_PLAYER": "software"})
        if self.sysfs is not None:
            environment["BANGTIN_KIOSK_SYSFS_ROOT"] = str(self.sysfs)
        self.processes.start("kiosk", ["kiosk_agent.cli", "run", "--data-dir", str(self.kiosk_folder)], environment)

    def login(self) -> None:
        self.api.login("admin", self.password)

    def furnish(self) -> None:
        """Make agency, site, panel, kiosk and an empty playlist that is the panel's default."""
        post = self.api.post
        self.agency_id = post("/agencies", {"slug": "so-van-hoa", "name": "Sở Văn hóa"})["id"]
        owner = {"agency_id": self.agency_id}
        site = post("/sites", owner | {"slug": "tra-linh", "name": "Trà Lĩnh", "time_zone": "Asia/Ho_Chi_Minh"})
        size = {"width": WIDTH, "height": HEIGHT}
        self.panel_id = post("/panels", owner | size | {"site_id": site["id"], "slug": "tra-linh-1", "name": "Cổng"})[
            "id"
        ]
        self.kiosk_id = post("/kiosks", {"slug": "kiosk-1", "panel_id": self.panel_id})["id"]
        self.playlist_id = post("/playlists", owner | {"name": "Hằng ngày", "items": []})["id"]
        self.api.put(f"/panels/{self.panel_id}/schedule", {"default_playlist_id": self.playlist_id, "entries": []})

    def enrol(self, environment: dict[str, str] | None = None) -> None:
        code = self.api.post(f"/kiosks/{self.kiosk_id}/enrolment-code", {})["code"]
        folder = str(self.kiosk_folder)
        arguments = ["kiosk_agent.cli", "enrol", "--server", self.base_url, "--code", code, "--data-dir", folder]
        self.processes.run("enrol", arguments, environment or {})

    def show(self, title: str, *pictures: bytes) -> None:
        """Upload pictures, each for all three languages, and let the playlist show them."""
        items = []
        for number, content in enumerate(pictures):
            media = self.api.upload(self.agency_id, f"{title}-{number}.png", content)["id"]
            variants = dict.fromkeys(("vi", "en", "zh"), media)
            body = {"agency_id": self.agency_id, "title": f"{title} {number}", "variants": variants}
            notice = self.api.post("/notices", body)
            items.append({"notice_id": notice["id"], "languages": ["vi"], "on_air_ms": 3000})
        self.api.put(f"/playlists/{self.playlist_id}", {"name": "Hằng ngày", "items": items})

    def publish(self) -> Document:
        return self.api.post("/publications", {"panel_ids": [self.panel_id]})

    def assigned(self, publication: Document) -> Document:
        def look() -> Document | None:
            found = self.api.get(f"/publications/{publication['id']}")
            assert found["state"] != "failed", found
            return found if found["state"] == "assigned" else None

        return wait_for("the publication", look, timeout_s=90, between=self.processes.check)

    def seen(self, at_least_seq: int = 1) -> Document:
        """Wait until the newest manifest is installed and a capture of it matched."""

        def look() -> Document | None:
            now = self.api.get(f"/panels/{self.panel_id}/now")
            done = now["assigned_seq"] >= at_least_seq and now["installed_seq"] == now["assigned_seq"]
            return now if done and now["receipt"] == "seen" else None

        return wait_for("the panel to show it", look, timeout_s=90, between=self.processes.check)


@pytest.fixture(params=["embedded", "mosquitto"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    processes = Processes(tmp_path)
    made = World(tmp_path, processes, broker=request.param)
    try:
        yield made
    finally:
        made.close()

"""A place for `emergency`: server with Mosquitto, a root, a released template, a kiosk with VLC, many simulated."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.emergency_people import AUTHOR, DUTY, People
from bench.running import Fleet, split
from bench.serving import server
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.xserver import open_display
from kiosk_agent.store import credential
from playlists.manifest import PanelSpec
from simulator.demo.api import Api, Document, wait_for
from simulator.demo.processes import Processes

WIDTH, HEIGHT = 768, 384
ON_AIR_MS = 600_000
LONG_S = 150.0
LOOK_S = 0.01
PANEL = PanelSpec.model_validate({"id": "0" * 32, "slug": "bench-0", "name": "Bench", "width": WIDTH, "height": HEIGHT})
WARNING, USUAL = "fire", "all-clear"
"""Words of prepared warnings: one is raised, the other one's notice is what the panel usually shows."""


@dataclass
class EmergencyStage:
    """A running place. `display` is the X display on which the real kiosk's player draws."""

    folder: Path
    api: Api
    people: People
    processes: Processes
    display: str
    placement: Placement
    kiosks: int
    site_id: str = ""
    fleet: Fleet | None = None
    database: Path = field(default_factory=Path)

    def check(self) -> None:
        """Make sure that everything still runs."""
        self.processes.check()
        if self.fleet is not None:
            self.fleet.check()

    def prepare(self) -> Document:
        """Prepare a warning for the site; no panel knows of it yet."""
        asked = {"audience": {"sites": [self.site_id]}, "word": WARNING, "minutes": 10}
        return self._duty.post("/emergencies", asked)

    def sign(self, emergency: Document) -> None:
        """Sign what waits, as the duty officer: the payload was read, the signature is made and sent."""
        self.people.sign(DUTY, emergency)

    def until_acknowledged(self, emergency: Document, seconds: float) -> float | None:
        """Wait until every kiosk has said that it shows the warning; return when, as monotonic seconds, or None."""
        end = time.monotonic() + seconds
        name = str(emergency["id"]).replace("-", "")
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as looking:
            asked = "SELECT count(*) FROM emergency_ack WHERE emergency_id = ? AND shown_since_at IS NOT NULL"
            while (now := time.monotonic()) < end:
                if looking.execute(asked, (name,)).fetchone()[0] > self.kiosks:
                    return now
                time.sleep(LOOK_S)
        return None

    def end(self, emergency: Document) -> None:
        """End a warning, signed as its beginning."""
        self.people.sign(DUTY, self._duty.post(f"/emergencies/{emergency['id']}/end", {"reason": "bench"}))

    @property
    def told_bytes(self) -> int:
        """How many bytes each kiosk was told last."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as looking:
            found = looking.execute("SELECT max(length(body)) FROM desired_message WHERE leaf = 'emergency'").fetchone()
        return int(found[0])

    @property
    def _duty(self) -> Api:
        return self.people.logins[DUTY]


@contextmanager
def staged(folder: Path, kiosks: int) -> Iterator[EmergencyStage]:
    """Run the place until the end of the block; the template is stored everywhere when it begins."""
    placement = Placement.of(PANEL)
    x = open_display(placement.screen_width, placement.screen_height, own=True)
    held = Screen(x.display, placement)  # Xvfb ends with its last client, and the kiosk only looks in at first
    folder.mkdir(parents=True)
    try:
        with (
            server(folder, approval="required") as served,
            closing(People(served.processes, served.environment)) as people,
        ):
            stage = EmergencyStage(folder, served.api, people, served.processes, x.display, placement, kiosks)
            stage.database = folder / "server" / "bangtin.sqlite3"
            configurations = _furnish(stage)
            with Fleet(folder, configurations) as fleet:
                stage.fleet = fleet
                _wait_until_ready(stage)
                yield stage
    finally:
        held.close()
        x.stop()


def _furnish(stage: EmergencyStage) -> list[str]:
    """Make panels, people, releases and a publication, start the real kiosk, and return the simulated ones' files."""
    post = stage.api.post
    agency = post("/agencies", {"slug": "bench", "name": "Bench"})["id"]
    owner = {"agency_id": agency}
    stage.site_id = str(
        post("/sites", owner | {"slug": "bench", "name": "Bench", "time_zone": "Asia/Ho_Chi_Minh"})["id"]
    )
    stage.people.gather(stage.api, "bench")
    size = {"width": WIDTH, "height": HEIGHT, "site_id": stage.site_id}
    panels = [
        str(post("/panels", owner | size | {"slug": f"bench-{number}", "name": f"Bench {number}"})["id"])
        for number in range(stage.kiosks + 1)
    ]
    author = stage.people.logins[AUTHOR]
    made: Any = author.post("/warning-templates/prepared", {})
    notices = {one["word"]: str(one["notice_id"]) for one in made}
    item = {"notice_id": notices[USUAL], "languages": ["vi"], "on_air_ms": ON_AIR_MS}
    playlist = post("/playlists", owner | {"name": "Bench", "items": [item]})["id"]
    for panel in panels:
        stage.api.put(f"/panels/{panel}/schedule", {"default_playlist_id": playlist, "entries": []})
    stage.people.release(notices[USUAL], stage.site_id, None)
    stage.people.release(notices[WARNING], stage.site_id, WARNING)
    codes = [_code(stage, number, panel) for number, panel in enumerate(panels)]
    publication = author.post("/publications", {"panel_ids": panels})["id"]
    _enrol_real(stage, codes[0])
    configurations = _enrol_simulated(stage, codes[1:])
    wait_for("the publication", lambda: _assigned(stage, publication), timeout_s=LONG_S, between=stage.check)
    return configurations


def _code(stage: EmergencyStage, number: int, panel_id: str) -> str:
    kiosk = stage.api.post("/kiosks", {"slug": f"bench-{number}", "panel_id": panel_id})["id"]
    return str(stage.api.post(f"/kiosks/{kiosk}/enrolment-code", {})["code"])


def _enrol_real(stage: EmergencyStage, code: str) -> None:
    folder = stage.folder / "kiosk"
    said = ["--server", stage.api.base_url, "--code", code, "--data-dir", str(folder)]
    environment = {"BANGTIN_KIOSK_DEMO_ROOT": "true"}
    stage.processes.run("enrol", ["kiosk_agent.cli", "enrol", *said], environment)
    environment |= {"BANGTIN_KIOSK_PLAYER": "vlc", "BANGTIN_KIOSK_DISPLAY": stage.display}
    stage.processes.start("kiosk", ["kiosk_agent.cli", "run", "--data-dir", str(folder)], environment)


def _enrol_simulated(stage: EmergencyStage, codes: list[str]) -> list[str]:
    folders = []
    for number, code in enumerate(codes, start=1):
        folder = stage.folder / f"simulated-{number}"
        folder.mkdir()
        answer = stage.api.post_for_bytes("/kiosk/enrol", {"code": code})
        known, root = credential.enrolled(answer, demo=True)
        credential.save(folder, known, root)
        folders.append({"folder": str(folder)})
    return [json.dumps({"echo": False, "kiosks": part}) for part in split(folders)]


def _assigned(stage: EmergencyStage, publication: str) -> bool | None:
    found = stage.people.logins[AUTHOR].get(f"/publications/{publication}")
    if found["state"] == "failed":
        raise RuntimeError(f"publishing failed: {found['error']}")
    return found["state"] == "assigned" or None


def _wait_until_ready(stage: EmergencyStage) -> None:
    """Wait until every kiosk has installed its manifest, and so holds root, releases and the template's pictures."""
    asked = (
        "SELECT count(*) FROM kiosk_status JOIN kiosk ON kiosk.id = kiosk_status.kiosk_id "
        "WHERE json_extract(kiosk_status.state, '$.installed_seq') >= 1 "
        "AND json_extract(kiosk_status.state, '$.trust.releases') >= 2"
    )

    def look() -> bool | None:
        with closing(sqlite3.connect(f"file:{stage.database}?mode=ro", uri=True)) as looking:
            return looking.execute(asked).fetchone()[0] > stage.kiosks or None

    wait_for("every kiosk to hold the template", look, timeout_s=LONG_S, between=stage.check)
    time.sleep(10)

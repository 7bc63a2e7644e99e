"""The demo's course: server, content, kiosks, first picture; then it plays on, or proves itself and ends (smoke)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kiosk_agent.store import credential
from playlists.fault import FaultCode
from simulator.demo import boards, controllers, story
from simulator.demo.api import Api, Document, is_up, wait_for
from simulator.demo.breakage import Hardware
from simulator.demo.cable import Cable
from simulator.demo.controllers import PlayedController
from simulator.demo.look import differ, is_blank, shows
from simulator.demo.notices import NOTICES
from simulator.demo.processes import DemoFailed, Processes, free_port, is_free
from simulator.demo.signers import Signers
from simulator.device import tree

USUAL_PORT = 8000
READY_S = 60
PLAYING_S = 400
PICTURE_S = 120
VALUES_EVERY_S = 20.0
ROOTED = {"BANGTIN_KIOSK_DEMO_ROOT": "true", "BANGTIN_KIOSK_REQUIRE_ROOT": "true"}
"""The demo's kiosks show only what its people released, under a root that says that it is a demo's."""
Say = Callable[[str], None]


@dataclass
class Running:
    """A demo that plays: where it is, who may log in, and what stands in it."""

    api: Api
    stage: story.Stage
    signers: Signers
    username: str
    password: str
    first_picture_s: float


@dataclass
class Demo:
    """The demo on one machine; `folder` holds all it writes."""

    folder: Path
    processes: Processes
    say: Say
    player: str = "auto"
    port: int | None = None
    started: float = 0.0
    controllers: dict[str, PlayedController] = field(default_factory=dict)
    """The played LED controller behind each panel, by slug."""
    hardware: dict[str, Hardware] = field(default_factory=dict)
    """What can be broken behind each panel, by slug."""
    panel_ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        self.port = self.port or (USUAL_PORT if is_free(USUAL_PORT) else free_port())
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "BANGTIN_DATA_DIR": str(self.folder / "server"),
            "BANGTIN_BASE_URL": self.base_url,
            "BANGTIN_HOST": "127.0.0.1",
            "BANGTIN_PORT": str(self.port),
            "BANGTIN_TEXT_LAYOUT": "any",
            "BANGTIN_SECOND_FACTOR": "off",
            "BANGTIN_APPROVAL": "required",
        }

    def play(self) -> Running:
        """Start everything and return when every panel shows verified pictures.

        Raises:
            DemoFailed: a program stopped, or something did not come in time.
        """
        self.say("making keys, database and the first administrator")
        username, password = story.first_administrator(
            self.processes.run("init", ["server.start", "init", "--json"], self.environment)
        )
        self.say(f"starting the server at {self.base_url}")
        self.start_server()
        api = Api(self.base_url)
        api.login(username, password)
        stage = story.begin(api)
        stage.panel_ids = self.panel_ids
        self.say("an author, two approvers, a duty and a status officer come with software keys, under a demo root")
        signers = Signers(self.folder / "keys", self.processes, self.environment)
        signers.gather(api, stage.agency_id)
        submissions = [self._open(api, stage, signers, place) for place in story.PLACES]
        for place, submission in zip(story.PLACES, submissions, strict=True):
            signers.approve(submission)
            self.say(f"{place.site_name}: two approvers signed")
            self._rendered(api, story.publish(api, stage, place))
        for place in story.PLACES:
            self.playing(api, stage.panel_ids[place.panel_slug], place.site_name)
        return Running(api, stage, signers, username, password, time.monotonic() - self.started)

    def _open(self, api: Api, stage: story.Stage, signers: Signers, place: story.Place) -> Document:
        """Furnish a place, submit what it shows, and start its kiosk, which waits for its first manifest."""
        self.say(f"{place.site_name}: panel {place.width}x{place.height}, {len(place.notices)} notices, 1 clip")
        story.furnish(api, stage, place)
        slug = place.panel_slug
        submission = signers.submit(stage.notice_ids[slug], stage.site_ids[slug])
        self.say(f"{place.site_name}: enrolling and starting the kiosk")
        story.enrol(api, stage, self.processes, place, self.kiosk_folder(place), self.base_url, ROOTED)
        self._wire(place)
        self.start_kiosk(place)
        return submission

    def _wire(self, place: story.Place) -> None:
        """Put a played computer and controller behind a panel, and its kiosk at the end of cables that can be cut."""
        slug, folder = place.panel_slug, self.kiosk_folder(place)
        known = credential.load(folder)
        cables = Cable("127.0.0.1", int(self.base_url.rpartition(":")[2])), Cable(known.mqtt.host, known.mqtt.port)
        broker = known.mqtt.model_copy(update={"host": "127.0.0.1", "port": cables[1].port})
        led = {"base_url": f"http://127.0.0.1:{cables[0].port}", "mqtt": broker}
        credential.save(folder, known.model_copy(update=led), (folder / credential.ROOT_FILE).read_bytes())
        self.controllers[slug] = controllers.play(self.processes, slug)
        controllers.write_profile(folder / "panel.json")
        self.hardware[slug] = Hardware(
            slug=slug,
            name=f"{place.site_name} · {place.panel_name}",
            controller=self.controllers[slug],
            device=tree.record(self.folder / f"device-{slug}"),
            cables=cables,
            agent=lambda: self.processes.running[f"kiosk-{slug}"].pid,
            power_cycle=partial(self._power_cycle, place),
        )

    def _power_cycle(self, place: story.Place) -> None:
        self.processes.kill(f"kiosk-{place.panel_slug}")
        self.start_kiosk(place)

    def start_server(self) -> None:
        """Start the server and wait until it says that it is ready."""
        self.processes.start("server", ["server.start", "serve"], self.environment)
        wait_for(
            "the server to be ready", lambda: is_up(self.base_url), timeout_s=READY_S, between=self.processes.check
        )

    def start_kiosk(self, place: story.Place) -> None:
        """Start the agent of a place's kiosk."""
        arguments = ["kiosk_agent.cli", "run", "--data-dir", str(self.kiosk_folder(place))]
        hardware = self.hardware[place.panel_slug]
        environment = {"BANGTIN_KIOSK_PLAYER": self.player, "DISPLAY": "", **ROOTED}
        environment["BANGTIN_KIOSK_KEEP_ADDRESSES"] = "true"
        environment["BANGTIN_KIOSK_SYSFS_ROOT"] = str(hardware.device)
        environment |= hardware.controller.environment(self.kiosk_folder(place) / "panel.json")
        self.processes.start(f"kiosk-{place.panel_slug}", arguments, environment)

    def kiosk_folder(self, place: story.Place) -> Path:
        """Return where a place's kiosk keeps its files."""
        return self.folder / f"kiosk-{place.panel_slug}"

    def playing(self, api: Api, panel_id: str, name: str) -> Document:
        """Wait until a panel's kiosk has installed what was assigned, plays it, and a capture matched; return `now`."""

        def look() -> Document | None:
            now = api.get(f"/panels/{panel_id}/now")
            current = now["installed_seq"] == now["assigned_seq"] and now["assigned_seq"]
            return now if current and now["receipt"] == "seen" else None

        now = wait_for(f"{name} to play", look, timeout_s=PLAYING_S, between=self.processes.check)
        self.say(f"{name}: on air, manifest {now['installed_seq']}, capture matches")
        return now

    def capture(self, api: Api, panel_id: str, fits: Callable[[bytes], bool], what: str) -> bytes:
        """Watch a panel until a capture fits, and return it."""

        def look() -> bytes | None:
            api.post(f"/panels/{panel_id}/watch", {})
            picture = api.get_bytes(f"/panels/{panel_id}/capture.jpg")
            return picture if picture is not None and fits(picture) else None

        return wait_for(what, look, timeout_s=PICTURE_S, between=lambda: self._pause(1.0))

    def prove(self, running: Running) -> float:
        """Check every panel's captures, publish one more picture and see it; return the seconds that this took."""
        api = running.api
        for slug, panel_id in running.stage.panel_ids.items():
            first = self.capture(api, panel_id, lambda one: not is_blank(one), f"a picture of {slug} that is not blank")
            self.capture(api, panel_id, partial(differ, first), f"{slug} to change")
            self.say(f"{slug}: captures are pictures and change")
        self._break_something(running)
        self._state_something(running)
        return self._one_more(running)

    def work(self, running: Running) -> None:
        """State values of the gate's status board, one statement after another, for as long as the demo runs."""
        for values in boards.working_day():
            self._pause(VALUES_EVERY_S)
            running.signers.state(running.stage.board_id, values)

    def _break_something(self, running: Running) -> None:
        """Let a cabinet smoke and wait until the server has the fault."""
        slug, panel_id = next(iter(running.stage.panel_ids.items()))
        self.controllers[slug].tell(controllers.BREAKING)

        def look() -> Document | None:
            found: list[Document] = running.api.get(f"/faults?panel_id={panel_id}&open=true")["items"]
            return next((one for one in found if one["code"] == FaultCode.CABINET_SMOKE), None)

        fault = wait_for(f"smoke at {slug}", look, timeout_s=PICTURE_S, between=self.processes.check)
        self.say(f"{slug}: {fault['code']} at {fault['subject']}")

    def _state_something(self, running: Running) -> None:
        """State a value of the status board and wait until its kiosk has confirmed it."""
        api, board_id = running.api, running.stage.board_id
        seq = running.signers.state(board_id, {"gate": "limited", "wait": 45})

        def look() -> Document | None:
            panels: list[Document] = api.get(f"/boards/{board_id}")["panels"]
            return next((one for one in panels if one["seq"] == seq and one["confirmed"]), None)

        panel = wait_for("the kiosk to show the new values", look, timeout_s=PICTURE_S, between=self.processes.check)
        self.say(f"{panel['panel_name']}: the status board shows the new values")

    def _one_more(self, running: Running) -> float:
        api, stage, place = running.api, running.stage, story.PLACES[0]
        panel_id, playlist_id = stage.panel_ids[place.panel_slug], stage.playlist_ids[place.panel_slug]
        notice = next(one for one in NOTICES if place.site not in one.sites)
        made = story.add_card(api, stage, notice)
        expected = story.picture_of(api, made, place)
        playlist = api.get(f"/playlists/{playlist_id}")
        item = {"notice_id": made["id"], "languages": ["vi"], "on_air_ms": story.NOTICE_MS}
        api.put(f"/playlists/{playlist_id}", {"name": playlist["name"], "items": [item]})
        began = time.monotonic()
        running.signers.approve(running.signers.submit([made["id"]], stage.site_ids[place.panel_slug]), by_command=True)
        self.say(f"{place.site_name}: one more notice, signed by an approver and, with `bangtin sign`, by another")
        self._rendered(api, story.publish(api, stage, place))
        self.capture(api, panel_id, lambda one: shows(one, expected), "the new picture on the panel")
        return time.monotonic() - began

    def _rendered(self, api: Api, publication: Document) -> None:
        said = ""

        def look() -> Document | None:
            nonlocal said
            found = api.get(f"/publications/{publication['id']}")
            if found["state"] == "failed":
                raise DemoFailed(f"publishing failed: {found['error']}")
            if found["message"] != said:
                said = found["message"]
                self.say(f"publishing: {said}")
            return found if found["state"] == "assigned" else None

        wait_for("the publication to be assigned", look, timeout_s=PLAYING_S, between=self.processes.check)

    def _pause(self, seconds: float) -> None:
        self.processes.check()
        time.sleep(seconds)

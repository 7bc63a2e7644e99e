"""A place for `detect`: the demo with Mosquitto, two kiosks with VLC and played LED controllers, and simulated ones.

The simulated kiosks stand two at a site, so that one that goes is not the whole site, and are of five kinds.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psutil

from kiosk_agent.store import credential
from simulator.demo.api import Document
from simulator.demo.cable import Cable
from simulator.demo.processes import Processes
from simulator.demo.run import Demo, Running

FIELD_KEEPALIVE_S, SHORT_KEEPALIVE_S = 30, 10
ENDED_WITHIN_S = 10.0


class Way(StrEnum):
    """How a simulated kiosk goes."""

    WELL = "well"
    KILLED = "killed"
    """kill -9 of its process: the kernel closes the connection, and the broker says the last will."""
    CUT_SHORT = "cut_short"
    """Its cable is cut; the keepalive is 10 s."""
    CUT_FIELD = "cut_field"
    """Its cable is cut; the keepalive is the field's, 30 s."""
    MUTE = "mute"
    """Its connection stands and pings, and it says nothing more."""


@dataclass
class Going:
    """A simulated kiosk: its panel, and how it goes."""

    way: Way
    panel_id: str
    number: int
    """Its place among those of its process."""
    process: subprocess.Popen[bytes] | None = None
    cable: Cable | None = None

    def go(self) -> None:
        """Make it go."""
        match self.way:
            case Way.KILLED if self.process is not None:
                self.process.send_signal(signal.SIGKILL)
            case Way.MUTE if self.process is not None and self.process.stdin is not None:
                self.process.stdin.write(f"mute {self.number}\n".encode())
                self.process.stdin.flush()
            case Way.CUT_SHORT | Way.CUT_FIELD if self.cable is not None:
                self.cable.cut()


@dataclass
class Place:
    """A running place. `displays` are the X displays of the real kiosks, by slug."""

    demo: Demo
    running: Running
    going: list[Going] = field(default_factory=list)
    fleets: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def display(self, slug: str) -> str:
        """Return the X display that a real kiosk draws on, which it has started itself."""
        agent = self.demo.processes.running[f"kiosk-{slug}"].pid
        for child in psutil.Process(agent).children():
            for line in child.net_connections(kind="unix"):
                _, is_x, number = str(line.laddr).rpartition("/.X11-unix/X")
                if is_x:
                    return f":{number}"
        raise RuntimeError(f"the kiosk of {slug} has no X server of its own")


@contextmanager
def placed(folder: Path, counts: dict[Way, int]) -> Iterator[Place]:
    """Run the place until the end of the block: the demo plays, and every simulated kiosk is there."""
    processes = Processes(folder)
    demo = Demo(folder, processes, lambda said: print(said, file=sys.stderr), player="vlc")
    demo.environment["BANGTIN_BROKER"] = "mosquitto"
    with ExitStack() as stack:
        stack.callback(processes.stop)
        running = demo.play()
        stack.callback(running.api.close)
        stack.callback(running.signers.close)
        place = Place(demo, running)
        stack.callback(lambda: _end(place.fleets))
        _furnish(place, folder, counts, stack)
        yield place


def _furnish(place: Place, folder: Path, counts: dict[Way, int], stack: ExitStack) -> None:
    files: dict[Way, list[Document]] = {way: [] for way in Way}
    site = ""
    for number, way in enumerate(_in_pairs(counts)):
        if number % 2 == 0:
            site = _site(place, number)
        one = Going(way, "", len(files[way]))
        kiosk = folder / f"simulated-{number}"
        kiosk.mkdir()
        one.panel_id, known, root = _enrol(place, site, number)
        asked: Document = {"folder": str(kiosk), "keepalive_s": FIELD_KEEPALIVE_S}
        if way in (Way.CUT_SHORT, Way.CUT_FIELD):
            one.cable = stack.enter_context(Cable(known.mqtt.host, known.mqtt.port))
            broker = known.mqtt.model_copy(update={"host": "127.0.0.1", "port": one.cable.port})
            known = known.model_copy(update={"mqtt": broker})
            asked["keepalive_s"] = SHORT_KEEPALIVE_S if way is Way.CUT_SHORT else FIELD_KEEPALIVE_S
        credential.save(kiosk, known, root)
        files[way].append(asked)
        place.going.append(one)
    for way, kiosks in files.items():
        parts = [[one] for one in kiosks] if way is Way.KILLED else [kiosks]
        started = [_start(folder / f"{way}-{part}.json", asked) for part, asked in enumerate(parts) if asked]
        place.fleets += started
        for one in (one for one in place.going if one.way is way):
            one.process = started[one.number] if way is Way.KILLED else started[0]


def _in_pairs(counts: dict[Way, int]) -> list[Way]:
    """Return the ways of all kiosks so that of each two at a site at most one goes."""
    going = [way for way, count in counts.items() if way is not Way.WELL for _ in range(count)]
    if len(going) > counts[Way.WELL]:
        raise ValueError("there must be as many kiosks that stay as kiosks that go")
    pairs = [one for way in going for one in (way, Way.WELL)]
    return pairs + [Way.WELL] * (counts[Way.WELL] - len(going))


def _site(place: Place, number: int) -> str:
    agency = place.running.stage.agency_id
    asked = {"agency_id": agency, "slug": f"do-{number}", "name": f"Điểm đo {number}", "time_zone": "Asia/Ho_Chi_Minh"}
    return str(place.running.api.post("/sites", asked)["id"])


def _enrol(place: Place, site: str, number: int) -> tuple[str, credential.Credential, bytes | None]:
    api = place.running.api
    size = {"width": 64, "height": 32, "site_id": site, "agency_id": place.running.stage.agency_id}
    panel = str(api.post("/panels", size | {"slug": f"do-{number}", "name": f"Máy đo {number:03}"})["id"])
    kiosk = api.post("/kiosks", {"slug": f"do-{number}", "panel_id": panel})["id"]
    code = str(api.post(f"/kiosks/{kiosk}/enrolment-code", {})["code"])
    return panel, *credential.enrolled(api.post_for_bytes("/kiosk/enrol", {"code": code}), demo=True)


def _start(path: Path, kiosks: list[Document]) -> subprocess.Popen[bytes]:
    path.write_text(json.dumps({"echo": False, "kiosks": kiosks}), "utf-8")
    command = [sys.executable, "-m", "bench.fleet", str(path)]
    with path.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)


def _end(fleets: list[subprocess.Popen[bytes]]) -> None:
    for one in fleets:
        if one.stdin is not None:
            one.stdin.close()
    for one in fleets:
        try:
            one.wait(ENDED_WITHIN_S)
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()

"""`storm`: a site of 200 kiosks drops and returns ten times in two minutes: is it one alarm, and do pages still come?

A real server with Mosquitto, 200 connections that break without a farewell, and a technician who loads the wall, the
lists of faults and of work orders and a panel's service page one after another all the while. The floor is the same
pages before the storm.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from bench.report import Aim, Figure, Measured, percentile
from bench.serving import Server, server
from playlists.fault import FaultCode
from simulator.demo.api import Api, Document, wait_for

CYCLES, STORM_S = 10, 120.0
CALM_S = 20.0
LONG_S = 240.0
BACK_S = 120.0


class Reader:
    """Somebody who looks at the console's pages."""

    def __init__(self, served: Server, pages: dict[str, str]) -> None:
        self._client = httpx.Client(base_url=served.api.base_url, timeout=60, headers={"Accept-Language": "vi"})
        body = {"username": "admin", "password": served.password}
        self._client.post("/api/v1/login", json=body).raise_for_status()
        self._pages = pages

    def read_for(self, seconds: float) -> dict[str, list[float]]:
        """Load all pages in turn, one at a time, for so long; return milliseconds by page."""
        found: dict[str, list[float]] = {name: [] for name in self._pages}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name, path in self._pages.items():
                began = time.monotonic()
                answer = self._client.get(path)
                found[name].append((time.monotonic() - began) * 1000)
                if answer.status_code != httpx.codes.OK:
                    raise RuntimeError(f"{path} answered {answer.status_code}")
                time.sleep(0.1)
        return found

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def measure(arguments: list[str]) -> Measured:
    """Furnish a site, let it storm, and look at the alarms afterwards."""
    parser = argparse.ArgumentParser(prog="python -m bench storm", description=__doc__)
    parser.add_argument("--kiosks", type=int, default=200, help="kiosks of the site (200)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangtin-storm-", ignore_cleanup_errors=True) as kept:
        return _measured(Path(kept), options.kiosks)


def _measured(folder: Path, kiosks: int) -> Measured:
    with server(folder) as served:
        panel, brokers = _furnish(served.api, kiosks)
        pages = {"wall": "/", "faults": "/faults", "orders": "/work-orders", "service": f"/panels/{panel}/service"}
        with closing(Reader(served, pages)) as reader, _fleet(folder, brokers) as fleet:
            return _storm(served.api, reader, fleet, kiosks)


class Fleet:
    """All kiosks; they obey one word at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def tell(self, word: str) -> None:
        """Let all come up or go down."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the kiosks' process has no pipes")
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()


@contextmanager
def _fleet(folder: Path, brokers: list[Document]) -> Iterator[Fleet]:
    file = folder / "kiosks.json"
    file.write_text(json.dumps(brokers), "utf-8")
    command = [sys.executable, "-m", "bench.storm_kiosks", str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Fleet(process)
        process.kill()


def _furnish(api: Api, kiosks: int) -> tuple[str, list[Document]]:
    """Make a site with panels and enrolled kiosks; return the first panel, and how each kiosk reaches the broker."""
    agency = api.post("/agencies", {"slug": "bench", "name": "Bench"})["id"]
    owner = {"agency_id": agency}
    site = api.post("/sites", owner | {"slug": "bench", "name": "Bench", "time_zone": "Asia/Ho_Chi_Minh"})["id"]
    panels, brokers = [], []
    for number in range(kiosks):
        size = {"width": 256, "height": 128, "site_id": site, "slug": f"bench-{number}", "name": f"Bench {number}"}
        panels.append(str(api.post("/panels", owner | size)["id"]))
        kiosk = api.post("/kiosks", {"slug": f"bench-{number}", "panel_id": panels[-1]})["id"]
        code = api.post(f"/kiosks/{kiosk}/enrolment-code", {})["code"]
        brokers.append(json.loads(api.post_for_bytes("/kiosk/enrol", {"code": code}))["mqtt"])
    return panels[0], brokers


def _storm(api: Api, reader: Reader, fleet: Fleet, kiosks: int) -> Measured:
    fleet.tell("up")
    wait_for("all kiosks to be there", lambda: _online(api) >= kiosks or None, timeout_s=LONG_S, between=_rest)
    calm = reader.read_for(CALM_S)
    half = STORM_S / CYCLES / 2
    seen: dict[str, list[float]] = {}
    looking = threading.Thread(target=lambda: seen.update(reader.read_for(STORM_S)))
    looking.start()
    for _ in range(CYCLES):
        for word in ("down", "up"):
            began = time.monotonic()
            fleet.tell(word)
            time.sleep(max(0.0, began + half - time.monotonic()))
    looking.join()
    back_at = time.monotonic()
    wait_for("all kiosks to be back", lambda: _online(api) >= kiosks or None, timeout_s=BACK_S, between=_rest)
    figures: dict[str, Figure] = {
        "kiosks": kiosks,
        "drops": CYCLES,
        "alarms_shown": len(api.get("/alarms?limit=200")["items"]),
        "site_alarms": sum(one["code"] == FaultCode.SITE_OFFLINE for one in api.get("/alarms?limit=200")["items"]),
        "online_again": _online(api),
        "back_after_s": round(time.monotonic() - back_at, 1),
        "open_faults": _open_faults(api),
    }
    figures |= {f"{name}_p99_ms": round(percentile(found, 0.99)) for name, found in seen.items()}
    everything = [one for found in seen.values() for one in found]
    before = [one for found in calm.values() for one in found]
    figures |= {
        "pages": len(everything),
        "page_p50_ms": round(percentile(everything, 0.5)),
        "page_p99_ms": round(percentile(everything, 0.99)),
        "calm_page_p50_ms": round(percentile(before, 0.5)),
        "calm_page_p99_ms": round(percentile(before, 0.99)),
    }
    aims = (
        Aim("site_alarms", "==", 1),
        Aim("alarms_shown", "==", 1),
        Aim("online_again", "==", kiosks),
        Aim("open_faults", "==", 0),
        Aim("page_p99_ms", "<=", 499),
    )
    return Measured(figures, aims)


def _online(api: Api) -> int:
    found, cursor = 0, ""
    while True:
        page = api.get(f"/kiosks?limit=200{cursor}")
        found += sum(bool(one["online"]) for one in page["items"])
        if not page.get("next_cursor"):
            return found
        cursor = f"&cursor={page['next_cursor']}"


def _open_faults(api: Api) -> int:
    return len(api.get("/faults?open=true&limit=200")["items"])


def _rest() -> None:
    time.sleep(0.5)

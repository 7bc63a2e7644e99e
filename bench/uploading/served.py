"""A server of its own for an upload that is measured: a real process, one agency, a token."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from simulator.demo.api import is_up, wait_for
from simulator.demo.processes import Processes, free_port

CHECKED_S = 240.0


@dataclass(frozen=True)
class Served:
    """A running server."""

    processes: Processes
    port: int
    token: str
    agency_id: str
    environment: dict[str, str]

    def kill_and_start(self) -> None:
        """Kill the server as a power cut would, and start it again."""
        self.processes.kill("server")
        _start(self.processes, self.port, self.environment)

    def upload(self, path: str) -> dict[str, Any]:
        """Return how far an upload is."""
        answer = httpx.get(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.token}"}, timeout=60
        )
        answer.raise_for_status()
        shown: dict[str, Any] = answer.json()
        return shown

    def finished(self, path: str) -> dict[str, Any]:
        """Wait until an upload was checked and return what became of it."""
        deadline = time.monotonic() + CHECKED_S
        while (shown := self.upload(path))["state"] in ("receiving", "checking"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"the upload was not checked within {CHECKED_S:.0f} s: {shown}")
            time.sleep(0.1)
        return shown


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Run a server with its data in a folder while the block lasts."""
    port, processes = free_port(), Processes(folder)
    environment = {
        "BANGTIN_DATA_DIR": str(folder / "data"),
        "BANGTIN_HOST": "127.0.0.1",
        "BANGTIN_PORT": str(port),
        "BANGTIN_SECOND_FACTOR": "off",
        "BANGTIN_APPROVAL": "off",
        "BANGTIN_BASE_URL": f"http://127.0.0.1:{port}",
    }
    password = json.loads(processes.run("init", ["server.start", "init", "--json"], environment))["password"]
    try:
        _start(processes, port, environment)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60) as client:
            body = {"username": "admin", "password": password, "bearer": True}
            token = client.post("/login", json=body).json()["token"]
            client.headers["Authorization"] = f"Bearer {token}"
            agency = client.post("/agencies", json={"slug": "bench", "name": "Bench"}).json()["id"]
        yield Served(processes, port, token, agency, environment)
    finally:
        processes.stop()


def _start(processes: Processes, port: int, environment: dict[str, str]) -> None:
    processes.start("server", ["server.start", "serve"], environment)
    address = f"http://127.0.0.1:{port}"
    wait_for("the server", lambda: is_up(address), timeout_s=110, between=processes.check)

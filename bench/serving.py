"""A server of a bench's own: its data in a folder, Mosquitto beside it, and the first administrator's calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator.demo.api import Api, is_up, wait_for
from simulator.demo.processes import Processes, free_port

UP_WITHIN_S = 240.0


@dataclass(frozen=True)
class Server:
    """A running server; `api` is logged in as `admin`. What else is started in `processes` ends with it."""

    api: Api
    password: str
    processes: Processes
    environment: dict[str, str]


@contextmanager
def server(folder: Path, *, approval: str = "off") -> Iterator[Server]:
    """Run a server until the end of the block; its data lie in `server/` of the folder, which must exist.

    Raises:
        DemoFailed: it did not come up.
    """
    processes, port = Processes(folder), free_port()
    base_url = f"http://127.0.0.1:{port}"
    environment = {
        "BANGTIN_SECOND_FACTOR": "off",
        "BANGTIN_APPROVAL": approval,
        "BANGTIN_DATA_DIR": str(folder / "server"),
        "BANGTIN_BASE_URL": base_url,
        "BANGTIN_HOST": "127.0.0.1",
        "BANGTIN_PORT": str(port),
        "BANGTIN_BROKER": "mosquitto",
    }
    try:
        password = json.loads(processes.run("init", ["server.start", "init", "--json"], environment))["password"]
        processes.start("server", ["server.start", "serve"], environment)
        with closing(Api(base_url)) as api:
            wait_for("the server", lambda: is_up(base_url), timeout_s=UP_WITHIN_S, between=processes.check)
            api.login("admin", password)
            yield Server(api, password, processes, environment)
    finally:
        processes.stop()

"""`bangtin serve` and `bangtin worker`: the processes that stay."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from typing import Any

import uvicorn

from server.app import create_app, create_parts, working
from server.db import upgrade
from server.settings import Settings

SWITCH_S = 0.0001
GRACE_S = 5


def serve(settings: Settings, *, as_json: bool) -> str | None:
    """Run the server until it is told to end; return why it could not start, as a sentence."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        uds=str(settings.socket) if settings.socket is not None else None,
        # Behind the socket there is only the proxy, whose word of the caller's address counts.
        forwarded_allow_ips="*" if settings.socket is not None else None,
        log_level=settings.log_level.lower(),
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
    )
    server = _Server(config, as_json=as_json)
    # SQLite gives the interpreter up at every row, and a busy thread may keep it this long before a page goes on.
    sys.setswitchinterval(SWITCH_S)
    try:
        server.run()
    except KeyboardInterrupt:
        return None
    except SystemExit:
        place = settings.socket or f"{settings.host}:{settings.port}"
        return f"The server could not start on {place}; is it in use?"
    return None if server.started else "The server could not start; the lines above say why."


def work(settings: Settings, *, as_json: bool) -> None:
    """Run jobs until a signal ends it."""
    parts = create_parts(settings)
    upgrade(settings.sqlalchemy_url)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with working(parts):
        print(json.dumps({"worker": os.getpid()}) if as_json else "Running jobs (Ctrl-C ends it).", flush=True)
        ended.wait()
    parts.db.close()


class _Server(uvicorn.Server):
    """Uvicorn that says where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, *, as_json: bool) -> None:
        super().__init__(config)
        self._as_json = as_json

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start listening and print the address."""
        await super().startup(sockets)
        if not self.started:
            return
        _spare_what_stays()
        name = self.servers[0].sockets[0].getsockname()
        url = f"unix:{name}" if isinstance(name, str) else _url(*name[:2])
        line = json.dumps({"url": url}) if self._as_json else f"Bảng Tin listens on {url} (Ctrl-C ends it)."
        print(line, flush=True)


def _spare_what_stays() -> None:
    """Keep the half million objects of a started server out of every later search for garbage.

    A full search over them holds all threads up for 0.3 s, which a warning would have to wait for.
    """
    gc.collect()
    gc.freeze()


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"

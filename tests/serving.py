"""Runs an application on a real uvicorn in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI


@dataclass(frozen=True)
class Serving:
    """A server that listens."""

    app: FastAPI
    url: str


class _Told(uvicorn.Server):
    """Uvicorn that tells when it listens, or that it gave up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told = threading.Event()

    async def startup(self, sockets: list[Any] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.told.set()


@contextmanager
def serving(app: FastAPI) -> Iterator[Serving]:
    """Serve an application on a free port of the loopback until the block ends."""
    with listening(app, host="127.0.0.1", port=0) as running:
        yield running


@contextmanager
def listening(app: FastAPI, **options: Any) -> Iterator[Serving]:
    """Serve an application as uvicorn's options say (`host` and `port`, or `uds`) until the block ends."""
    server = _Told(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    server.told.wait(30)
    if not server.started:
        raise RuntimeError("the server did not start; its log says why")
    name = server.servers[0].sockets[0].getsockname()
    try:
        yield Serving(app, f"unix:{name}" if isinstance(name, str) else f"http://127.0.0.1:{name[1]}")
    finally:
        server.should_exit = True
        thread.join(30)

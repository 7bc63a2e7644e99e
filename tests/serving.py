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
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=2)
    server = _Told(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    server.told.wait(30)
    if not server.started:
        raise RuntimeError("the server did not start; its log says why")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Serving(app, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(30)

"""What the wiring of the program does not join yet: publishing, schedules, faults and the console's pages."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI

from playlists.wire.messages import Message
from playlists.wire.topics import Manner
from server.accounts.endpoints import LOGGED_IN
from server.console import endpoints as console
from server.faults import endpoints as faults
from server.jobs.worker import Worker
from server.parts import Parts
from server.publishing import endpoints as publishing
from server.publishing.holdings import Holdings
from server.publishing.jobs import publish_kind
from server.publishing.service import JOB_KIND
from server.publishing.showing import Pictures
from server.scheduling import endpoints as scheduling


class _Broker:
    authenticated = False


class SilentExchange:
    """An exchange whose broker nobody listens to."""

    broker = _Broker()

    def publish(self, topic: str, message: Message, manner: Manner) -> Future[None]:
        """Take a message and drop it."""
        done: Future[None] = Future()
        done.set_result(None)
        return done


@contextmanager
def complete(app: FastAPI) -> Iterator[None]:
    """Add to an application what its wiring lacks."""
    paths = {getattr(route, "path", "") for route in app.routes}
    parts: Parts = app.state.parts
    worker: Worker | None = None
    if "/api/v1/publications" not in paths:
        for router in (scheduling.router, publishing.router, faults.router):
            app.include_router(router, dependencies=[LOGGED_IN])
        state: Any = app.state
        state.holdings = Holdings(parts.db, parts.server_public_key)
        state.pictures = Pictures(parts.blobs)
        state.exchange = SilentExchange()
        worker = Worker(parts.db, {JOB_KIND: publish_kind(parts.server_key)}, parts.clock)
        worker.start()
    if "/login" not in paths:
        console.install(app)
    try:
        yield
    finally:
        if worker is not None:
            worker.stop()

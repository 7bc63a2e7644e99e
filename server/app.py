"""The wiring: settings in, an application out. Parts are made here once and nowhere else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from playlists.daypart import use_pinned_zones
from server import VERSION, errors, keys
from server.accounts import endpoints as accounts_endpoints
from server.accounts.endpoints import LOGGED_IN
from server.db import Database, now, upgrade
from server.jobs.port import Kind
from server.jobs.worker import Worker
from server.live import endpoints as live_endpoints
from server.mqtt.address import BrokerAddress
from server.parts import Check, Parts
from server.settings import Settings
from server.shield import SameOrigin, SecurityHeaders
from server.throttle import Throttle

MOST_BODY_BYTES = 1 << 20
"""For every request whose route does not say otherwise."""
API_PAGES = "/docs"


def create_parts(settings: Settings, clock: Callable[[], datetime] = now) -> Parts:
    """Make the parts of a server from its settings; nothing is started yet.

    Raises:
        server.keys.NoKey: `bangtin init` has not been run.
    """
    use_pinned_zones()
    server_key = keys.load_server_key(settings.keys_dir)
    db = Database(settings.sqlalchemy_url)
    parts = Parts(
        settings=settings,
        db=db,
        clock=clock,
        throttle=Throttle(clock),
        server_key=server_key,
        broker_address=lambda: BrokerAddress(settings.mqtt_host, settings.mqtt_port),
    )
    parts.checks["database"] = _database_check(db)
    parts.checks["blobs"] = _folder_check(settings.data_dir)
    return parts


JOB_KINDS: dict[str, Kind] = {}
"""Every kind of job that a worker of this program can run."""


def create_app(settings: Settings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Return the application; its lifespan brings the database up to date and starts what runs beside requests.

    Raises:
        server.keys.NoKey: `bangtin init` has not been run.
    """
    parts = create_parts(settings, clock)
    app = FastAPI(
        title="Bảng Tin",
        version=VERSION,
        openapi_url="/api/v1/openapi.json",
        docs_url=API_PAGES if settings.openapi_pages else None,
        redoc_url=None,
        lifespan=_lifespan,
        max_body_size=MOST_BODY_BYTES,
    )
    app.state.parts = parts
    errors.install(app)
    app.include_router(accounts_endpoints.public)
    for router in (accounts_endpoints.router, live_endpoints.router):
        app.include_router(router, dependencies=[LOGGED_IN])
    _add_health(app, parts)
    https = (settings.base_url or "").startswith("https://")
    app.add_middleware(SameOrigin, base_url=settings.base_url)
    app.add_middleware(SecurityHeaders, https=https, open_paths=(API_PAGES,) if settings.openapi_pages else ())
    return app


@contextmanager
def running(parts: Parts) -> Iterator[None]:
    """Start what runs beside requests, and stop it in the opposite order."""
    upgrade(parts.settings.sqlalchemy_url)
    with ExitStack() as stack:
        stack.callback(parts.db.close)
        if parts.settings.worker:
            stack.enter_context(working(parts))
        yield


@contextmanager
def working(parts: Parts) -> Iterator[list[Worker]]:
    """Run jobs in threads of this process."""
    workers = [Worker(parts.db, JOB_KINDS, parts.clock) for _ in range(parts.settings.worker_threads)]
    for worker in workers:
        worker.start()
    parts.checks["worker"] = lambda: next((trouble for worker in workers if (trouble := worker.trouble())), None)
    try:
        yield workers
    finally:
        parts.checks.pop("worker", None)
        for worker in workers:
            worker.stop()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    beside = running(app.state.parts)
    await run_in_threadpool(beside.__enter__)
    try:
        yield
    finally:
        await run_in_threadpool(beside.__exit__, None, None, None)


def _add_health(app: FastAPI, parts: Parts) -> None:
    @app.get("/healthz", tags=["health"])
    def healthz() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "alive"}

    @app.get(
        "/readyz", tags=["health"], responses={503: {"description": "Something does not work; `parts` says what."}}
    )
    def readyz() -> JSONResponse:
        """Say whether every part works, and in a sentence what does not."""
        said = {name: check() for name, check in dict(parts.checks).items()}
        ready = all(sentence is None for sentence in said.values())
        body: dict[str, Any] = {
            "status": "ready" if ready else "not ready",
            "parts": {name: sentence or "ok" for name, sentence in sorted(said.items())},
        }
        return JSONResponse(body, status_code=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _database_check(db: Database) -> Check:
    def check() -> str | None:
        try:
            db.ping()
        except SQLAlchemyError:
            return "The database does not answer."
        return None

    return check


def _folder_check(folder: Path) -> Check:
    def check() -> str | None:
        return None if os.access(folder, os.W_OK | os.X_OK) else "The data folder cannot be written."

    return check

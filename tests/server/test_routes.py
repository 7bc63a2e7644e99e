"""A feature's router: it is asked about its own paths, and about no others."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.routing import Router as Plain

from server.routes import Router
from tests.conftest import NO_TLS
from tests.serving import serving


@pytest.fixture
def panels() -> Router:
    made = Router(prefix="/panels")

    @made.get("")
    def every() -> str:
        return "every"

    @made.get("/{panel}/log.{form}")
    def log(panel: str, form: str) -> str:
        return f"{panel} {form}"

    @made.post("/new")
    def new() -> str:
        return "new"

    made.routes.append(Mount("/panels-files", app=Plain()))
    return made


@pytest.fixture
def client(panels: Router) -> Iterator[httpx.Client]:
    app, last = FastAPI(), Router()

    @last.get("/{anything}")
    def anything(anything: str) -> str:
        return anything

    app.include_router(panels)
    app.include_router(last)
    with serving(app) as running, httpx.Client(base_url=running.url, verify=NO_TLS) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "said"),
    [("/panels", "every"), ("/panels/7/log.txt", "7 txt"), ("/panels-of-others", "panels-of-others"), ("/x", "x")],
)
def test_a_path_finds_its_route(client: httpx.Client, path: str, said: str) -> None:
    assert client.get(path).json() == said


def test_another_method_of_a_path_is_told_so_and_nothing_is_not_found(client: httpx.Client) -> None:
    assert client.get("/panels/new").status_code == 405
    assert client.get("/panels/7/log").status_code == 404
    assert client.get("/panels/", follow_redirects=False).status_code == 307


@pytest.mark.parametrize(
    ("path", "is_looked_for"),
    [("/panels", True), ("/panels/7/log.csv", True), ("/panels-files/a", True), ("/notices", False), ("/panel", False)],
)
def test_a_path_that_cannot_be_its_own_is_passed_by(panels: Router, path: str, is_looked_for: bool) -> None:
    whole, beginnings = panels._paths
    assert (path in whole or path.startswith(beginnings)) is is_looked_for

"""The wiring: health, headers, origins, cookies, body limits, the API document, and the schema on both databases."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from server import VERSION
from server.accounts.calling import COOKIE
from server.app import create_app
from server.db import Database, upgrade
from server.errors import Problem
from server.keys import NoKey
from server.settings import Settings
from server.tables.accounts import Role
from server.throttle import LONGEST_WAIT, Tally, Throttle
from tests.conftest import People
from tests.entering import code_of
from tests.serving import Serving, serving

PATIENCE_S = 60.0
"""A loaded machine answers late, and that is no fault here."""
get = partial(httpx.get, timeout=PATIENCE_S)
post = partial(httpx.post, timeout=PATIENCE_S)

ROOT = Path(__file__).parents[2]


def test_the_version_is_the_distributions() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION


def test_tables_and_migrations_agree(database: Database) -> None:
    upgrade(database.url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_server_is_alive_and_ready(server: Serving) -> None:
    assert get(f"{server.url}/healthz").json() == {"status": "alive"}
    ready = get(f"{server.url}/readyz")
    assert ready.json()["parts"]["database"] == "ok"
    assert ready.json()["parts"]["blobs"] == "ok"
    assert ready.json()["parts"]["worker"] == "ok"


def test_what_is_not_ready_is_said(server: Serving) -> None:
    checks = server.app.state.parts.checks
    checks["printer"] = lambda: "The printer is out of paper."
    try:
        answer = get(f"{server.url}/readyz")
    finally:
        del checks["printer"]
    assert answer.status_code == 503
    assert answer.json()["parts"]["printer"] == "The printer is out of paper."


def test_a_database_that_is_gone_makes_the_server_not_ready(server: Serving) -> None:
    check = server.app.state.parts.checks["database"]
    assert check() is None
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Exception, match="refused"):
        gone.ping()
    gone.close()


def test_every_answer_has_security_headers(server: Serving) -> None:
    for path in ("/healthz", "/api/v1/me", "/nowhere"):
        headers = get(server.url + path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert get(f"{server.url}/api/v1/me").headers["cache-control"] == "no-store"


def test_an_unknown_path_is_a_problem_document(server: Serving) -> None:
    answer = get(f"{server.url}/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "{own}"}, 204),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "{own}"}, 403),
        ({}, 403),
    ],
)
def test_a_cookie_writes_from_the_own_origin_only(
    people: People, server: Serving, headers: dict[str, str], status: int
) -> None:
    person = people.person(Role.ADMINISTRATOR)
    with httpx.Client(base_url=server.url, timeout=PATIENCE_S) as browser:
        code = code_of(people.database, person.secret, person.user.id)
        form = {"username": person.user.username, "password": person.password, "code": code}
        answer = browser.post("/api/v1/login", json=form, headers={"Origin": server.url})
        assert answer.json()["token"] is None
        written = answer.headers["set-cookie"].lower()
        assert "httponly" in written
        assert "samesite=strict" in written
        assert browser.get("/api/v1/me").status_code == 200
        sent = {name: value.replace("{own}", server.url) for name, value in headers.items()}
        assert browser.post("/api/v1/logout", headers=sent).status_code == status
        assert browser.get("/api/v1/me").status_code == (401 if status == 204 else 200)


def test_another_scheme_of_authorization_does_not_fall_back_to_the_cookie(people: People, server: Serving) -> None:
    token = people.person(Role.ADMINISTRATOR).client.headers["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": f"{COOKIE}={token}"}
    assert get(f"{server.url}/api/v1/me", headers=cookie).status_code == 200
    assert get(f"{server.url}/api/v1/me", headers=cookie | {"Authorization": "Basic eDp4"}).status_code == 401


def test_behind_tls_the_cookie_is_secure_and_the_public_origin_is_own(settings: Settings, people: People) -> None:
    person = people.person(Role.ADMINISTRATOR)
    app = create_app(settings.model_copy(update={"base_url": "https://bangtin.example", "worker": False}))
    code = code_of(people.database, person.secret, person.user.id)
    form = {"username": person.user.username, "password": person.password, "code": code}
    with serving(app) as server:
        origin = {"Origin": "https://bangtin.example"}
        answer = post(f"{server.url}/api/v1/login", json=form, headers=origin)
    assert answer.status_code == 200
    assert answer.headers["set-cookie"].startswith(f"__Host-{COOKIE}=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


def test_a_large_body_is_refused(people: People) -> None:
    answer = people.stranger().post("/api/v1/login", content=b'{"username": "' + b"x" * (2 << 20) + b'"}')
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"username": 1}', b"\xff\xfe", b'{"a":' * 5000])
def test_a_body_that_is_none_is_refused_with_a_sentence(people: People, body: bytes) -> None:
    answer = people.stranger().post("/api/v1/login", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_the_api_document_is_served_and_its_pages_only_when_asked_for(server: Serving, settings: Settings) -> None:
    document = get(f"{server.url}/api/v1/openapi.json").json()
    assert document["info"]["title"] == "Bảng Tin"
    assert get(f"{server.url}/docs").status_code == 404
    with serving(create_app(settings.model_copy(update={"openapi_pages": True, "worker": False}))) as open_server:
        assert get(f"{open_server.url}/docs").status_code == 200


def test_a_server_without_a_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="bangtin init"):
        create_app(Settings(data_dir=tmp_path))


def test_waiting_grows_to_five_minutes_and_ends() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    throttle = Throttle(lambda: at)
    tally = Tally("x")
    for _ in range(5):
        throttle.check(tally)
        throttle.failed(tally)
    waits = []
    for _ in range(12):
        with pytest.raises(Problem) as refused:
            throttle.check(tally)
        waits.append(int(refused.value.headers["Retry-After"]))
        throttle.failed(tally)
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_WAIT.total_seconds()
    throttle.check(Tally("y"))
    at += timedelta(minutes=5)
    throttle.check(tally)
    throttle.succeeded(tally)
    throttle.failed(tally)
    throttle.check(tally)


def test_every_document_that_is_sent_has_an_example(settings: Settings) -> None:
    document = create_app(settings.model_copy(update={"worker": False})).openapi()
    shapes = document["components"]["schemas"]
    bare = []
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            name = body.get("$ref", "").rsplit("/", 1)[-1]
            if name and not shapes[name].get("examples"):
                bare.append(f"{verb} {path}: {name}")
    assert bare == []

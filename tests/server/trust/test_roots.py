"""Roots are installed one after the other, as kiosks follow them; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlmodel import delete, select

from playlists import trust
from playlists.trust.envelope import parse_envelope
from playlists.trust.root import Root
from server import cli, keys
from server.db import Database, new_id, now
from server.settings import Settings
from server.tables import Kiosk, RootDocument
from server.tables.accounts import Role
from server.tables.publishing import DesiredMessage
from tests.conftest import People
from tests.server.trust import network
from tests.serving import Serving


@pytest.fixture
def server_key(server: Serving) -> bytes:
    key: bytes = server.app.state.parts.server_public_key
    return key


@pytest.fixture(autouse=True)
def _no_root(database: Database) -> None:
    with database.write() as session:
        session.exec(delete(RootDocument))


def test_without_a_root_the_list_is_empty(admin: httpx.Client) -> None:
    assert admin.get("/api/v1/trust/roots").json() == []
    assert admin.get("/api/v1/trust/documents").json() == []


def test_a_chain_is_installed_one_by_one(admin: httpx.Client, server_key: bytes) -> None:
    first, second = network.root(server_key), network.root(server_key, version=2)

    made = network.install(admin, first)
    assert made.status_code == 201, made.text
    assert made.json()["signed_by"] == ["root-a", "root-b"]
    assert made.json()["roles"]["leader"] == ["an"]
    assert len(made.json()["words"].split()) == 6
    assert network.install(admin, first).status_code == 200
    assert network.install(admin, second).status_code == 201

    shown = admin.get("/api/v1/trust/roots").json()
    assert [(one["version"], one["current"]) for one in shown] == [(2, True), (1, False)]


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (lambda key: network.root(key, by=("root-a",)), "unsound-root", "V5"),
        (lambda key: network.root(key, by=("an", "binh")), "unsound-root", "V5"),
        (lambda key: network.root(trust.public_key(network.secret("stranger"))), "other-server", "server-key"),
        (lambda key: network.root(key, routes=[{"id": "x", "roles": ["leader"]}]), "unsound-root", "V7"),
        (lambda key: network.root(key).replace(b"root+json", b"hold+json"), "unsound-root", "V3"),
    ],
)
def test_a_first_root_that_is_refused(
    admin: httpx.Client, server_key: bytes, make: Callable[[bytes], bytes], code: str, said: str
) -> None:
    answer = network.install(admin, make(server_key))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert said in answer.json()["detail"]
    assert set(answer.json()["sentences"]) == {"vi", "en", "zh"}
    assert admin.get("/api/v1/trust/roots").json() == []


@pytest.mark.parametrize(
    ("make", "status", "said"),
    [
        (lambda key: network.root(key, version=3), 409, "the next one is 2"),
        (lambda key: network.root(key, version=1, issued_at="2026-01-01T00:00:00.000Z"), 409, "the next one is 2"),
        (
            lambda key: network.root(key, version=2, by=("x", "y"), roots=("x", "y", "z")),
            422,
            "V5",
        ),
        (lambda key: network.root(key, version=2, demo=True), 422, "V7"),
        (lambda key: network.root(trust.public_key(network.secret("x")), version=2), 422, "server-key"),
    ],
)
def test_a_next_root_that_does_not_follow(
    admin: httpx.Client, server_key: bytes, make: Callable[[bytes], bytes], status: int, said: str
) -> None:
    network.install(admin, network.root(server_key))

    answer = network.install(admin, make(server_key))

    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert [one["version"] for one in admin.get("/api/v1/trust/roots").json()] == [1]


def test_a_new_holder_of_root_keys_takes_over_with_signatures_of_both(admin: httpx.Client, server_key: bytes) -> None:
    network.install(admin, network.root(server_key))
    next_one = network.root(server_key, version=2, roots=("x", "y", "z"), by=("root-a", "root-c", "x", "y"))

    assert network.install(admin, next_one).status_code == 201


def test_only_the_whole_installations_administrator_installs(people: People, server_key: bytes) -> None:
    agency = people.agency()
    for role in (Role.ADMINISTRATOR, Role.APPROVER, Role.EDITOR):
        client = people.person(role, agency.id).client
        assert network.install(client, network.root(server_key)).status_code == 403


def test_kiosks_are_told_and_follow_by_version(
    admin: httpx.Client, people: People, server_key: bytes, database: Database
) -> None:
    kiosk = Kiosk(slug=f"may-{new_id().hex[-8:]}", enrolled_at=now(), token_sha256=None)
    with database.write() as session:
        session.add(kiosk)
    content = network.root(server_key)

    network.install(admin, content)

    with database.read() as session:
        said = session.exec(select(DesiredMessage).where(DesiredMessage.kiosk_id == kiosk.id)).one()
    assert said.leaf == "root"
    assert parse_envelope(said.body, Root.payload_type) == parse_envelope(content, Root.payload_type)


def test_the_command_installs_on_the_server_machine(
    settings: Settings,
    server_key: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BANGTIN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BANGTIN_DATABASE_URL", str(settings.database_url))
    file, other = tmp_path / "root.json", tmp_path / "other.json"
    file.write_bytes(network.root(server_key))
    other.write_bytes(network.root(trust.public_key(keys.load_server_key(settings.keys_dir)), version=7))

    assert cli.main(["trust", "install", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["new"] is True
    assert cli.main(["trust", "install", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["new"] is False
    assert cli.main(["trust", "install", str(other)]) == 1
    assert "the next one is 2" in capsys.readouterr().err


@pytest.mark.parametrize("body", [{}, {"payloadType": 5}, {"payloadType": "x", "payload": "x" * 500_000}, []])
def test_nonsense_is_refused_with_a_sentence(admin: httpx.Client, body: object) -> None:
    answer = admin.post("/api/v1/trust/roots", json=body)

    assert answer.status_code == 422
    assert answer.json()["detail"]

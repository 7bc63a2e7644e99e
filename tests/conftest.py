"""Fixtures for everybody: one throw-away PostgreSQL cluster a run, a database a module, a real server."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text

from server import keys
from server.accounts import service as accounts
from server.accounts.schemas import AgencyNew, UserNew
from server.app import create_app
from server.db import Database, upgrade
from server.settings import Settings
from server.tables import Agency, User
from server.tables.accounts import Role
from tests.entering import code_of, enrol_app, open_login
from tests.serving import Serving, serving

os.environ |= {"BANGTIN_APPROVAL": "off", "BANGTIN_KIOSK_REQUIRE_ROOT": "false"}
"""Tests show content as it is written, in this process and in those it starts; who tests releases says so."""
POSTGRES = Path("/usr/lib/postgresql/15/bin")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="module")
"""For what asks the same of either database: each role of a matrix. What every operation does is tried on both."""
_numbers = itertools.count(1)
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of the loopback: httpx reads every authority of the world for a client that is given nothing."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL with a migrated template database."""

    port: int
    admin: Engine

    def url(self, name: str) -> str:
        """Return the address of one database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def new_database(self, template: str = "migrated") -> str:
        """Make a database from a template and return its address."""
        name = f"test_{next(_numbers)}"
        with self.admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return self.url(name)


def free_port() -> int:
    """Return a TCP port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_postgres(*command: str) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *command], check=False, capture_output=True, text=True, cwd="/", timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL cluster for the run; nothing of it outlives the run."""
    folder = Path(tempfile.mkdtemp(prefix="bangtin-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    options += " -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
    try:
        _as_postgres(
            str(POSTGRES / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync"
        )
        start = ["-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start"]
        _as_postgres(str(POSTGRES / "pg_ctl"), *start)
        try:
            address = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
            admin = create_engine(address, isolation_level="AUTOCOMMIT")
            made = Cluster(port, admin)
            with admin.connect() as connection:
                connection.execute(text("CREATE DATABASE migrated"))
            upgrade(made.url("migrated"))
            yield made
            admin.dispose()
        finally:
            _as_postgres(str(POSTGRES / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "migrated.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a migrated, empty database of this module, on each kind of database."""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        return cluster.new_database()
    template: Path = request.getfixturevalue("sqlite_template")
    path = tmp_path_factory.mktemp("database") / "bangtin.sqlite3"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    """The module's database, on SQLite and on PostgreSQL; tests make objects of their own in it."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a set-up server on the module's database."""
    data_dir = tmp_path_factory.mktemp("data")
    made = Settings(data_dir=data_dir, database_url=database_url, port=0)
    keys.make_server_key(made.keys_dir)
    return made


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[Serving]:
    """A real server on a free port of the loopback, with its workers."""
    with serving(create_app(settings)) as running:
        yield running


@dataclass(frozen=True)
class Person:
    """Somebody with a login."""

    user: User
    password: str
    client: httpx.Client
    secret: str
    """Of their authenticator app."""


@dataclass
class People:
    """Makes agencies, and people who are logged in."""

    server: Serving
    database: Database
    _clients: list[httpx.Client]
    _secrets: dict[str, tuple[UUID, str]] = field(default_factory=dict)

    def agency(self, slug: str | None = None) -> Agency:
        """Make an agency."""
        slug = slug or f"agency-{next(_numbers)}"
        with self.database.write() as session:
            return accounts.add_agency(session, AgencyNew(slug=slug, name=f"Cơ quan {slug}"))

    def person(self, role: Role, agency_id: UUID | None = None) -> Person:
        """Make a person with a role and an authenticator app, logged in with a second factor given just now."""
        new = UserNew(username=f"{role}.{next(_numbers)}", display_name=f"Người {role}", role=role, agency_id=agency_id)
        with self.database.write() as session:
            user, password = accounts.add_user(session, new, temporary=False)
            secret = enrol_app(session, self.server.app.state.parts.server_key, user.id)
            token = open_login(session, user.id)
        self._secrets[user.username] = (user.id, secret)
        client = self.stranger()
        client.headers["Authorization"] = f"Bearer {token}"
        return Person(user, password, client, secret)

    def log_in(self, username: str, password: str) -> httpx.Client:
        """Log a person in over HTTP, with a code of their app if they have one; return a client with the token."""
        client, form = self.stranger(), {"username": username, "password": password, "bearer": True}
        if username in self._secrets:
            user_id, secret = self._secrets[username]
            form["code"] = code_of(self.database, secret, user_id)
        answer = client.post("/api/v1/login", json=form)
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    def stranger(self) -> httpx.Client:
        """Return a client without a login."""
        client = httpx.Client(base_url=self.server.url, timeout=30, verify=NO_TLS)
        self._clients.append(client)
        return client


@pytest.fixture(scope="module")
def people(server: Serving, database: Database) -> Iterator[People]:
    """Agencies and people of the module's server."""
    clients: list[httpx.Client] = []
    yield People(server, database, clients)
    for client in clients:
        client.close()


@pytest.fixture(scope="module")
def admin(people: People) -> httpx.Client:
    """The client of an administrator of the whole installation."""
    return people.person(Role.ADMINISTRATOR).client

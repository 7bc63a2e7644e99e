"""The command line as processes: init, users, enrolment codes, serve and worker, and what they refuse."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from server import VERSION

PORTS = {"BANGTIN_PORT": "0"}


def bangtin(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | PORTS | {"BANGTIN_DATA_DIR": str(folder)} | settings
    command = [sys.executable, "-m", "server.start", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def answered(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "data"


@pytest.fixture(scope="module")
def first(folder: Path) -> dict[str, Any]:
    """What the first `bangtin init` printed."""
    return answered(bangtin(folder, "init", "--json"))


def test_init_makes_private_files_and_a_long_password(folder: Path, first: dict[str, Any]) -> None:
    assert first["username"] == "admin"
    assert len(first["password"]) >= 16
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "keys" / "server.ed25519").stat().st_mode) == 0o600
    assert first["password"].encode() not in (folder / "bangtin.sqlite3").read_bytes()


def test_init_refuses_to_run_twice_and_changes_nothing(folder: Path, first: dict[str, Any]) -> None:
    key = (folder / "keys" / "server.ed25519").read_bytes()
    again = bangtin(folder, "init")
    assert again.returncode == 1
    assert "set up already" in again.stderr
    assert (folder / "keys" / "server.ed25519").read_bytes() == key


def test_people_are_added_listed_and_given_links(folder: Path, first: dict[str, Any]) -> None:
    made = answered(bangtin(folder, "user", "add", "second.admin", "--role", "administrator", "--json"))
    reset = answered(bangtin(folder, "user", "reset-password", "second.admin", "--json"))
    assert made["link"].startswith("http://127.0.0.1:0/invitation#")
    assert made["link"] != reset["link"]
    assert "password" not in made
    users = answered(bangtin(folder, "user", "list", "--json"))["users"]
    assert [user["username"] for user in users] == ["admin", "second.admin"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "add", "x"),
        ("user", "add", "viewer.one"),
        ("user", "add", "viewer.one", "--agency", "nowhere"),
        ("user", "add", "admin", "--role", "administrator"),
        ("user", "reset-password", "nobody"),
        ("enrol-code", "nowhere"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(folder: Path, first: dict[str, Any], arguments: tuple[str, ...]) -> None:
    done = bangtin(folder, *arguments, "--json")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert json.loads(done.stderr.splitlines()[-1])["error"].endswith(".")


@pytest.mark.parametrize("arguments", [(), ("dance",), ("user",), ("serve", "--port", "many")])
def test_wrong_usage_ends_with_status_two(folder: Path, arguments: tuple[str, ...]) -> None:
    done = bangtin(folder, *arguments)
    assert done.returncode == 2
    assert "usage: bangtin" in done.stderr


def test_a_wrong_setting_is_named(folder: Path) -> None:
    done = bangtin(folder, "version", BANGTIN_SESSION_HOURS="many")
    assert done.returncode == 1
    assert "session_hours" in done.stderr
    assert answered(bangtin(folder, "version", "--json")) == {"version": VERSION}


def test_serve_before_init_says_what_to_do(tmp_path: Path) -> None:
    done = bangtin(tmp_path / "nothing", "serve")
    assert done.returncode == 1
    assert "bangtin init" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_tells_its_address_and_stops_cleanly(folder: Path, first: dict[str, Any], number: signal.Signals) -> None:
    environment = os.environ | PORTS | {"BANGTIN_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "server.start", "serve", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            url = json.loads(child.stdout.readline())["url"]
            form = {"username": "admin", "password": first["password"], "bearer": True}
            assert httpx.post(f"{url}/api/v1/login", json=form, timeout=60).status_code == 200
            child.send_signal(number)
            _, said = child.communicate(timeout=30)
        finally:
            child.kill()
    assert child.returncode in (0, -number)
    assert "Traceback" not in said


def test_a_worker_runs_beside_and_stops_cleanly(folder: Path, first: dict[str, Any]) -> None:
    environment = os.environ | {"BANGTIN_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "server.start", "worker", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert json.loads(child.stdout.readline()) == {"worker": child.pid}
            child.terminate()
            _, said = child.communicate(timeout=30)
        finally:
            child.kill()
    assert child.returncode == 0
    assert "Traceback" not in said

"""`bangtin training add` as a process: a training site in one go, and what it refuses."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from server.training.keys import FOLDER
from tests.server.test_cli import answered, bangtin


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("training") / "data"
    answered(bangtin(made, "init", "--json"))
    return made


@pytest.fixture(scope="module")
def started(folder: Path) -> dict[str, Any]:
    return answered(bangtin(folder, "training", "add", "--json"))


def test_it_makes_people_panels_and_keys(folder: Path, started: dict[str, Any]) -> None:
    assert started["site"] == "tap-huan"
    assert [one["username"] for one in started["people"]][:2] == ["tap-huan.giao-vien", "tap-huan.soan"]
    assert all("/invitation#" in one["link"] for one in started["people"])
    assert len({one["code"] for one in started["kiosks"]}) == 2
    keys = sorted((folder / "keys" / FOLDER).iterdir())
    assert {stat.S_IMODE(one.stat().st_mode) for one in keys} == {0o600}
    assert "tap-huan.duyet-1.ed25519" in {one.name for one in keys}
    assert len(answered(bangtin(folder, "user", "list", "--json"))["users"]) == 1 + len(started["people"])


def test_it_makes_no_second_one_under_the_same_name(folder: Path, started: dict[str, Any]) -> None:
    again = bangtin(folder, "training", "add")
    assert again.returncode == 1
    assert "tap-huan" in again.stderr
    other = answered(bangtin(folder, "training", "add", "--slug", "tap-huan-2", "--name", "Tập huấn 2", "--json"))
    assert other["site"] == "tap-huan-2"

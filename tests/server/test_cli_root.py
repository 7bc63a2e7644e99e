"""`bangtin root`: key files and root documents, without server, database or data folder."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playlists.trust import new_private_key, public_key
from playlists.trust.key import file_key
from playlists.trust.keyfile import open_key, seal_key
from server.start import main

PASSPHRASE = "đèn lồng ở Bản Giốc 7"
PEOPLE = ("minh", "hanh", "quang", "lan", "tuan")


class Ceremony:
    """A folder with key files, a plan and a passphrase, and the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        (folder / "words").write_text(PASSPHRASE + "\n", "utf-8")
        self.privates = {name: new_private_key() for name in (*PEOPLE, "server")}
        for name in PEOPLE:
            file = folder / f"{name}.key"
            file.write_bytes(seal_key(self.privates[name], PASSPHRASE, rounds=1))
            file.chmod(0o600)
        self.plan()

    def plan(self, **changes: Any) -> Path:
        keys = {name: file_key(public_key(private), name) for name, private in self.privates.items()}
        roles = {
            "root": {"keys": [keys[name].id for name in PEOPLE[:3]], "threshold": 2},
            "server": {"keys": [keys["server"].id]},
            "leader": {"keys": [keys["lan"].id]},
            "department": {"keys": [keys["tuan"].id]},
        }
        plan = {
            "keys": [key.model_dump(mode="json") for key in keys.values()],
            "roles": roles,
            "routes": [{"id": "notice", "roles": ["leader", "department"]}],
        }
        (self.folder / "plan.json").write_text(json.dumps(plan | changes), "utf-8")
        return self.folder / "plan.json"

    def run(self, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
        status = main(["root", *map(str, arguments), "--json"])
        said = self._capsys.readouterr()
        answer: dict[str, Any] = json.loads(said.out or said.err)
        return status, answer

    def pen(self, *names: str) -> list[str | Path]:
        keys: list[str | Path] = []
        for name in names:
            keys += ["--key", self.folder / f"{name}.key"]
        return [*keys, "--passphrase-file", self.folder / "words"]

    def path(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture
def ceremony(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ceremony:
    monkeypatch.setenv("BANGTIN_DATA_DIR", str(tmp_path / "data"))
    return Ceremony(tmp_path, capsys)


@pytest.fixture
def root(ceremony: Ceremony) -> Path:
    file = ceremony.path("root.json")
    status, answer = ceremony.run("init", ceremony.plan(), file, *ceremony.pen("minh", "hanh"))
    assert status == 0, answer
    return file


def test_a_key_file_is_for_its_owner_and_opens_with_its_passphrase(ceremony: Ceremony) -> None:
    file = ceremony.path("new.key")
    status, answer = ceremony.run("key", file, "--holder", "mai", "--passphrase-file", ceremony.path("words"))

    assert status == 0, answer
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"BEGIN OPENSSH PRIVATE KEY" in file.read_bytes()
    private = open_key(file.read_bytes(), PASSPHRASE)
    assert answer["key"] == file_key(public_key(private), "mai").model_dump(mode="json")
    assert len(answer["words"].split()) == 6


def test_a_root_is_written_signed_and_told_in_words(ceremony: Ceremony, root: Path) -> None:
    status, answer = ceremony.run("show", root)

    assert (status, answer["version"], answer["demo"], answer["complete"]) == (0, 1, False, True)
    assert answer["signed_by"] == ["minh", "hanh"]
    assert len(answer["words"].split()) == 6
    assert not ceremony.path("data").exists()


def test_signatures_are_added_by_somebody_elsewhere(ceremony: Ceremony) -> None:
    file = ceremony.path("root.json")
    _, begun = ceremony.run("init", ceremony.plan(), file, *ceremony.pen("minh"))
    _, signed = ceremony.run("sign", file, *ceremony.pen("quang"))

    assert (begun["complete"], len(begun["missing"])) == (False, 1)
    assert (signed["complete"], signed["signed_by"], signed["sha256"]) == (True, ["minh", "quang"], begun["sha256"])


def test_a_root_follows_another_under_both(ceremony: Ceremony, root: Path) -> None:
    file = ceremony.path("root-2.json")
    _, begun = ceremony.run("rotate", root, ceremony.plan(), file, *ceremony.pen("hanh"))
    assert (begun["version"], begun["complete"], len(begun["missing"])) == (2, False, 2)

    _, signed = ceremony.run("sign", file, "--after", root, *ceremony.pen("quang"))
    assert (signed["complete"], signed["missing"]) == (True, [])


def _in_data(ceremony: Ceremony) -> tuple[str | Path, ...]:
    ceremony.path("data").mkdir()
    moved = ceremony.path("minh.key").rename(ceremony.path("data") / "minh.key")
    return "init", ceremony.plan(), ceremony.path("r"), "--key", moved, "--passphrase-file", ceremony.path("words")


def _readable(ceremony: Ceremony) -> tuple[str | Path, ...]:
    ceremony.path("minh.key").chmod(0o640)
    return "init", ceremony.plan(), ceremony.path("r"), *ceremony.pen("minh")


def _wrong_words(ceremony: Ceremony) -> tuple[str | Path, ...]:
    ceremony.path("words").write_text("something else entirely")
    return "init", ceremony.plan(), ceremony.path("r"), *ceremony.pen("minh")


def _short_words(ceremony: Ceremony) -> tuple[str | Path, ...]:
    ceremony.path("words").write_text("short")
    return "key", ceremony.path("k"), "--holder", "mai", "--passphrase-file", ceremony.path("words")


def _key_in_data(ceremony: Ceremony) -> tuple[str | Path, ...]:
    ceremony.path("data").mkdir()
    return "key", ceremony.path("data") / "k", "--holder", "mai", "--passphrase-file", ceremony.path("words")


def _no_root_key(ceremony: Ceremony) -> tuple[str | Path, ...]:
    return "init", ceremony.plan(), ceremony.path("r"), *ceremony.pen("lan")


def _weak_plan(ceremony: Ceremony) -> tuple[str | Path, ...]:
    return "init", ceremony.plan(routes=[{"id": "n", "roles": ["leader"]}]), ceremony.path("r"), *ceremony.pen("minh")


def _existing(ceremony: Ceremony) -> tuple[str | Path, ...]:
    return "init", ceremony.plan(), ceremony.path("words"), *ceremony.pen("minh")


def _plain_key(ceremony: Ceremony) -> tuple[str | Path, ...]:
    ceremony.path("minh.key").write_bytes(b"no key at all")
    return "init", ceremony.plan(), ceremony.path("r"), *ceremony.pen("minh")


def _no_plan(ceremony: Ceremony) -> tuple[str | Path, ...]:
    ceremony.path("plan.json").write_text("[1]")
    return "init", ceremony.path("plan.json"), ceremony.path("r"), *ceremony.pen("minh")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (_in_data, "data folder"),
        (_key_in_data, "data folder"),
        (_readable, "Others can read"),
        (_wrong_words, "passphrase does not fit"),
        (_short_words, "at least 12"),
        (_no_root_key, "is no root key"),
        (_weak_plan, "V7: the route n needs at least 2 signers"),
        (_existing, "exists; nothing was written"),
        (_plain_key, "no private key"),
        (_no_plan, "is no plan"),
    ],
)
def test_it_refuses_with_a_sentence(
    ceremony: Ceremony, asked: Callable[[Ceremony], tuple[str | Path, ...]], why: str
) -> None:
    status, answer = ceremony.run(*asked(ceremony))

    assert (status, list(answer)) == (1, ["error"])
    assert why in answer["error"]
    assert not ceremony.path("r").exists()


def test_real_and_demo_do_not_follow_one_another(ceremony: Ceremony, root: Path) -> None:
    plan = ceremony.plan(demo=True)
    status, answer = ceremony.run("rotate", root, plan, ceremony.path("r"), *ceremony.pen("minh", "hanh"))

    assert status == 1
    assert "demo" in answer["error"]

"""`bangtin values sign` against a real server, and against one that prepares something else."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.trust.keyfile import seal_key
from playlists.trust.statements import Values
from server.db import now
from server.offline.root import NotDone
from server.offline.sign import values as commands
from server.offline.sign.values import Statement, stated
from server.start import main
from tests.server.trust import network
from tests.server.trust.test_signed_values import Gate, gate, rooted

__all__ = ["gate", "rooted"]
PASSPHRASE = "cầu treo qua suối 4"


def run(
    rooted: Gate, folder: Path, capsys: pytest.CaptureFixture[str], *said: str, board: UUID | None = None
) -> tuple[int, dict[str, Any]]:
    person = rooted.officer
    key = folder / "mine.key"
    if not key.exists():
        key.write_bytes(seal_key(network.secret(person.user.username), PASSPHRASE, rounds=1))
        key.chmod(0o600)
        (folder / "words").write_text(PASSPHRASE, "utf-8")
        (folder / "password").write_text(person.password, "utf-8")
    who = ["--user", person.user.username, "--password-file", str(folder / "password")]
    pen = ["--key", str(key), "--passphrase-file", str(folder / "words"), "--yes", "--json"]
    arguments = ["values", "sign", str(board or rooted.board.id), *said, "--server", rooted.server.url, *who, *pen]
    status = main(arguments)
    told = capsys.readouterr()
    return status, json.loads((told.out or told.err).splitlines()[-1])


def shown(rooted: Gate) -> Any:
    slots = rooted.editor.client.get(f"/api/v1/boards/{rooted.board.id}").json()["slots"]
    return next(slot["value"] if slot["stated"] else None for slot in slots if slot["name"] == "wait")


def test_a_value_is_stated_and_taken_back(rooted: Gate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(rooted, tmp_path, capsys, "wait=45", "--for-minutes", "90", "--note", "Xe đông")
    assert status == 0, said
    assert shown(rooted) == 45
    assert len(rooted.told()) == 1
    status, said = run(rooted, tmp_path, capsys, "wait=")
    assert status == 0, said
    assert shown(rooted) is None


def test_what_the_server_refuses_is_said(rooted: Gate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = shown(rooted)
    for said, board in ((("wait=9999",), None), (("unknown=1",), None), (("wait=5",), uuid4())):
        status, answer = run(rooted, tmp_path, capsys, *said, board=board)
        assert status == 1
        assert answer["error"].startswith("The server refuses: ")
    assert shown(rooted) == before


def test_a_server_that_prepares_something_else_gets_no_signature(
    rooted: Gate, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = httpx.Client.stream

    def lying(client: httpx.Client, method: str, url: str, **sent: Any) -> Any:
        if url.endswith("/values/prepare"):
            sent["json"] = {"set": {"wait": 1}}
        return honest(client, method, url, **sent)

    monkeypatch.setattr(httpx.Client, "stream", lying)
    before = shown(rooted)
    status, answer = run(rooted, tmp_path, capsys, "wait=200")
    assert status == 1
    assert answer["error"] == "The server lies: wait would be 1, not 200. Sign nothing."
    assert shown(rooted) == before


def test_a_document_of_another_board_is_refused() -> None:
    wanted = Statement(uuid4(), {"wait": 5})
    at = now().replace(microsecond=0)
    other = Values(
        issued_at=at, site="gate", board=uuid4(), seq=1, expires_at=at + timedelta(hours=1), values={"wait": 5}
    )
    with pytest.raises(NotDone, match="something else"):
        commands._check(other, wanted)


def test_what_is_said_is_read_as_numbers_phrases_and_nothing() -> None:
    assert stated(["wait=25", "gate=closed", "level=-3", "note="]) == {
        "wait": 25,
        "gate": "closed",
        "level": -3,
        "note": None,
    }
    for wrong in ("wait", "=5", "Wait=5", "wait 5", f"wait={'x' * 81}", "wait=a\nb"):
        with pytest.raises(NotDone, match="SLOT=VALUE"):
            stated([wrong])
    with pytest.raises(NotDone, match="twice"):
        stated(["wait=1", "wait=2"])


@given(st.lists(st.text(max_size=100), max_size=5))
def test_whatever_is_said_is_read_or_refused_in_words(said: list[str]) -> None:
    with suppress(NotDone):
        assert len(stated(said)) == len(said)

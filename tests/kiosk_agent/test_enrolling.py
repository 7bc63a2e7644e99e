"""Becoming a kiosk: the code is never said, a server that does not know it is not believed, a person may take time."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kiosk_agent.cli import main
from kiosk_agent.enrolling import Asking, FalseServer, WrongCode, until_yes
from kiosk_agent.link.http import Server, Unreachable
from kiosk_agent.store import credential, identity
from playlists import enrolment
from tests.kiosk_agent.fake_server import CODE, CODE_KEY, FakeServer


def asking(code: str = CODE) -> Asking:
    return Asking.of(code, identity.new_key(), "test")


def answer(one: Asking, content: bytes, key: bytes = CODE_KEY, nonce: bytes | None = None) -> bytes:
    mac = enrolment.answer_mac(key, nonce or one.nonce, one.request, content)
    return json.dumps({"state": "accepted", "content": base64.b64encode(content).decode(), "mac": mac}).encode()


def test_the_code_is_not_in_what_is_sent() -> None:
    one = asking()
    sent = json.dumps(one.body())
    assert CODE not in sent
    assert "ABCDEFGHJK" not in sent
    assert CODE_KEY.hex() not in sent


def test_only_a_server_that_knows_the_code_is_believed() -> None:
    one = asking()
    assert one.read(answer(one, b"{}")) == b"{}"
    assert one.read(b'{"state": "waiting"}') is None
    others = [
        answer(one, b"{}", enrolment.key_of("0000000000")),
        answer(one, b"{}", nonce=bytes(32)),
        answer(asking(), b"{}"),
        answer(one, b"{}").replace(base64.b64encode(b"{}"), base64.b64encode(b"[]")),
        b'{"state": "accepted"}',
        b'{"state": "accepted", "content": "?", "mac": "x"}',
        b'{"state": "yes"}',
        b"",
        b"[" * 1000,
        b"\xff\xfe",
    ]
    for one_of in others:
        with pytest.raises(FalseServer):
            one.read(one_of)


@pytest.mark.parametrize("code", ["", "ABCDE", "ABCDE-FGHJU", "Đ" * 10])
def test_what_is_no_code_is_said_before_anything_is_sent(code: str) -> None:
    with pytest.raises(WrongCode, match="ten letters"):
        asking(code)


def test_it_asks_until_a_person_says_yes(server: FakeServer) -> None:
    server.waits = 3
    said: list[str] = []
    link = Server(server.url, None)
    content = until_yes(link, asking(), lambda: said.append("waits"), lambda _s: said.append("pause"))
    link.close()
    assert json.loads(content)["slug"] == "kiosk-1"
    assert said == ["waits", "pause", "pause", "pause"]


def test_a_server_that_goes_away_meanwhile_is_borne_and_one_that_is_not_there_is_not(server: FakeServer) -> None:
    server.waits = 1
    link = Server(server.url, None)

    def away(_seconds: float) -> None:
        link.move(server.url if link.base_url != server.url else "http://127.0.0.1:9")

    assert json.loads(until_yes(link, asking(), lambda: None, away))["slug"] == "kiosk-1"
    link.close()
    gone = Server("http://127.0.0.1:9", None)
    with pytest.raises(Unreachable):
        until_yes(gone, asking(), lambda: None, away)
    gone.close()


def test_the_same_key_asks_again_after_an_interruption(
    server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = identity.fingerprint_of(identity.enrolling_key(tmp_path))
    assert identity.fingerprint_of(identity.enrolling_key(tmp_path)) == first
    assert (tmp_path / identity.ENROLLING_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / identity.ENROLLING_FILE).write_bytes(b"damaged")
    assert identity.fingerprint_of(identity.enrolling_key(tmp_path)) != first


def test_a_false_server_leaves_nothing(server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.code_key = enrolment.key_of("0000000000")
    command = ["enrol", "--server", server.url, "--code", CODE, "--data-dir", str(tmp_path)]
    assert main(command) == 1
    assert "does not know the code" in capsys.readouterr().err
    assert not (tmp_path / credential.FILE).exists()
    server.code_key = CODE_KEY
    assert main(command) == 0
    assert not (tmp_path / identity.ENROLLING_FILE).exists()

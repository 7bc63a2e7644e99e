"""`bangtin sign` against a real server, and against one that lies."""

from __future__ import annotations

import io
import json
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from playlists.ids import sha256_hex
from playlists.trust.keyfile import seal_key
from playlists.trust.release import Release
from playlists.trust.strict import from_base64, to_base64
from server.db import now
from server.offline.root import NotDone
from server.offline.sign.api import connected
from server.offline.sign.reading import read
from server.start import main
from tests.conftest import Person
from tests.server.releases.stage import Stage
from tests.server.trust import network
from tests.serving import serving

PASSPHRASE = "đèn lồng ở Bản Giốc 7"
Answer = dict[str, Any]


class Signer:
    """A person at their own computer: a folder with a key file, a password and a passphrase."""

    def __init__(self, folder: Path, person: Person, capsys: pytest.CaptureFixture[str]) -> None:
        self.person, self.folder, self._capsys = person, folder, capsys
        folder.mkdir(exist_ok=True)
        self.key = folder / "mine.key"
        self.key.write_bytes(seal_key(network.secret(person.user.username), PASSPHRASE, rounds=1))
        self.key.chmod(0o600)
        (folder / "words").write_text(PASSPHRASE, "utf-8")
        (folder / "password").write_text(person.password, "utf-8")

    def run(self, url: str, *arguments: str) -> tuple[int, Answer]:
        who = ["--user", self.person.user.username, "--password-file", str(self.folder / "password")]
        status = main(["sign", *arguments, "--server", url, *who, "--json"])
        said = self._capsys.readouterr()
        answer: Answer = json.loads((said.out or said.err).splitlines()[-1].removeprefix("Sign this? Type yes: "))
        return status, answer

    def sign(self, url: str, document_id: str, *more: str) -> tuple[int, Answer]:
        pen = ["--key", str(self.key), "--passphrase-file", str(self.folder / "words"), "--yes"]
        return self.run(url, document_id, *pen, *more)


@pytest.fixture
def leader(stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Signer:
    return Signer(tmp_path / "leader", stage.leader, capsys)


@pytest.fixture(scope="module")
def asked(stage: Stage) -> Answer:
    """A submission that waits, shared by all that only try to sign it."""
    return stage.submit(stage.notice("Chờ ký"))


def test_it_lists_reads_again_shows_and_signs(
    stage: Stage, leader: Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, shown = stage.people.server.url, stage.submit(stage.notice("Ký tại nhà"))
    status, listed = leader.run(url)
    assert status == 0, listed
    assert shown["document_id"] in {one["id"] for one in listed["asking"]}

    status, said = leader.sign(url, shown["document_id"], "--out", str(tmp_path / "seen"))

    assert status == 0, said
    assert (said["state"], said["digest"]) == ("asking", shown["digest"])
    assert said["files"] == len({one["sha256"] for one in shown["segments"]})
    pictures = [Path(one) for one in said["sheets"]]
    assert pictures
    assert all(one.read_bytes()[:2] == b"\xff\xd8" for one in pictures)
    page = (tmp_path / "seen" / "index.html").read_text("utf-8")
    assert all(one.name in page for one in pictures)
    assert stage.author.user.username in page
    for one in (tmp_path / "seen").iterdir():
        if len(one.name) == 64:
            assert sha256_hex(one.read_bytes()) == one.name
    department = Signer(tmp_path / "department", stage.department, capsys)
    status, said = department.sign(url, shown["document_id"])
    assert (status, said["state"]) == (0, "released"), said
    assert stage.client.get(f"/api/v1/releases/{shown['id']}").json()["state"] == "released"


def test_a_person_is_asked_and_may_say_no(
    stage: Stage, leader: Signer, asked: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("no\n"))
    monkeypatch.setattr(webbrowser, "open", lambda _url: True)
    status, said = leader.run(
        stage.people.server.url,
        asked["document_id"],
        "--key",
        str(leader.key),
        "--passphrase-file",
        str(leader.folder / "words"),
    )
    assert (status, said["error"]) == (1, "Nothing was signed.")


def test_the_author_and_strangers_cannot(
    stage: Stage, asked: Answer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    author = Signer(tmp_path / "author", stage.author, capsys)
    status, said = author.sign(stage.people.server.url, asked["document_id"])
    assert status == 1
    assert "role" in said["error"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda signer: signer.key.chmod(0o644), "Others can read"),
        (lambda signer: (signer.folder / "words").write_text("something else entirely"), "passphrase"),
        (lambda signer: (signer.folder / "password").write_text("wrong"), "refuses"),
        (lambda signer: signer.key.write_bytes(b"no key"), "passphrase does not fit"),
    ],
)
def test_what_is_wrong_on_ones_own_side_is_said(
    stage: Stage, leader: Signer, asked: Answer, change: Callable[[Signer], object], why: str
) -> None:
    change(leader)
    status, said = leader.sign(stage.people.server.url, asked["document_id"])
    assert status == 1
    assert why in said["error"]


@pytest.mark.parametrize("url", ["http://bangtin.example", "ftp://127.0.0.1", "bangtin.example"])
def test_signatures_travel_over_tls_only(leader: Signer, asked: Answer, url: str) -> None:
    status, said = leader.sign(url, asked["document_id"])
    assert status == 1
    assert "https" in said["error"]


Lie = Callable[[str, bytes, dict[str, str]], bytes]


@contextmanager
def lying(url: str, lie: Lie) -> Iterator[str]:
    """A server that passes everything on to a real one, and lies on the way back."""
    app = FastAPI()
    sent: list[str] = []

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def forward(path: str, request: Request) -> Response:
        headers = {name: request.headers[name] for name in ("authorization", "content-type") if name in request.headers}
        if path.endswith("/signatures"):
            sent.append(path)
        async with httpx.AsyncClient(base_url=url) as client:
            answer = await client.request(request.method, f"/{path}", content=await request.body(), headers=headers)
        kept = {"content-type": answer.headers.get("content-type", "application/json")}
        return Response(lie(path, answer.content, kept), answer.status_code, kept)

    with serving(app) as running:
        yield running.url
    assert sent == [], "nothing is signed for a server that lies"


def other_release(payload: bytes) -> bytes:
    """The same release for everywhere else, as an attacker would like it signed."""
    written = json.loads(payload)
    written["audience"]["sites"] = ["ha-noi"]
    return json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _other_payload(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return other_release(content) if path.endswith("/payload") else content


def _all_but_the_digest(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    if path.endswith("/payload"):
        return other_release(content)
    return _shown(path, content, lambda told: {"payload": to_base64(other_release(_raw(told)))})


def _other_digest(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return _shown(path, content, lambda _: {"digest": "0" * 64})


def _all_but_the_list(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    if path.endswith("/payload"):
        return other_release(content)

    def changed(told: Answer) -> Answer:
        evil = other_release(_raw(told))
        return {"payload": to_base64(evil), "digest": sha256_hex(evil)}

    return _shown(path, content, changed)


def _other_bytes(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1]) if "/files/" in path else content


def _longer_bytes(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return content + b"x" if "/files/" in path else content


def _shorter_bytes(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return content[:-1] if "/files/" in path else content


def _elsewhere(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return _shown(path, content, lambda _: {"sign_path": "https://evil.example/api/v1/collect"})


def _up_and_away(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return _shown(path, content, lambda _: {"sign_path": "/api/v1/../../evil"})


def _other_kind(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    kind = "application/vnd.bangtin.root+json;v=1"
    return _shown(path, content, lambda _: {"payload_type": kind})


def _withdrawal(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    kind = "application/vnd.bangtin.withdrawal+json;v=1"
    return _shown(path, content, lambda _: {"payload_type": kind})


def _endless(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return b"[" * (9 << 20) if path == "api/v1/trust/documents" else content


def _nested(path: str, content: bytes, _headers: dict[str, str]) -> bytes:
    return b"[" * 100_000 if path == "api/v1/trust/documents" else content


def _late(_path: str, content: bytes, headers: dict[str, str]) -> bytes:
    headers["date"] = "Thu, 26 Nov 2020 01:00:00 GMT"
    return content


def _is_shown(path: str) -> bool:
    return path.startswith("api/v1/trust/documents/") and path.count("/") == 4


def _shown(path: str, content: bytes, changed: Callable[[Answer], Answer]) -> bytes:
    if not _is_shown(path):
        return content
    told: Answer = json.loads(content)
    return json.dumps(told | changed(told)).encode()


def _raw(told: Answer) -> bytes:
    return from_base64(told["payload"])


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        (_other_payload, "other bytes"),
        (_all_but_the_digest, "digest"),
        (_other_digest, "digest"),
        (_all_but_the_list, "digest"),
        (_other_bytes, "V12"),
        (_longer_bytes, "V12"),
        (_shorter_bytes, "V12"),
        (_elsewhere, "strange place"),
        (_up_and_away, "strange place"),
        (_other_kind, "Nothing that people sign"),
        (_withdrawal, "V6"),
        (_endless, "longer than"),
        (_nested, "no JSON"),
        (_late, "time"),
    ],
)
def test_a_lying_server_gets_no_signature(stage: Stage, leader: Signer, asked: Answer, lie: Lie, why: str) -> None:
    with lying(stage.people.server.url, lie) as url:
        status, said = leader.sign(url, asked["document_id"])
    assert status == 1
    assert why in said["error"], said


def test_clocks_that_differ_are_set_first(stage: Stage) -> None:
    for apart in (timedelta(minutes=6), -timedelta(minutes=6)):
        with pytest.raises(NotDone, match="differ by"), connected(stage.people.server.url, None, now() + apart):
            pass
    with connected(stage.people.server.url, None, now() + timedelta(minutes=3)):
        pass


def test_what_is_shown_is_what_the_bytes_say(stage: Stage, asked: Answer) -> None:
    """A server that replaces everything consistently is seen in what the page says."""
    payload = other_release(stage.leader.client.get(f"/api/v1/releases/{asked['id']}/payload").content)
    told = {
        "payload": to_base64(payload),
        "digest": sha256_hex(payload),
        "payload_type": Release.payload_type,
        "sign_path": "/api/v1/releases/x/signatures",
    }
    assert "For all of ha-noi" in read(told, payload).lines

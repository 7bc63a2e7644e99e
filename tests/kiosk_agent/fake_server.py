"""A small real HTTP server that answers a kiosk as docs/http-kiosk.md says, and misbehaves on demand."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playlists import enrolment
from playlists.ids import sha256_hex
from tests.kiosk_agent.making import KIOSK, PUBLIC

TOKEN = "ab" * 32
CODE = "ABCDE-FGHJK"
CODE_KEY = enrolment.key_of("ABCDEFGHJK")


@dataclass
class FakeServer:
    """What the server holds, and how it misbehaves."""

    port: int = 0
    envelope: bytes | None = None
    segments: dict[str, bytes] = field(default_factory=dict)
    mqtt: dict[str, Any] = field(default_factory=lambda: {"host": "127.0.0.1", "port": 1, "password": "secret"})
    captures: list[bytes] = field(default_factory=list)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and Range of every request."""
    cut_after: int | None = None
    """Segments break off after so many bytes."""
    pause_s: float = 0.0
    """Between pieces of a segment, so that a download can be interrupted."""
    status: int | None = None
    """Answer everything with this."""
    ignore_range: bool = False
    retry_after: str | None = None
    root: str | None = None
    """The root's envelope that enrolment hands over, with `place`."""
    place: dict[str, str] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    """Sealed envelopes by the digest that they are asked by."""
    signed: dict[str, Any] = field(default_factory=dict)
    """What `GET /trust` says."""
    pages: list[list[str]] = field(default_factory=list)
    """Withdrawals, page by page."""
    waits: int = 0
    """So many times enrolment waits for a person's yes."""
    code_key: bytes = CODE_KEY
    """With which the answer to enrolment is authenticated."""
    tell_time: Callable[[str], bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def assign(self, envelope: bytes, *contents: bytes) -> None:
        self.envelope = envelope
        self.segments = {sha256_hex(content): content for content in contents}

    def answers(self) -> dict[str, Callable[[_Answer], None]]:
        return {
            "POST /enrolment": _enrol,
            "GET /settings": lambda answer: answer.json(200, self.where()),
            "GET /manifest": _manifest,
            "POST /capture": _capture,
            "GET /trust": _signed,
            "POST /time": _time,
        }

    def where(self) -> dict[str, Any]:
        return {"mqtt": self.mqtt, "base_url": self.url, "poll_s": 900}


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world: FakeServer

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay quiet."""

    def _serve(self, method: str) -> None:
        world = self.world
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.removeprefix("/api/v1/kiosk")
        world.asked.append((method, path, self.headers.get("Range")))
        if world.status is not None:
            self.json(world.status, {"title": "broken", "detail": "The server is tired."})
        elif path != "/enrolment" and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.json(401, {"title": "Unknown token"})
        elif path.startswith("/segments/"):
            self._segment(path.removeprefix("/segments/"))
        elif path.startswith("/roots/"):
            self.found(world.roots.get(int(path.removeprefix("/roots/"))))
        elif path.startswith("/documents/"):
            self.found(world.documents.get(path.removeprefix("/documents/")))
        elif path.startswith("/withdrawals?page="):
            number = int(path.removeprefix("/withdrawals?page="))
            page = world.pages[number - 1] if number <= len(world.pages) else []
            self.json(200, {"v": 1, "envelopes": page, "more": number < len(world.pages)})
        else:
            world.answers()[f"{method} {path}"](self)

    def found(self, content: bytes | None) -> None:
        if content is None:
            self.json(404, {"title": "Not found"})
        else:
            self.plain(200, content)

    def json(self, status: int, document: Any) -> None:
        self.plain(status, json.dumps(document).encode())

    def plain(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        if self.world.retry_after is not None:
            self.send_header("Retry-After", self.world.retry_after)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _segment(self, sha256: str) -> None:
        world = self.world
        content = world.segments.get(sha256)
        if content is None:
            self.json(404, {"title": "Not found"})
            return
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        start = int(match[1]) if match and not world.ignore_range else 0
        if start and self.headers.get("If-Range") != f'"{sha256}"':
            start = 0
        if start >= len(content) and start:
            self.plain(416, b"")
            return
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{sha256}"')
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = len(content) if world.cut_after is None else min(len(content), start + world.cut_after)
        for place in range(start, end, 65536):
            self.wfile.write(content[place : min(end, place + 65536)])
            time.sleep(world.pause_s)
        if end < len(content):
            self.close_connection = True


def _enrol(answer: _Answer) -> None:
    asked = json.loads(answer.content)
    nonce, request = bytes.fromhex(asked["nonce"]), asked["csr"].encode()
    if asked["mac"] != enrolment.request_mac(CODE_KEY, nonce, request):
        answer.json(403, {"title": "Wrong code", "detail": "This code is wrong or was used."})
        return
    answer.world.waits -= 1
    if answer.world.waits >= 0:
        answer.json(202, {"state": "waiting", "content": None, "mac": None})
        return
    who = {"kiosk_id": str(KIOSK), "slug": "kiosk-1", "token": TOKEN, "server_public_key": PUBLIC.hex()}
    given = {"root": answer.world.root} if answer.world.root is not None else {}
    content = json.dumps(who | answer.world.where() | answer.world.place | given).encode()
    mac = enrolment.answer_mac(answer.world.code_key, nonce, request, content)
    answer.json(200, {"state": "accepted", "content": base64.b64encode(content).decode(), "mac": mac})


def _signed(answer: _Answer) -> None:
    content = json.dumps({"v": 1} | answer.world.signed).encode()
    mark = f'"{sha256_hex(content)}"'
    if answer.headers.get("If-None-Match") == mark:
        answer.plain(304, b"")
    else:
        answer.plain(200, content, ETag=mark)


def _time(answer: _Answer) -> None:
    tell_time = answer.world.tell_time
    answer.found(None if tell_time is None else tell_time(json.loads(answer.content)["nonce"]))


def _manifest(answer: _Answer) -> None:
    envelope = answer.world.envelope
    if envelope is None:
        answer.json(404, {"title": "No manifest yet"})
    elif answer.headers.get("If-None-Match") == f'"{sha256_hex(envelope)}"':
        answer.plain(304, b"")
    else:
        answer.plain(200, envelope, ETag=f'"{sha256_hex(envelope)}"')


def _capture(answer: _Answer) -> None:
    answer.world.captures.append(answer.content)
    answer.plain(204, b"")


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is part of the tests."""


@contextmanager
def serving() -> Iterator[FakeServer]:
    world = FakeServer()
    server = _Quiet(("127.0.0.1", 0), type("Answer", (_Answer,), {"world": world}))
    world.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

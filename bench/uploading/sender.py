"""A tus client that does not give up: after every break it asks how far the server is and goes on from there."""

from __future__ import annotations

import base64
import hashlib
import http.client
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

VERSION = {"Tus-Resumable": "1.0.0"}
PIECE_TYPE = "application/offset+octet-stream"
PATIENCE_S = 120.0
"""How long a server may be away."""
_BLOCK_BYTES = 256 << 10
_BUFFER_BYTES = 128 << 10
"""What this machine holds of what it sent; more would be counted as sent although no link took it."""
_BROKEN = (OSError, http.client.HTTPException)


class SendingFailed(Exception):
    """The server refused, or the link broke too often; the text says which."""


@dataclass
class Sender:
    """Sends files in chunks and counts what it hands to the network."""

    host: str
    port: int
    token: str
    chunk_bytes: int = 8 << 20
    checksums: bool = False
    most_breaks: int = 200
    sent_bytes: int = 0
    """Of files, those that were lost underway too."""
    breaks: int = 0
    resumed_at: list[int] = field(default_factory=list)

    def create(self, length: int, metadata: Mapping[str, str]) -> str:
        """Begin an upload and return its path."""
        pairs = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())
        answer = self._ask("POST", "/api/v1/uploads", {"Upload-Length": str(length), "Upload-Metadata": pairs})
        return answer["Location"]

    def send(self, path: str, file: Path) -> None:
        """Send a file to its end.

        Raises:
            SendingFailed: the server refused it, or the link broke too often.
        """
        length = file.stat().st_size
        offset = self._offset(path)
        while offset < length:
            try:
                offset = self._chunk(path, file, offset, length)
            except _BROKEN as broken:
                self.breaks += 1
                if self.breaks > self.most_breaks:
                    raise SendingFailed(f"the link broke {self.breaks} times: {broken!r}") from broken
                offset = self._offset(path)
                self.resumed_at.append(offset)

    def _offset(self, path: str) -> int:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                return int(self._ask("HEAD", path, {})["Upload-Offset"])
            except _BROKEN:
                time.sleep(0.1)
        raise SendingFailed("the server cannot be reached")

    def _chunk(self, path: str, file: Path, offset: int, length: int) -> int:
        size = min(self.chunk_bytes, length - offset)
        headers = {
            "Upload-Offset": str(offset),
            "Content-Type": PIECE_TYPE,
            "Content-Length": str(size),
        }
        if self.checksums:
            digest = hashlib.sha256()
            for block in _blocks(file, offset, size):
                digest.update(block)
            headers["Upload-Checksum"] = f"sha256 {base64.b64encode(digest.digest()).decode()}"
        return int(self._ask("PATCH", path, headers, self._counted(file, offset, size))["Upload-Offset"])

    def _counted(self, file: Path, offset: int, size: int) -> Iterator[bytes]:
        for block in _blocks(file, offset, size):
            self.sent_bytes += len(block)
            yield block

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: Iterator[bytes] | None = None
    ) -> http.client.HTTPMessage:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.connect()
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
            connection.request(method, path, body, VERSION | headers | {"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status in (409, 423):
                raise http.client.HTTPException(f"{answer.status}: asked again")
            if answer.status >= 300:
                raise SendingFailed(f"{method} {path}: {answer.status} {said[:300].decode(errors='replace')}")
            return answer.headers
        finally:
            connection.close()


def _blocks(file: Path, offset: int, size: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(offset)
        while size and (block := opened.read(min(_BLOCK_BYTES, size))):
            size -= len(block)
            yield block

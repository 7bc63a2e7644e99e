"""A small tus client over httpx, for tests of single requests."""

from __future__ import annotations

import base64
import time
from typing import Any

import httpx

VERSION = {"Tus-Resumable": "1.0.0"}
PIECE = VERSION | {"Content-Type": "application/offset+octet-stream"}


def metadata(**pairs: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def create(client: httpx.Client, length: int, **pairs: str) -> httpx.Response:
    headers = VERSION | {"Upload-Length": str(length), "Upload-Metadata": metadata(**pairs)}
    return client.post("/api/v1/uploads", headers=headers)


def begun(client: httpx.Client, length: int, **pairs: str) -> str:
    answer = create(client, length, **pairs)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def piece(client: httpx.Client, path: str, at: int, content: bytes, **headers: str) -> httpx.Response:
    return client.patch(path, content=content, headers=PIECE | {"Upload-Offset": str(at)} | headers)


def offset(client: httpx.Client, path: str) -> int:
    answer = client.head(path, headers=VERSION)
    assert answer.status_code == 200, answer.status_code
    return int(answer.headers["Upload-Offset"])


def sent(client: httpx.Client, content: bytes, **pairs: str) -> str:
    """Send a whole file in two pieces and return the upload's path."""
    path, half = begun(client, len(content), **pairs), len(content) // 2
    for at, part in ((0, content[:half]), (half, content[half:])):
        answer = piece(client, path, at, part)
        assert answer.status_code == 204, answer.text
    return path


def finished(client: httpx.Client, path: str) -> dict[str, Any]:
    """Wait until an upload was checked and return what became of it."""
    for _ in range(600):
        shown: dict[str, Any] = client.get(path).json()
        if shown["state"] in ("done", "refused"):
            return shown
        time.sleep(0.1)
    raise AssertionError(shown)

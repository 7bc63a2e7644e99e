"""A client of the server's web API, as any program of an agency could be one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from simulator.demo.processes import DemoFailed

Document = dict[str, Any]
Found = TypeVar("Found")
PAUSE_S = 0.2


class Api:
    """Calls `/api/v1` with a session token; every refusal becomes a sentence."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._client = httpx.Client(base_url=f"{base_url}/api/v1", timeout=60)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def login(self, username: str, password: str) -> None:
        """Log in and keep the session's token for the calls that follow."""
        answer = self.post("/login", {"username": username, "password": password, "bearer": True})
        self._client.headers["Authorization"] = f"Bearer {answer['token']}"

    def take_link(self, link: str, password: str) -> None:
        """Choose a password in the name of a person who was invited, and keep their token."""
        secret = link.rpartition("#")[2]
        answer = self.post("/invitations/take", {"secret": secret, "password": password, "bearer": True})
        self._client.headers["Authorization"] = f"Bearer {answer['token']}"

    def get(self, path: str) -> Document:
        """Return the JSON document at a path."""
        return self._json(self._client.get(path))

    def get_bytes(self, path: str) -> bytes | None:
        """Return the bytes at a path, or None where there is nothing yet."""
        answer = self._client.get(path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return self._good(answer).content

    def post(self, path: str, body: Document, headers: dict[str, str] | None = None) -> Document:
        """Send a JSON document and return the answer's."""
        return self._json(self._client.post(path, json=body, headers=headers))

    def post_for_bytes(self, path: str, body: Document) -> bytes:
        """Send a JSON document and return the bytes of the answer."""
        return self._good(self._client.post(path, json=body)).content

    def put(self, path: str, body: Document) -> Document:
        """Replace what is at a path and return the answer's document."""
        return self._json(self._client.put(path, json=body))

    def upload(self, agency_id: str, name: str, content: bytes) -> Document:
        """Upload one file for an agency and return the media."""
        answer = self._client.post("/media", data={"agency_id": agency_id}, files={"file": (name, content)})
        return self._json(answer)

    def _json(self, answer: httpx.Response) -> Document:
        good = self._good(answer)
        document: Document = good.json() if good.content else {}
        return document

    @staticmethod
    def _good(answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            request = answer.request
            raise DemoFailed(f"{request.method} {request.url.path}: {answer.status_code} {answer.text[:300]}")
        return answer


def wait_for(what: str, look: Callable[[], Found | None], *, timeout_s: float, between: Callable[[], None]) -> Found:
    """Return what `look` finds, calling `between` while there is nothing yet.

    Raises:
        DemoFailed: nothing was found in time.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        between()
        time.sleep(PAUSE_S)
    raise DemoFailed(f"waited {timeout_s:.0f} s for {what}, in vain")


def is_up(base_url: str) -> bool | None:
    """Return True when the server says that it is ready, else None."""
    try:
        return httpx.get(f"{base_url}/readyz", timeout=2).status_code == httpx.codes.OK or None
    except httpx.HTTPError:
        return None

"""The server's API as a signer uses it. Answers are bounded, and nothing in them is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from playlists.trust.release import ReleasedFile
from playlists.trust.showing import checked
from server.offline.root import NotDone

MOST_ANSWER_BYTES = 8 << 20
MOST_CLOCKS_APART = timedelta(minutes=5)
TIMEOUT_S = 60.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SIGN_PATHS = "/api/v1/"

Answer = dict[str, Any]


class Api:
    """A login at one server."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def log_in(self, username: str, password: str, code: str | None) -> list[str]:
        """Log in; return how the second factor can be given when one is asked for, else nothing.

        Raises:
            NotDone: the server refuses.
        """
        said: Answer = {"username": username, "password": password, "bearer": True}
        told = self._json("POST", "/api/v1/login", json=said | ({"code": code} if code else {}))
        if told.get("token"):
            self.use_token(str(told["token"]))
            return []
        return [str(one) for one in told.get("ways") or ["a second factor"]]

    def use_token(self, token: str) -> None:
        """Use the token of a login that exists already."""
        self._client.headers["Authorization"] = f"Bearer {token}"

    def log_out(self) -> None:
        """End the login."""
        self._client.post("/api/v1/logout")

    def asking(self) -> list[Answer]:
        """Return the documents that wait for a signature of ours."""
        return [one for one in self._list("/api/v1/trust/documents") if isinstance(one, dict)]

    def document(self, document_id: str) -> Answer:
        """Return what the server says of a document."""
        return self._json("GET", f"/api/v1/trust/documents/{document_id}")

    def payload(self, document_id: str, most: int) -> bytes:
        """Return the exact bytes that are to be signed."""
        return self._bytes(f"/api/v1/trust/documents/{document_id}/payload", most)

    def download(self, document_id: str, file: ReleasedFile, target: Path) -> None:
        """Fetch a file that a document names, and hash it on the way.

        Raises:
            Untrusted: V12, other bytes, fewer or more.
            NotDone: the server does not give it.
        """
        path = f"/api/v1/trust/documents/{document_id}/files/{file.sha256}"
        with self._client.stream("GET", path) as answer:
            _check(answer)
            with target.open("xb") as out:
                for chunk in checked(file, answer.iter_bytes()):
                    out.write(chunk)

    def prepare_values(self, board: str, said: Answer) -> Answer:
        """Have values of a status board prepared for a signature."""
        return self._json("POST", f"/api/v1/boards/{board}/values/prepare", json=said)

    def send(self, path: str, signature: dict[str, object]) -> Answer:
        """Send a signature to where it belongs."""
        return self._json("POST", path, json=signature)

    def _list(self, path: str) -> list[Any]:
        found = self._read("GET", path)
        return found if isinstance(found, list) else []

    def _json(self, method: str, path: str, **sent: Any) -> Answer:
        found = self._read(method, path, **sent)
        if not isinstance(found, dict):
            raise NotDone("The server's answer is not of the form that was expected.")
        return found

    def _read(self, method: str, path: str, **sent: Any) -> Any:
        with self._client.stream(method, path, **sent) as answer:
            content = _bounded(answer, MOST_ANSWER_BYTES)
            if not answer.is_success:
                raise NotDone(_sentence(content, answer.status_code))
            try:
                return json.loads(content)
            except (ValueError, RecursionError) as error:
                raise NotDone("The server's answer is no JSON.") from error

    def _bytes(self, path: str, most: int) -> bytes:
        with self._client.stream("GET", path) as answer:
            _check(answer)
            return _bounded(answer, most)


@contextmanager
def connected(url: str, ca: Path | None, now: datetime | None = None) -> Iterator[Api]:
    """Speak with a server by TLS (plain HTTP only on this computer), when both clocks agree.

    Raises:
        NotDone: the address is not https, the server does not answer, or the clocks differ by more than 5 minutes.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise NotDone(f"{url} is not an https address. A signature is only sent over TLS.")
    verify: Any = str(ca) if ca is not None else True
    try:
        with httpx.Client(base_url=url, timeout=TIMEOUT_S, verify=verify, follow_redirects=False) as client:
            _check_clock(client.get("/healthz"), now or datetime.now(UTC))
            yield Api(client)
    except httpx.HTTPError as error:
        raise NotDone(f"The server at {url} does not answer ({error}). Nothing was signed by this.") from error


def _check_clock(answer: httpx.Response, now: datetime) -> None:
    try:
        said = parsedate_to_datetime(answer.headers["date"])
        apart = abs(said - now)
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise NotDone("The server does not tell its time. Ask whoever runs it.") from error
    if apart > MOST_CLOCKS_APART:
        minutes = int(apart.total_seconds() // 60)
        raise NotDone(f"This computer's clock and the server's differ by {minutes} minutes. Set the clock, then sign.")


def _bounded(answer: httpx.Response, most: int) -> bytes:
    found = bytearray()
    for chunk in answer.iter_bytes():
        found += chunk
        if len(found) > most:
            raise NotDone(f"The server's answer is longer than {most} bytes.")
    return bytes(found)


def _check(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise NotDone(_sentence(_bounded(answer, MOST_ANSWER_BYTES), answer.status_code))


def _sentence(content: bytes, status: int) -> str:
    try:
        said = json.loads(content)["detail"]
    except (ValueError, KeyError, TypeError, RecursionError):
        said = f"status {status}"
    return f"The server refuses: {''.join(one for one in str(said)[:500] if one.isprintable())}"

"""The server over HTTP(S), as docs/http-kiosk.md says: every answer is bounded, every failure is one of two."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, Field

from kiosk_agent.link.tls import Trust
from playlists.instant import format_instant
from playlists.manifest import MOST_BYTES as MOST_MANIFEST_BYTES
from playlists.trust.release import Release
from playlists.trust.root import Root
from playlists.wire.signed import MOST_BYTES as MOST_SIGNED_BYTES
from playlists.wire.signed import Signed, WithdrawalPage, read_signed, read_withdrawals

ROOT = "/api/v1/kiosk"
MOST_ANSWER_BYTES = 64 * 1024
MOST_ENROLMENT_BYTES = 1 << 20
"""The root that a kiosk pins comes with the answer."""
MOST_CAPTURE_BYTES = 2 << 20
TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class Unreachable(Exception):
    """The server could not be reached, or its answer broke off; trying again may help."""


class Refused(Exception):
    """The server answered, and the answer is no."""

    def __init__(self, status: int, reason: str, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after_s = retry_after_s


class Stopped(Exception):
    """The download was called off."""


class Sink(Protocol):
    """Where a download goes: what is there already counts."""

    offset: int

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""

    def write(self, chunk: bytes) -> None:
        """Append bytes."""

    def restart(self) -> None:
        """Begin again from nothing."""


@dataclass(frozen=True, slots=True)
class ManifestAnswer:
    """The envelope, or None when there is nothing newer; and how far our clock is ahead of the server's, in seconds."""

    envelope: bytes | None
    ahead_s: float | None


class Server:
    """One server, and how we prove who we are. Its methods may be called from several threads; each blocks."""

    def __init__(self, base_url: str, token: str | None, trust: Trust | None = None) -> None:
        self.trust = trust or Trust()
        self._token = token
        self._client = self._open(base_url)
        self.base_url = base_url

    def move(self, base_url: str) -> None:
        """Talk to another address from now on."""
        before, self._client, self.base_url = self._client, self._open(base_url), base_url
        before.close()

    def show(self, identity: Path) -> None:
        """Show another certificate from now on."""
        self.trust = replace(self.trust, identity=identity)
        self.move(self.base_url)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def ask_enrolment(self, request: dict[str, object]) -> bytes:
        """Ask to become a kiosk (playlists.enrolment); return the answer's JSON."""
        with self._ask("POST", "/enrolment", json=request, fine=(200, 202)) as answer:
            return _body(answer, MOST_ENROLMENT_BYTES)

    def renew(self, request: bytes) -> str:
        """Return a certificate's chain (PEM) for the new key of a request (PEM)."""
        with self._ask("POST", "/certificate", json={"csr": request.decode()}) as answer:
            return _chain(_body(answer, MOST_ANSWER_BYTES))

    def come_back(self, serial: str, request: bytes, signature: bytes) -> str:
        """Return the same where our certificate has ended: its key signed the request. Nothing else is shown."""
        body = {"serial": serial, "csr": request.decode(), "signature": base64.b64encode(signature).decode()}
        with (
            self._open(self.base_url, anonymous=True) as client,
            self._ask("POST", "/return", json=body, client=client) as answer,
        ):
            return _chain(_body(answer, MOST_ANSWER_BYTES))

    def prove(self, identity: Path) -> None:
        """Make one connection with another certificate; the server answers to it as ours.

        Raises:
            Unreachable, Refused: it does not.
        """
        trust = replace(self.trust, identity=identity)
        with (
            self._open(self.base_url, trust=trust) as client,
            self._ask("GET", "/settings", client=client) as answer,
        ):
            _body(answer, MOST_ANSWER_BYTES)

    def settings(self) -> bytes:
        """Return the JSON that says where the broker is and how often to poll."""
        with self._ask("GET", "/settings") as answer:
            return _body(answer, MOST_ANSWER_BYTES)

    def manifest(self, known_sha256: str | None) -> ManifestAnswer:
        """Return the assigned manifest's envelope unless it is the known one."""
        headers = {"If-None-Match": f'"{known_sha256}"'} if known_sha256 else {}
        with self._ask("GET", "/manifest", headers=headers, fine=(200, 304, 404)) as answer:
            ahead_s = _ahead_s(answer.headers.get("Date"))
            if answer.status_code != 200:
                return ManifestAnswer(None, ahead_s)
            return ManifestAnswer(_body(answer, MOST_MANIFEST_BYTES), ahead_s)

    def root(self, version: int) -> bytes | None:
        """Return the envelope of the root of a version, or None when there is none."""
        return self._document(f"/roots/{version}", Root.most_bytes)

    def release(self, sha256: str) -> bytes | None:
        """Return the envelope of the release whose payload has a digest, or None when there is none for us."""
        return self._document(f"/documents/{sha256}", Release.most_bytes)

    def signed(self, known: str | None) -> tuple[Signed, str | None] | None:
        """Return what the topics say, with its mark; None when that is what `known` marks.

        Raises:
            Malformed: the answer is not of its form.
        """
        headers = {"If-None-Match": known} if known else {}
        with self._ask("GET", "/trust", headers=headers, fine=(200, 304)) as answer:
            if answer.status_code != 200:
                return None
            return read_signed(_body(answer, MOST_SIGNED_BYTES)), answer.headers.get("ETag")

    def withdrawals(self, page: int) -> WithdrawalPage:
        """Return a page of all withdrawals; the first is 1.

        Raises:
            Malformed: the answer is not of its form.
        """
        with self._ask("GET", "/withdrawals", params={"page": page}) as answer:
            return read_withdrawals(_body(answer, MOST_SIGNED_BYTES))

    def time(self, nonce: str) -> bytes | None:
        """Return the envelope that answers a nonce with the time, or None where the server has no key for that."""
        with self._ask("POST", "/time", json={"nonce": nonce}, fine=(200, 404)) as answer:
            return _body(answer, MOST_ANSWER_BYTES) if answer.status_code == 200 else None

    def _document(self, path: str, most: int) -> bytes | None:
        with self._ask("GET", path, fine=(200, 404)) as answer:
            return _body(answer, most) if answer.status_code == 200 else None

    def segment(self, sha256: str, sink: Sink, progress: Callable[[int], None], stopped: Callable[[], bool]) -> None:
        """Bring what is missing of a segment into a sink; what came in before a failure stays there."""
        if sink.whole:
            return
        headers = {"Range": f"bytes={sink.offset}-", "If-Range": f'"{sha256}"'} if sink.offset else {}
        with self._ask("GET", f"/segments/{sha256}", headers=headers, fine=(200, 206, 416)) as answer:
            resumed = answer.status_code == 206
            if resumed and not answer.headers.get("Content-Range", "").startswith(f"bytes {sink.offset}-"):
                sink.restart()
                raise Unreachable("the server sent another range than was asked for")
            if not resumed and sink.offset:
                sink.restart()
            if answer.status_code == 416:
                raise Unreachable("the server has fewer bytes than we hold; the download begins again")
            for chunk in _chunks(answer):
                if stopped():
                    raise Stopped
                sink.write(chunk)
                progress(sink.offset)
        if not sink.whole:
            raise Unreachable(f"the server's answer ended after {sink.offset} bytes")

    def capture(self, jpeg: bytes, captured_at: datetime) -> None:
        """Send a picture of the panel."""
        headers = {"Content-Type": "image/jpeg", "X-Bangtin-Captured-At": format_instant(captured_at)}
        with self._ask("POST", "/capture", headers=headers, content=jpeg):
            return

    def _open(self, base_url: str, *, trust: Trust | None = None, anonymous: bool = False) -> httpx.Client:
        headers = {"Accept-Encoding": "identity"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        context = (trust or self.trust).context(anonymous=anonymous)
        return httpx.Client(
            base_url=base_url.rstrip("/"), headers=headers, timeout=TIMEOUT, verify=context, trust_env=False
        )

    @contextmanager
    def _ask(
        self,
        method: str,
        path: str,
        *,
        fine: tuple[int, ...] = (200, 201, 204),
        client: httpx.Client | None = None,
        **rest: Any,
    ) -> Iterator[httpx.Response]:
        try:
            with (client or self._client).stream(method, ROOT + path, **rest) as answer:
                if answer.status_code not in fine:
                    raise Refused(answer.status_code, _problem(answer), _retry_after_s(answer))
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise Unreachable(f"{type(error).__name__}: {str(error) or 'no answer'} ({self.base_url})") from error
        except RuntimeError as error:
            raise Unreachable("the connection was closed because the server moved") from error


def _chain(content: bytes) -> str:
    return _Certificate.model_validate_json(content).certificate_pem


class _Certificate(BaseModel):
    certificate_pem: Annotated[str, Field(max_length=16_384)]


def is_safe_address(base_url: str) -> bool:
    """Tell whether a token may travel to an address: https anywhere, http on the loopback only."""
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def _chunks(answer: httpx.Response) -> Iterator[bytes]:
    # without a chunk size, so that what came before a break is not lost in a buffer
    return answer.iter_raw()


def _body(answer: httpx.Response, most: int) -> bytes:
    content = bytearray()
    for chunk in _chunks(answer):
        content += chunk
        if len(content) > most:
            raise Refused(answer.status_code, f"the server's answer is larger than {most} bytes")
    return bytes(content)


def _problem(answer: httpx.Response) -> str:
    """Return the sentence of an RFC 9457 problem, or the bare status."""
    plain = f"the server answered {answer.status_code}"
    try:
        content = _body(answer, MOST_ANSWER_BYTES)
        document = httpx.Response(200, content=content).json()
    except (Refused, ValueError, RecursionError):
        return plain
    detail = document.get("detail") or document.get("title") if isinstance(document, dict) else None
    return f"{plain}: {detail[:300]}" if isinstance(detail, str) else plain


def _retry_after_s(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0


def _ahead_s(date: str | None) -> float | None:
    try:
        said = parsedate_to_datetime(date) if date else None
    except ValueError:
        return None
    if said is None:
        return None
    return (datetime.now(UTC) - (said if said.tzinfo else said.replace(tzinfo=UTC))).total_seconds()

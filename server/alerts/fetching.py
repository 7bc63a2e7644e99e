"""Fetching a document of a stranger by https: named hosts only, no private address, no redirection, with limits.

The name is resolved once, every address is judged, and the connection goes to a judged address: a name that answers
differently the next time leads nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

HTTPS_PORT = 443
LONGEST_S = 20.0
"""For one document: name, connection and all bytes."""
PIECE = 64 << 10
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Iterable[str]]


class NotFetched(Exception):
    """Nothing came that could be used; the message is a sentence that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; `content` is None when nothing has changed."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


class Fetches(Protocol):
    """Gets documents from outside."""

    def get(
        self, url: str, hosts: frozenset[str], most_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Return the document at an address on one of the hosts.

        Raises:
            NotFetched: the address may not be asked, does not answer in time, or answers something else.
        """


class Web:
    """Gets documents by https."""

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        may_reach: Callable[[Address], bool] | None = None,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._context = context or ssl.create_default_context()
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._resolve = resolve or resolved
        self._may_reach = may_reach or is_public
        self._longest_s = longest_s

    def get(
        self, url: str, hosts: frozenset[str], most_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Return the document at an address on one of the hosts.

        Raises:
            NotFetched: the address may not be asked, does not answer in time, or answers something else.
        """
        host, port, path = parted(url, hosts)
        ends_at = time.monotonic() + self._longest_s
        try:
            connection = self._connect(host, port, ends_at)
            try:
                return _ask(connection, path, most_bytes, dict(headers or {}), ends_at)
            finally:
                connection.close()
        except TimeoutError as error:
            raise NotFetched(f"{host} did not answer within {self._longest_s:.0f} seconds.") from error
        except ssl.SSLCertVerificationError as error:
            raise NotFetched(f"{host} did not prove who it is ({error.verify_message}).") from error
        except (OSError, http.client.HTTPException) as error:
            raise NotFetched(f"{host} could not be reached ({type(error).__name__}: {str(error)[:120]}).") from error

    def _connect(self, host: str, port: int, ends_at: float) -> http.client.HTTPSConnection:
        addresses = [_parsed(text) for text in self._resolve(host, port)]
        if not addresses or not all(self._may_reach(one) for one in addresses):
            raise NotFetched(f"{host} leads to an address that is not on the public internet, or to none.")
        connection = http.client.HTTPSConnection(host, port, context=self._context)
        plain = _first_open(addresses, port, ends_at)
        try:
            plain.settimeout(_left(ends_at))
            connection.sock = self._context.wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
        return connection


def parted(url: str, hosts: frozenset[str]) -> tuple[str, int, str]:
    """Return host, port, and path with query of an address that may be asked.

    Raises:
        NotFetched: it is not https, names a user, or lies on none of the hosts.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or HTTPS_PORT
    except ValueError as error:
        raise NotFetched(f"{url[:200]} is no address ({error}).") from error
    if parts.scheme != "https" or parts.username is not None or parts.password is not None:
        raise NotFetched(f"{url[:200]} is no https address without user name.")
    named = host if port == HTTPS_PORT else f"{host}:{port}"
    if named not in hosts:
        raise NotFetched(f"{named[:200]} is not among the hosts that feeds may lie on.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or any(char <= " " for char in path):
        raise NotFetched(f"{url[:200]} is no address: it holds spaces or letters that an address cannot hold.")
    return host, port, path


def is_public(address: Address) -> bool:
    """Tell whether an address lies on the public internet; what wraps another address never does."""
    if isinstance(address, ipaddress.IPv6Address):
        wraps = address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64
        if wraps:
            return False
    return address.is_global and not address.is_multicast


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _parsed(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _first_open(addresses: Iterable[Address], port: int, ends_at: float) -> socket.socket:
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=_left(ends_at))
        except OSError as error:
            failure = error
    raise failure


def _ask(
    connection: http.client.HTTPSConnection, path: str, most_bytes: int, headers: dict[str, str], ends_at: float
) -> Fetched:
    plain = {"User-Agent": "bangtin", "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET", path, headers=plain | headers)
    answer = connection.getresponse()
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return Fetched(None)
    if answer.status != HTTPStatus.OK:
        moved = answer.getheader("Location")
        more = f" and names {moved[:200]}; give the feed its new address" if moved else ""
        raise NotFetched(f"{connection.host} answered {answer.status}{more}.")
    if answer.getheader("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise NotFetched(f"{connection.host} sent a compressed document, which was not asked for.")
    content = bytearray()
    while piece := _piece(connection, answer, ends_at):
        content += piece
        if len(content) > most_bytes:
            raise NotFetched(f"{connection.host} sent more than {most_bytes} bytes.")
    etag, changed = answer.getheader("ETag", ""), answer.getheader("Last-Modified", "")
    return Fetched(bytes(content), etag if len(etag) <= 400 else "", changed if len(changed) <= 100 else "")


def _piece(connection: http.client.HTTPSConnection, answer: http.client.HTTPResponse, ends_at: float) -> bytes:
    left = _left(ends_at)
    if connection.sock is not None:
        connection.sock.settimeout(left)
    return answer.read1(PIECE)


def _left(ends_at: float) -> float:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left

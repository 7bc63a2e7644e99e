"""The broker's port: what the server needs of a broker, whoever runs it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from server.authority.store import write_durably
from server.mqtt.address import BrokerAddress
from server.mqtt.admitted import Admitted

LOOPBACK = "127.0.0.1"


class BrokerFailed(Exception):
    """A broker could not be started or reached; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the server itself connects, and as whom."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca_pem: str | None = None
    certificate: Path | None = None
    """Chain (PEM) of the certificate with which the server proves who it is; its key lies beside it."""
    certificate_key: Path | None = None


class Broker(Protocol):
    """A broker that can be started, asked for its address, and told who may connect."""

    authenticated: bool
    """Whether a message proves who sent it; false for the embedded broker, which has one password for all."""

    def start(self) -> None:
        """Make it run and listen; harmless when it does.

        Raises:
            BrokerFailed: it does not come up.
        """

    def stop(self) -> None:
        """End it; harmless when it has ended."""

    def ensure_running(self) -> None:
        """Start it again when it has died.

        Raises:
            BrokerFailed: it does not come up.
        """

    def for_kiosks(self) -> BrokerAddress:
        """Return where kiosks connect."""

    def for_server(self) -> Endpoint:
        """Return where the server connects, with its credentials."""

    def authorise(self, admitted: Admitted) -> None:
        """Let in exactly these, besides the server."""

    def end_session(self, kiosk_id: UUID) -> bool:
        """End what a kiosk that was shut out still holds; False: not yet, it is to be tried again."""


def steady_port(folder: Path) -> int:
    """Return the port of the last start when it is free, else a free one, and remember it in `folder`.

    A broker that returns on its port is found by kiosks at once, without a poll over HTTPS.
    """
    remembered = folder / "port"
    try:
        port = int(remembered.read_text())
    except (OSError, ValueError):
        port = 0
    port = _bindable(port) or _bindable(0)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    remembered.write_text(str(port))
    return port


def _bindable(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return 0
        return int(probe.getsockname()[1])


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    write_durably(path, content.encode(), 0o600)

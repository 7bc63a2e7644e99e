"""systemd's notifications (sd_notify): ready, alive, stopping. Without systemd nothing happens."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Watchdog:
    """The socket that systemd gave this process, if any."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        name = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + name[1:] if name.startswith("@") else name

    def ready(self) -> None:
        """Say that the agent has started."""
        self._notify(b"READY=1")

    def feed(self) -> None:
        """Say that pictures advance."""
        self._notify(b"WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the agent ends by request."""
        self._notify(b"STOPPING=1")

    def _notify(self, word: bytes) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.sendto(word, self._address)

"""A bad link between a browser and a server: whole, cut, or one that loses answers after the server got the request."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from enum import StrEnum

PIECE = 1 << 16


class Link(StrEnum):
    """How the link is."""

    WHOLE = "whole"
    CUT = "cut"
    """Nobody is reached."""
    MUTE = "mute"
    """What is sent arrives; the answer to a write never does."""


class Relay:
    """Carries bytes from its own port to the server's, as good as `link` says."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.link = Link.WHOLE
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Break every connection and let none through."""
        self.link = Link.CUT
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        self.cut()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.link is Link.CUT:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._open |= {near, far}
            spoken = threading.Event()
            threading.Thread(target=self._carry, args=(near, far, spoken, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, spoken, False), daemon=True).start()

    def _carry(self, source: socket.socket, to: socket.socket, writes: threading.Event, is_request: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if is_request and piece.startswith(b"POST "):
                    writes.set()
                if not is_request and self.link is Link.MUTE and writes.is_set():
                    break  # the server has answered, and so has done it; the phone never hears
                to.sendall(piece)
        for one in (source, to):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._open.discard(one)


@contextlib.contextmanager
def bad_link(port: int) -> Iterator[Relay]:
    """Lend a relay to a server's port."""
    relay = Relay(port)
    try:
        yield relay
    finally:
        relay.close()

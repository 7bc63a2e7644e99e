"""A proxy that is a bad link: slower than it could be, and cut at given places of what passes it towards the server.

A cut is what a broken link looks like from both ends: both connections are reset, and what was underway is gone.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

_PIECE_BYTES = 64 << 10
_BUFFER_BYTES = 128 << 10
"""Of the sockets: a link holds little of what is underway, the loopback's own buffers would hold megabytes."""
_RESET = struct.pack("ii", 1, 0)


@dataclass
class BadLink:
    """The proxy's address and what it did so far."""

    server: tuple[str, int]
    cut_at: list[int]
    """Counts of bytes towards the server after which the link breaks, growing."""
    bytes_per_s: int | None = None
    host: str = "127.0.0.1"
    port: int = 0
    forwarded: int = 0
    """Bytes that were passed on towards the server, headers included."""
    cuts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self._start(self._carry, client)

    def _start(self, target: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]  # bound methods
        self._threads.append(thread)
        thread.start()
        return thread

    def _carry(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self.server, timeout=30)
        except OSError:
            client.close()
            return
        server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        server.settimeout(None)
        self._open |= {client, server}
        back = self._start(self._back, server, client)
        with contextlib.suppress(OSError):
            self._forth(client, server)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)
        back.join(60)
        for end in (client, server):
            end.close()
            self._open.discard(end)

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        while piece := client.recv(_PIECE_BYTES):
            if self.bytes_per_s is not None:
                time.sleep(len(piece) / self.bytes_per_s)
            with self._lock:
                left = self.cut_at[0] - self.forwarded if self.cut_at else len(piece) + 1
                passed = piece[: max(0, left)]
                self.forwarded += len(passed)
                is_cut = left <= len(piece)
                if is_cut:
                    self.cut_at.pop(0)
                    self.cuts += 1
            server.sendall(passed)
            if is_cut:
                self._reset(client, server)
                return

    @staticmethod
    def _reset(*ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.shutdown(socket.SHUT_RD)
                end.close()

    @staticmethod
    def _back(server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE_BYTES):
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End every connection."""
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)


@contextmanager
def bad_link(
    server: tuple[str, int], cut_at: Sequence[int] = (), *, bytes_per_s: int | None = None
) -> Iterator[BadLink]:
    """Stand between a client and a server while the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        link = BadLink(server, sorted(cut_at), bytes_per_s, port=listener.getsockname()[1])
        accepting = threading.Thread(target=link.serve, args=(listener,), daemon=True)
        accepting.start()
        try:
            yield link
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            link.close()
            accepting.join(10)

"""The cable between a kiosk and the world: bytes are handed on, until it is cut, which no end hears of."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

PIECE = 65_536
REACH_S = 5.0


class Cable:
    """A port of its own for one address. `cut` drops bytes and connections without a word, as a dead 4G link does."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._whole = threading.Event()
        self._whole.set()
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False
        threading.Thread(target=self._listen, name="cable", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        """Where the kiosk connects instead."""
        return int(self._listener.getsockname()[1])

    @property
    def is_whole(self) -> bool:
        """Whether bytes are handed on."""
        return self._whole.is_set()

    def cut(self) -> None:
        """Hand nothing on any more; no end hears of it."""
        self._whole.clear()

    def mend(self) -> None:
        """Let new connections through; those that were cut are lost, as their bytes are."""
        self._hang_up()
        self._whole.set()

    def close(self) -> None:
        """End everything."""
        self._closed = True
        self._listener.close()
        self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _listen(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._ends.add(near)
            if not self._whole.is_set():
                continue  # it was answered by the listener's own queue; nothing will ever be said on it
            try:
                far = socket.create_connection(self._to, REACH_S)
                far.settimeout(None)
            except OSError:
                self._forget(near)
                continue
            with self._lock:
                self._ends.add(far)
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._hand_on, args=(source, target), daemon=True).start()

    def _hand_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if self._whole.is_set():
                    target.sendall(piece)
        if self._whole.is_set():
            self._forget(source)
            self._forget(target)

    def _forget(self, end: socket.socket) -> None:
        with self._lock:
            self._ends.discard(end)
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()

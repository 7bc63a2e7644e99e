"""A Colorlight processor: it takes commands on TCP 9999, obeys, and never says anything."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import Self

from simulator.led.wall import Wall

HEAD = 4
ALL_DEVICES = b"\xff\xff"


def frames(stream: bytes) -> tuple[list[bytes], bytes]:
    """Cut a stream into frames and return the rest; the V form has a zero before its length, the Z form after it."""
    found = []
    while len(stream) >= HEAD:
        length = stream[2] or stream[3]
        if length < HEAD:
            stream = stream[1:]
            continue
        if len(stream) < length:
            break
        found.append(stream[:length])
        stream = stream[length:]
    return found, stream


class ColorlightDoor:
    """The TCP port. `heard` are all frames but heart-beats."""

    def __init__(self, wall: Wall, host: str = "127.0.0.1", port: int = 0) -> None:
        self.wall = wall
        self.heard: list[bytes] = []
        self.beats = 0
        self._door = socket.create_server((host, port))
        self.port: int = self._door.getsockname()[1]
        self._guests: list[socket.socket] = []
        self._thread = threading.Thread(target=self._welcome, name="led-colorlight", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        for one in (self._door, *self._guests):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                guest, _ = self._door.accept()
                self._guests.append(guest)
                threading.Thread(target=self._listen, args=(guest,), daemon=True).start()

    def _listen(self, guest: socket.socket) -> None:
        rest = b""
        with suppress(OSError):
            while piece := guest.recv(4096):
                complete, rest = frames(rest + piece)
                for frame in complete:
                    self._obey(frame)

    def _obey(self, frame: bytes) -> None:
        if frame[:2] == b"\x99\x99":
            self.beats += 1
            return
        self.heard.append(frame)
        cards = list(self.wall.answering(None, None))
        kind, last = frame[:2], frame[-1]
        for card in cards:
            if kind == b"\x21\x00":
                card.brightness[0] = round(struct.unpack("<f", frame[-4:])[0] * 2.55)
            elif kind == b"\x50\x10":
                card.brightness[0] = round(int.from_bytes(frame[-2:], "little") * 255 / 10_000)
            elif kind == b"\x11\x00":
                card.blackout = 0 if last else 0xFF
            elif kind == b"\x10\x10":
                card.blackout = 0xFF if last else 0
            elif kind == b"\x32\x00":
                card.pattern = frame[16]
            elif kind == b"\x12\x10":
                card.pattern = last

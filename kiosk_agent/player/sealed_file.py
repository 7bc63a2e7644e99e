"""Reads a file under its seal: no byte is handed out that is not what was verified, whatever happens on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk_agent.core.seal import Verified, piece_of, seal


class BytesChanged(OSError):
    """The file is not what it was when it was verified."""


class SealedFile:
    """An open file that checks each piece as it reads it; for one thread. The same descriptor all the way."""

    def __init__(self, verified: Verified) -> None:
        """Open the file.

        Raises:
            BytesChanged: it has another size.
            OSError: it is not there.
        """
        self._seal = verified.seal
        self._descriptor = os.open(verified.path, os.O_RDONLY | os.O_CLOEXEC)
        self._place = 0
        self._held: tuple[int, bytes] = (-1, b"")
        if os.fstat(self._descriptor).st_size != self._seal.size:
            self.close()
            raise BytesChanged("its size is not what it was when it was verified")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most so many; fewer only at a piece's end or the file's.

        Raises:
            BytesChanged: they are not what was verified.
        """
        left = self._seal.size - self._place
        if left <= 0 or size == 0:
            return b""
        if size < 0:
            return b"".join(iter(lambda: self.read(self._seal.piece), b""))
        number, begin = divmod(self._place, self._seal.piece)
        found = self._piece(number)[begin : begin + size]
        self._place += len(found)
        return found

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; return it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._seal.size}[whence]
        self._place = max(0, base + place)
        return self._place

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            content = _read(self._descriptor, number * self._seal.piece, self._seal.length(number))
            if not self._seal.holds(number, content):
                raise BytesChanged("its bytes are not what they were when they were verified")
            self._held = number, content
        return self._held[1]


def sealed_now(path: Path) -> Verified:
    """Return a file that the kiosk has just made itself, under a seal of its bytes as they are.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        _, made = seal(size, iter(lambda: file.read(piece_of(size)), b""))
    return Verified(path, made)


def _read(descriptor: int, place: int, length: int) -> bytes:
    found = bytearray()
    while len(found) < length and (more := os.pread(descriptor, length - len(found), place + len(found))):
        found += more
    return bytes(found)

"""Segment files, named by their SHA-256: `segments/ab/abcd….mp4`, and `incoming/abcd….part` while they come in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk_agent.core.seal import Seal, piece_of, seal
from kiosk_agent.store.disk import Disk
from playlists.ids import is_sha256

CHUNK = 1 << 20


class WrongBytes(Exception):
    """What came in is not what its digest and size say; nothing of it is kept."""


class Segments:
    """The folder of segments. Safe to read from several threads; one thread writes."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._final = folder / "segments"
        self._incoming = folder / "incoming"
        self._disk = disk

    def path(self, sha256: str) -> Path:
        """Return where a segment lies, or would lie."""
        return self._final / sha256[:2] / f"{sha256}.mp4"

    def part(self, sha256: str, size: int) -> Part:
        """Open an incoming file; what an earlier run left is hashed again and goes on from there."""
        return Part(self._incoming / f"{sha256}.part", self.path(sha256), sha256, size, self._disk)

    def sealed(self, sha256: str) -> Seal | None:
        """Read a segment from the disk and return the seal of its bytes; None when they are not what its name says."""
        try:
            with self.path(sha256).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                found, made = seal(size, iter(lambda: file.read(piece_of(size)), b""))
        except OSError:
            return None
        return made if found == sha256 else None

    def size(self, sha256: str) -> int | None:
        """Return a stored segment's size, or None when it is not there."""
        try:
            return self.path(sha256).stat().st_size
        except OSError:
            return None

    def drop(self, sha256: str) -> None:
        """Remove a segment."""
        self._disk.unlink(self.path(sha256))

    def drop_parts(self, keep: frozenset[str]) -> None:
        """Remove incoming files of segments that nobody needs."""
        for path in self._incoming.glob("*.part"):
            if path.stem not in keep:
                self._disk.unlink(path)

    def found(self) -> Iterator[str]:
        """Yield the digests of all files that have a segment's name."""
        for path in self._final.glob("*/*.mp4"):
            if is_sha256(path.stem) and path.parent.name == path.stem[:2]:
                yield path.stem


class Part:
    """A segment that is coming in: appended, hashed while it streams, and kept only when whole."""

    def __init__(self, path: Path, final: Path, sha256: str, size: int, disk: Disk) -> None:
        self._path, self._final, self._disk = path, final, disk
        self._sha256, self._size = sha256, size
        self._file: FileIO | None = None
        self._hash = hashlib.sha256()
        self.offset = 0

    def __enter__(self) -> Self:
        self._file = self._disk.append(self._path)
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK):
                self._hash.update(chunk)
                self.offset += len(chunk)
        if self.offset > self._size:
            self.restart()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def whole(self) -> bool:
        """Whether as many bytes as were promised are here."""
        return self.offset == self._size

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            WrongBytes: there are more than the manifest promised.
            OSError: the disk is full or broken; what was written stays for another try.
        """
        if self.offset + len(chunk) > self._size:
            self._forget()
            raise WrongBytes(f"more than the promised {self._size} bytes came in")
        self._disk.write(self._writable(), chunk)
        self._hash.update(chunk)
        self.offset += len(chunk)

    def restart(self) -> None:
        """Begin again from nothing."""
        self._writable().truncate(0)
        self._hash = hashlib.sha256()
        self.offset = 0

    def keep(self) -> None:
        """Give the segment its name, synced to the disk.

        Raises:
            WrongBytes: its bytes are not what its digest says.
            OSError: the disk is full or broken.
        """
        self._close()
        if not self.whole or self._hash.hexdigest() != self._sha256:
            self._forget()
            raise WrongBytes(f"{self.offset} bytes came in whose SHA-256 is {self._hash.hexdigest()[:12]}…")
        self._disk.publish(self._path, self._final)

    def _writable(self) -> FileIO:
        if self._file is None:
            raise ValueError("the incoming file is not open")
        return self._file

    def _forget(self) -> None:
        self._close()
        self._disk.unlink(self._path)

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

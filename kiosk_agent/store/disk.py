"""The few file operations that the store stands on, as a port, so that a full or broken disk can be tried."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """Writes that survive a power cut. Every method raises OSError as the system does."""

    def append(self, path: Path) -> FileIO:
        """Open a file for appending, made when missing."""

    def write(self, file: FileIO, content: bytes) -> None:
        """Write to an open file."""

    def publish(self, temporary: Path, final: Path) -> None:
        """Sync a file, give it its final name, and sync the folder: afterwards it is whole, or it was never there."""

    def unlink(self, path: Path) -> None:
        """Remove a file, if it is there."""


class RealDisk:
    """The disk of this machine."""

    def append(self, path: Path) -> FileIO:
        """Open a file for appending."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab", buffering=0)

    def write(self, file: FileIO, content: bytes) -> None:
        """Write to an open file, all of it."""
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]

    def publish(self, temporary: Path, final: Path) -> None:
        """Temporary file, fsync, rename, fsync of the folder."""
        final.parent.mkdir(parents=True, exist_ok=True)
        with _opened(temporary, os.O_RDONLY) as file:
            os.fsync(file)
        temporary.replace(final)
        with _opened(final.parent, os.O_RDONLY) as folder:
            os.fsync(folder)

    def unlink(self, path: Path) -> None:
        """Remove a file, if it is there."""
        path.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

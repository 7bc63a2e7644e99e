"""Uploads on their way: one file each, whose size says how far it has come.

Bytes are only ever added at the end and are synced at the end of every piece, so what a kill -9 or a power cut leaves
is a beginning of the upload, and the next piece goes on from there. What an upload means is left to the tables.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from uuid import UUID

import anyio

from server.media.blobs import BlobFault, StorageFull, disk_errors, sync_folder

SYNC_BYTES = 16 << 20
"""So much is lost at most when the power goes during one long piece."""
KEPT_FREE_BYTES = 64 << 20
TURN_S = 20.0


class Busy(BlobFault):
    """Another process writes this upload at the moment."""


class Superseded(Exception):
    """A newer request for the same upload took over."""


class Found(NamedTuple):
    """An unfinished file: whose it is, its bytes, and when it last grew."""

    upload_id: UUID
    size: int
    grown_at: datetime


class IncomingFiles:
    """The unfinished uploads in one folder; several processes may use it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with disk_errors(root):
            root.mkdir(parents=True, exist_ok=True)

    def path(self, upload_id: UUID) -> Path:
        """Return where the bytes of an upload lie or would lie."""
        return self._root / f"{upload_id}.part"

    def size(self, upload_id: UUID) -> int:
        """Return how many bytes are there; 0 before the first."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def found(self) -> Iterator[Found]:
        """Yield every file of the folder that belongs to an upload."""
        for path in sorted(self._root.glob("*.part")):
            with contextlib.suppress(ValueError, FileNotFoundError):
                state = path.stat()
                yield Found(UUID(path.stem), state.st_size, datetime.fromtimestamp(state.st_mtime, UTC))

    def room(self) -> int:
        """Return how many bytes may still come before the disk counts as full."""
        return max(0, shutil.disk_usage(self._root).free - KEPT_FREE_BYTES)

    def open(self, upload_id: UUID) -> IncomingWriter:
        """Open an upload for adding at its end.

        Raises:
            Busy: another process does.
            BlobFault: the folder cannot be written.
        """
        return IncomingWriter(self.path(upload_id))

    def remove(self, upload_id: UUID) -> None:
        """Remove the bytes of an upload; harmless when there are none."""
        self.path(upload_id).unlink(missing_ok=True)


class IncomingWriter:
    """Adds bytes to one upload. Leaving the block brings what was written to the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with disk_errors(path):
            is_new = not path.exists()
            self._file = path.open("ab", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise Busy("Another connection still sends this upload; try again in some seconds.") from None
        if is_new:
            sync_folder(path.parent)
        self.began_at = self.size = os.fstat(self._file.fileno()).st_size
        self._synced = self.size

    def write(self, piece: bytes) -> None:
        """Add bytes at the end.

        Raises:
            StorageFull: the disk is full; what fitted is kept, and the upload can go on later.
        """
        rest = memoryview(piece)
        with disk_errors(self._path):
            while rest:
                written = os.write(self._file.fileno(), rest)
                self.size += written
                rest = rest[written:]
        if self.size - self._synced >= SYNC_BYTES:
            self.sync()

    def sync(self) -> None:
        """Bring what was written to the disk."""
        if self.size != self._synced:
            with disk_errors(self._path):
                os.fsync(self._file.fileno())
            self._synced = self.size

    def undo(self) -> None:
        """Drop what was added since the file was opened."""
        with disk_errors(self._path):
            os.ftruncate(self._file.fileno(), self.began_at)
        self.size = self.began_at

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.sync()
        finally:
            self._file.close()


@dataclass
class _Holder:
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    ended: anyio.Event = field(default_factory=anyio.Event)


class Turns:
    """One request at a time for each upload, and the newest wins.

    A connection that broke is often not noticed here for minutes, while its owner is back already: the new request
    ends the old one, which keeps what it has.
    """

    def __init__(self) -> None:
        self._holders: dict[UUID, _Holder] = {}

    @asynccontextmanager
    async def take(self, upload_id: UUID) -> AsyncIterator[None]:
        """Hold the turn of an upload while the block lasts.

        Raises:
            Superseded: a newer request took it; the block was cancelled.
            Busy: the one before does not end.
        """
        while (before := self._holders.get(upload_id)) is not None:
            before.scope.cancel()
            with anyio.move_on_after(TURN_S) as waiting:
                await before.ended.wait()
            if waiting.cancelled_caught:
                raise Busy("The connection before this one does not end; try again in some seconds.")
        mine = self._holders[upload_id] = _Holder()
        try:
            with mine.scope:
                yield
        finally:
            del self._holders[upload_id]
            mine.ended.set()
        if mine.scope.cancelled_caught:
            raise Superseded


__all__ = ["Busy", "Found", "IncomingFiles", "IncomingWriter", "StorageFull", "Superseded", "Turns"]

"""A content-addressed store in a folder: every file is named by the SHA-256 of its bytes.

A blob appears under its final name only when all of its bytes are on the disk (temporary file, fsync, rename, fsync of
the folder), so a power cut or kill -9 leaves a whole blob or none. What a blob means is left to the tables.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PIECE_BYTES = 1024 * 1024


class BlobFault(Exception):
    """Something that the store could not do; the text is a sentence."""


class BlobTooLarge(BlobFault):
    """More bytes came than the caller allowed."""


class BlobMissing(BlobFault):
    """No blob of this digest is stored."""


class BlobMismatch(BlobFault):
    """The bytes are not those that were announced."""


class StorageFull(BlobFault):
    """The disk or the quota is full."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob that is safely on the disk: SHA-256 in lower-case hex, size in bytes."""

    sha256: str
    size: int


class IncomingBlob:
    """A blob that is being written; made by `BlobStore.incoming`, ended by `commit` or `abort`.

    Usable as a context manager: leaving the block without `commit` aborts.
    """

    def __init__(self, store: BlobStore, path: Path, most_bytes: int) -> None:
        self._store = store
        self._path = path
        self._most_bytes = most_bytes
        self._digest = hashlib.sha256()
        self._open = True
        self.size = 0
        with disk_errors(path):
            self._file = _locked(path)

    def write(self, piece: bytes) -> None:
        """Add bytes at the end.

        Raises:
            BlobTooLarge: the cap is passed; nothing of the blob is kept.
            StorageFull: the disk is full; nothing of the blob is kept.
        """
        self.size += len(piece)
        if self.size > self._most_bytes:
            self.abort()
            raise BlobTooLarge(f"The file is larger than the {self._most_bytes} bytes that are allowed.")
        try:
            with disk_errors(self._path):
                self._file.write(piece)
        except BlobFault:
            self.abort()
            raise
        self._digest.update(piece)

    def commit(self, expected_sha256: str | None = None) -> StoredBlob:
        """Make the blob part of the store and return its name and size.

        Raises:
            BlobMismatch: the bytes are not those of `expected_sha256`; nothing is kept.
            StorageFull: the disk is full; nothing is kept.
        """
        sha256 = self._digest.hexdigest()
        try:
            if expected_sha256 is not None and sha256 != expected_sha256:
                raise BlobMismatch(f"The bytes have the digest {sha256}, not {expected_sha256} as announced.")
            with disk_errors(self._path):
                self._file.flush()
                os.fsync(self._file.fileno())
                self._store.place(self._path, sha256)
        except BlobFault:
            self.abort()
            raise
        self._end()
        return StoredBlob(sha256, self.size)

    def abort(self) -> None:
        """Drop what was written; harmless when the blob is already ended."""
        if self._open:
            self._path.unlink(missing_ok=True)
        self._end()

    def _end(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):  # a full disk fails the flush of what is dropped anyway
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.abort()


class BlobStore:
    """The store in one folder: `aa/<sha256>` for blobs, `incoming/` for what is not yet one.

    Several processes may use one folder. A temporary file is locked as long as its writer lives; the sweep at start
    removes those that nobody holds.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        with disk_errors(root):
            self._incoming.mkdir(parents=True, exist_ok=True)
        self.sweep()

    def incoming(self, most_bytes: int) -> IncomingBlob:
        """Begin a blob of at most `most_bytes` bytes."""
        return IncomingBlob(self, self._incoming / f"{uuid.uuid4().hex}.part", most_bytes)

    def put_bytes(self, content: bytes) -> StoredBlob:
        """Store these bytes."""
        with self.incoming(len(content)) as blob:
            blob.write(content)
            return blob.commit()

    def put_file(self, source: Path, expected_sha256: str | None = None) -> StoredBlob:
        """Store a copy of the file, re-hashed on the way.

        Raises:
            BlobMismatch: the file's digest is not `expected_sha256`.
        """
        with source.open("rb") as file, self.incoming(os.fstat(file.fileno()).st_size) as blob:
            while piece := file.read(_PIECE_BYTES):
                blob.write(piece)
            return blob.commit(expected_sha256)

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Path]:
        """Lend an empty folder on the same disk, removed afterwards (by the next sweep after a kill)."""
        folder = self._incoming / f"{uuid.uuid4().hex}.work"
        with disk_errors(folder):
            lock = _locked(folder.with_suffix(".lock"))
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".lock").unlink(missing_ok=True)
            lock.close()

    def path(self, sha256: str) -> Path:
        """Return where a blob of this digest lies or would lie.

        Raises:
            ValueError: this is no SHA-256 in lower-case hex.
        """
        if _DIGEST.fullmatch(sha256) is None:
            raise ValueError(f"{sha256[:80]!r} is no SHA-256: 64 digits 0-9a-f.")
        return self._root / sha256[:2] / sha256

    def exists(self, sha256: str) -> bool:
        """Say whether the blob is stored."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """Open the blob for reading.

        Raises:
            BlobMissing: it is not stored.
        """
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise BlobMissing(f"No blob {sha256} is stored in {self._root}.") from None

    def read_bytes(self, sha256: str) -> bytes:
        """Return all bytes of the blob; see `open`."""
        with self.open(sha256) as file:
            return file.read()

    def size(self, sha256: str) -> int:
        """Return the blob's size in bytes; see `open`."""
        with self.open(sha256) as file:
            return os.fstat(file.fileno()).st_size

    def remove(self, sha256: str) -> None:
        """Remove a blob; harmless when it is not stored. Whether it may go is the caller's to know."""
        self.path(sha256).unlink(missing_ok=True)

    def place(self, finished: Path, sha256: str) -> None:
        """Give a finished, synced file on the same disk its final name, durably."""
        final = self.path(sha256)
        if not final.parent.is_dir():
            final.parent.mkdir(exist_ok=True)
            sync_folder(self._root)
        finished.rename(final)
        sync_folder(final.parent)

    def sweep(self) -> int:
        """Remove temporary files whose writer is gone; return how many."""
        return sum(_removed_if_orphan(path) for path in sorted(self._incoming.iterdir()))


def _removed_if_orphan(path: Path) -> bool:
    """Remove one entry of `incoming/` unless its writer lives; the lock is held until it is gone."""
    try:
        if path.suffix == ".work":
            if path.with_suffix(".lock").exists():
                return False
            shutil.rmtree(path, ignore_errors=True)
            return True
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path.with_suffix(".work"), ignore_errors=True)
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _locked(path: Path) -> BinaryIO:
    """Create the file and hold an advisory lock on it for as long as it is open."""
    while True:
        file = path.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # a sweep took it between the two calls


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the disk's errors into sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(f"The disk that holds {path.parent} is full; free some space and try again.") from error
        raise BlobFault(f"{path.parent} cannot be written: {error.strerror}.") from error

"""The index over the store: SQLite (WAL, FULL), which can be rebuilt from the files it counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from playlists.ids import is_sha256

_SCHEMA = """
CREATE TABLE IF NOT EXISTS segment (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, used_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS installed (
    one INTEGER PRIMARY KEY CHECK (one = 1), sha256 TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS error (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS run (one INTEGER PRIMARY KEY CHECK (one = 1), sid INTEGER NOT NULL);
"""
INDEX = "index.db"
KEPT_ERRORS = 20


class InstalledRow(NamedTuple):
    """Which manifest is installed; `at` is microseconds since 1970."""

    sha256: str
    seq: int
    at: int


class ErrorRow(NamedTuple):
    """A sentence for the technician; `at` is microseconds since 1970."""

    at: int
    text: str


class Damaged(Exception):
    """The index cannot be read; its files still can."""


_OF_THE_DISK = frozenset({"READONLY", "FULL", "CANTOPEN", "IOERR", "BUSY", "LOCKED", "PERM", "NOMEM", "PROTOCOL"})


def is_about_the_disk(error: Exception) -> bool:
    """Tell an error of a full, missing or read-only disk from one of a damaged file."""
    name = str(getattr(error, "sqlite_errorname", ""))
    return name.removeprefix("SQLITE_").split("_")[0] in _OF_THE_DISK


class Index:
    """One connection to the index. Writes are committed at the end of each method."""

    def __init__(self, path: Path) -> None:
        """Open the index, made when missing.

        Raises:
            Damaged: the file is no sound database.
            sqlite3.OperationalError: it cannot be opened or written (a full or read-only disk).
        """
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            sound = self._database.execute("PRAGMA quick_check").fetchone() == ("ok",)
            if sound:
                self._database.executescript(_SCHEMA)
                self._database.execute("SELECT sha256, size, used_at FROM segment LIMIT 1").fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            self.close()
            if is_about_the_disk(error):
                raise
            raise Damaged(f"{path} is damaged: {error}") from error
        if not sound:
            self.close()
            raise Damaged(f"{path} is damaged: its quick check failed")

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def segments(self) -> dict[str, int]:
        """Return digest and size of every stored segment, longest unused first."""
        rows = self._database.execute("SELECT sha256, size FROM segment ORDER BY used_at, sha256").fetchall()
        if not all(isinstance(sha256, str) and is_sha256(sha256) and isinstance(size, int) for sha256, size in rows):
            raise Damaged("the index names segments that cannot be")
        return dict(rows)

    def add(self, sha256: str, size: int, at: int) -> None:
        """Count a segment in."""
        self._database.execute("INSERT OR REPLACE INTO segment VALUES (?, ?, ?)", (sha256, size, at))

    def remove(self, digests: Iterable[str]) -> None:
        """Count segments out."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("DELETE FROM segment WHERE sha256 = ?", [(digest,) for digest in digests])

    def installed(self) -> InstalledRow | None:
        """Return which manifest is installed."""
        row = self._database.execute("SELECT sha256, seq, at FROM installed").fetchone()
        if row and not (isinstance(row[0], str) and is_sha256(row[0])):
            raise Damaged("the index names a manifest that cannot be")
        return InstalledRow(*row) if row else None

    def install(self, row: InstalledRow, sizes: Mapping[str, int]) -> None:
        """Make a manifest the installed one, in one transaction with the use of its segments.

        A segment whose file got its name just before a power cut is not counted yet; it is counted in here.
        """
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("INSERT OR REPLACE INTO installed VALUES (1, ?, ?, ?)", row)
            self._database.executemany(
                "INSERT INTO segment VALUES (?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET used_at = excluded.used_at",
                [(sha256, size, row.at) for sha256, size in sizes.items()],
            )

    def note_error(self, at: int, text: str) -> None:
        """Keep a sentence; only the newest few stay."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("INSERT INTO error (at, text) VALUES (?, ?)", (at, text))
            self._database.execute("DELETE FROM error WHERE id <= (SELECT max(id) FROM error) - ?", (KEPT_ERRORS,))

    def errors(self) -> list[ErrorRow]:
        """Return the newest errors, newest first."""
        return [ErrorRow(*row) for row in self._database.execute("SELECT at, text FROM error ORDER BY id DESC")]

    def next_sid(self, at: int) -> int:
        """Return a session number: the time in microseconds, or more when the clock went back since the last run."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            row = self._database.execute("SELECT sid FROM run").fetchone()
            sid = max(at, row[0] + 1 if row else 0)
            self._database.execute("INSERT OR REPLACE INTO run VALUES (1, ?)", (sid,))
        return sid

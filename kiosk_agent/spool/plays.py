"""Plays wait here until the server has committed them: SQLite of their own, so that they outlive a damaged index."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

from pydantic import ValidationError

from playlists.wire.messages import Play

log = logging.getLogger(__name__)
FILE = "spool.db"
MOST_PLAYS = 200_000
"""About three weeks of an item every ten seconds; beyond that the oldest go."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS play (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mark (one INTEGER PRIMARY KEY CHECK (one = 1), last_seq INTEGER NOT NULL);
"""


class PlaySpool:
    """Plays in order. On a disk that cannot be written they wait in memory."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.durable = True
        self._database = self._open()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @property
    def next_seq(self) -> int:
        """The number of the next play: one more than any play ever had here."""
        marked = self._database.execute("SELECT coalesce(max(last_seq), 0) FROM mark").fetchone()[0]
        kept = self._database.execute("SELECT coalesce(max(seq), 0) FROM play").fetchone()[0]
        return int(max(marked, kept)) + 1

    @property
    def waiting(self) -> int:
        """How many plays wait."""
        return int(self._database.execute("SELECT count(*) FROM play").fetchone()[0])

    def keep(self, play: Play) -> None:
        """Add a play, committed on return."""
        try:
            self._write(play)
        except sqlite3.OperationalError as error:
            log.warning("plays cannot be kept on the disk (%s); they wait in memory", error)
            self._to_memory()
            self._write(play)

    def oldest(self, most: int) -> tuple[Play, ...]:
        """Return the oldest plays, in order."""
        rows = self._database.execute("SELECT seq, body FROM play ORDER BY seq LIMIT ?", (most,)).fetchall()
        plays = []
        for seq, body in rows:
            try:
                plays.append(Play.model_validate_json(body))
            except ValidationError:
                log.warning("play %d in the spool is damaged and is dropped", seq)
                self.forget_one(seq)
        return tuple(plays)

    def forget(self, upto: int) -> None:
        """Drop the plays that the server has, and remember their number."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            last = max(self.next_seq - 1, 0)
            self._database.execute("DELETE FROM play WHERE seq <= ?", (upto,))
            self._database.execute("INSERT OR REPLACE INTO mark VALUES (1, ?)", (last,))

    def forget_one(self, seq: int) -> None:
        """Drop one play that cannot be read."""
        self._database.execute("DELETE FROM play WHERE seq = ?", (seq,))

    def _write(self, play: Play) -> None:
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("INSERT OR REPLACE INTO play VALUES (?, ?)", (play.seq, play.model_dump_json()))
            self._database.execute("DELETE FROM play WHERE seq <= ?", (play.seq - MOST_PLAYS,))

    def _open(self) -> sqlite3.Connection:
        try:
            return _prepared(self._path)
        except sqlite3.OperationalError as error:
            log.warning("the spool cannot be written (%s); plays wait in memory", error)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            log.warning("the spool is damaged (%s); a new one is begun", error)
            try:
                for suffix in ("-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                self._path.replace(self._path.with_name(self._path.name + ".damaged"))
                return _begun_anew(self._path)
            except (OSError, sqlite3.DatabaseError) as again:
                log.warning("no new spool can be begun: %s", again)
        self.durable = False
        return _begun_anew(Path(":memory:"))

    def _to_memory(self) -> None:
        memory = _prepared(Path(":memory:"))
        rows = self._database.execute("SELECT seq, body FROM play").fetchall()
        last = self.next_seq - 1
        memory.executemany("INSERT INTO play VALUES (?, ?)", rows)
        memory.execute("INSERT OR REPLACE INTO mark VALUES (1, ?)", (last,))
        self._database.close()
        self._database, self.durable = memory, False


def _begun_anew(path: Path) -> sqlite3.Connection:
    """Open an empty spool whose numbers lie above those of the lost one: no kiosk ends more than a play a second."""
    database = _prepared(path)
    database.execute("INSERT OR REPLACE INTO mark VALUES (1, ?)", (int(time.time()),))
    return database


def _prepared(path: Path) -> sqlite3.Connection:
    # made where the agent is wired, used by its loop alone
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        sound = database.execute("PRAGMA quick_check").fetchone() == ("ok",)
        if sound:
            database.executescript(_SCHEMA)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        database.close()
        raise
    if not sound:
        database.close()
        raise sqlite3.DatabaseError("its quick check failed")
    return database

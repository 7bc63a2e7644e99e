"""What was accepted of signed documents, on the disk: one SQLite file of its own, written before anything is acted on.

Reading it verifies everything again, from the root that was pinned at enrolment along the whole chain, so that bytes
that were changed on the disk vouch for nothing. What cannot be read is put aside and begun anew from that root.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kiosk_agent.store.index import is_about_the_disk
from playlists.ids import sha256_hex
from playlists.trust import Untrusted
from playlists.trust.chain import begin, recheck, take_root
from playlists.trust.envelope import parse_envelope
from playlists.trust.root import RoleName, Root
from playlists.trust.shape import Reader
from playlists.trust.trusted import Clock, Damaged, Source, Trusted, from_parts

log = logging.getLogger(__name__)
BOOK = "trust.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS root (version INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS document (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), content BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Pin:
    """What enrolment fixed: the root by its payload's digest and as it came, who reads, and whether it is a demo's."""

    sha256: str
    envelope: bytes
    reader: Reader
    demo: bool = False


class TrustBook:
    """The file; used by one thread. On a disk that cannot be written it lives in memory."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / BOOK
        self.existed = self._path.exists()
        """A kiosk that once held a root holds one for ever."""
        self._kept: frozenset[str] = frozenset()
        self._database: sqlite3.Connection | None = None

    def begin(self, pin: Pin) -> Trusted:
        """Return what was accepted so far, verified again, or the state of a kiosk that was enrolled just now.

        Raises:
            Untrusted: the pinned root itself is refused (V1 to V7).
        """
        first = begin(pin.envelope, pin.sha256, pin.reader, demo=pin.demo)
        try:
            self._database = self._opened()
            found = self._read(pin)
        except (sqlite3.DatabaseError, UnicodeDecodeError, Damaged, Untrusted) as error:
            if isinstance(error, sqlite3.DatabaseError) and is_about_the_disk(error):
                log.warning("what was accepted cannot be written (%s); it is held in memory", error)
                found = self._in_memory(pin)
            else:
                log.warning("what was accepted is damaged (%s); it is begun anew from the enrolment's root", error)
                self._put_aside()
                found = None
        if found is None:
            self.keep(first)
            return first
        return found

    def keep(self, trusted: Trusted) -> None:
        """Write what was accepted, synced, as one transaction.

        Raises:
            sqlite3.OperationalError: the disk is full or broken; the file holds what it held before.
        """
        if self._database is None:
            raise sqlite3.OperationalError("the book is not open")
        content, documents = trusted.to_parts()
        new = [(name, document) for name, document in documents.items() if name not in self._kept]
        gone = [(name,) for name in self._kept - documents.keys()]
        version = trusted.root.document.version
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("INSERT OR REPLACE INTO root VALUES (?, ?)", (version, trusted.root.content))
            self._database.executemany("INSERT OR REPLACE INTO document VALUES (?, ?)", new)
            self._database.executemany("DELETE FROM document WHERE sha256 = ?", gone)
            self._database.execute("INSERT OR REPLACE INTO state VALUES (1, ?)", (content,))
        self._kept = frozenset(documents)

    def server_keys(self) -> tuple[bytes, ...]:
        """Return the server's keys by every root of the chain: one of them signed the installed manifest.

        Which of its content may be shown is asked of the newest root in any case.
        """
        if self._database is None:
            return ()
        found: dict[bytes, None] = {}
        for (content,) in self._database.execute("SELECT content FROM root ORDER BY version DESC"):
            found.update(dict.fromkeys(_server_keys(content)))
        return tuple(found)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("PRAGMA synchronous=EXTRA")
            is_sound = database.execute("PRAGMA quick_check").fetchone() == ("ok",)
            if is_sound:
                database.executescript(_SCHEMA)
        except BaseException:
            database.close()
            raise
        if not is_sound:
            database.close()
            raise Damaged("its quick check failed")
        return database

    def _read(self, pin: Pin) -> Trusted | None:
        if self._database is None:
            return None
        rows = self._database.execute("SELECT content FROM root ORDER BY version").fetchall()
        state = self._database.execute("SELECT content FROM state").fetchone()
        if state is None and not rows:
            return None
        roots = [bytes(content) for (content,) in rows]
        if pin.sha256 not in {_digest(content) for content in roots}:
            log.warning("the kiosk was enrolled with another root; what was accepted under the old one is forgotten")
            self._clear()
            return None
        documents = {name: bytes(content) for name, content in self._database.execute("SELECT * FROM document")}
        trusted = from_parts(bytes(state[0]) if state else b"", documents)
        if trusted.reader != pin.reader:
            log.warning("the kiosk was enrolled for another panel; what was accepted for the old one is forgotten")
            self._clear()
            return None
        if _end_of_chain(roots, pin) != trusted.root.digest:
            raise Damaged("the root is not the one that the chain leads to")
        self._kept = frozenset(documents)
        return recheck(trusted)

    def _clear(self) -> None:
        if self._database is not None:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                for table in ("root", "document", "state"):
                    self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
        self._kept = frozenset()

    def _put_aside(self) -> None:
        self.close()
        self._kept = frozenset()
        with suppress(OSError):
            self._path.replace(self._path.with_name(f"{BOOK}.damaged"))
        try:
            self._database = self._opened()
        except (sqlite3.DatabaseError, OSError, Damaged):
            self._database = _memory()

    def _in_memory(self, pin: Pin) -> Trusted | None:
        self.close()
        self._database = _memory()
        if not self._path.exists():
            return None
        try:
            disk = sqlite3.connect(f"file:{quote(str(self._path.absolute()))}?mode=ro&immutable=1", uri=True)
            try:
                disk.backup(self._database)
            finally:
                disk.close()
            return self._read(pin)
        except (sqlite3.DatabaseError, UnicodeDecodeError, Damaged, Untrusted) as error:
            log.warning("what was accepted cannot be read either: %s", error)
            self._database.close()
            self._database = _memory()
            self._kept = frozenset()
            return None


def server_keys_in(folder: Path) -> tuple[bytes, ...]:
    """Return the server's keys of a book that an agent may be using; none where there is no book or it is damaged."""
    path = folder / BOOK
    if not path.exists():
        return ()
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT content FROM root ORDER BY version DESC").fetchall()
    except sqlite3.Error:
        return ()
    return tuple(key for (content,) in rows for key in _server_keys(bytes(content)))


def _memory() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database.executescript(_SCHEMA)
    return database


def _end_of_chain(roots: Sequence[bytes], pin: Pin) -> str:
    """Return the digest of the newest root that the pinned one leads to.

    Raises:
        Untrusted: a root does not follow its predecessor.
    """
    place = next(number for number, content in enumerate(roots) if _digest(content) == pin.sha256)
    trusted = begin(roots[place], pin.sha256, pin.reader, demo=pin.demo)
    nothing_known = Clock(trusted.floor, Source.UNKNOWN)
    for content in roots[place + 1 :]:
        trusted = take_root(trusted, content, nothing_known)
    return trusted.root.digest


def _digest(content: bytes) -> str:
    try:
        return parse_envelope(content, Root.payload_type, most_bytes=Root.most_bytes).digest
    except Untrusted:
        return sha256_hex(content)


def _server_keys(content: bytes) -> tuple[bytes, ...]:
    try:
        root = Root.read(parse_envelope(content, Root.payload_type, most_bytes=Root.most_bytes).payload)
    except Untrusted:
        return ()
    return tuple(key.raw for key in root.keys_of(RoleName.SERVER))

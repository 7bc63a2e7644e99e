"""The store: verified segments and the installed manifest, which a power cut at any point leaves whole.

Files are the truth and prove themselves; the index over them is rebuilt when it is damaged. On a disk that cannot be
written the index lives in memory, so that what is held still plays.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from kiosk_agent.core.accept import Held
from kiosk_agent.core.seal import Seal, Verified
from kiosk_agent.store.board_values import KeptValues
from kiosk_agent.store.disk import Disk, RealDisk
from kiosk_agent.store.index import INDEX, Damaged, ErrorRow, Index, InstalledRow, is_about_the_disk
from kiosk_agent.store.manifests import Manifests
from kiosk_agent.store.segments import Part, Segments
from playlists.board_values import Values

log = logging.getLogger(__name__)
MOST_SEALS = 512

_Print = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Contents:
    """What the store holds after it was verified."""

    installed: Held | None
    stored: frozenset[str]
    values: tuple[Values, ...] = ()
    """Of status boards."""


class Incomplete(Exception):
    """A manifest cannot be installed, because segments of it are not on the disk; they are counted out now."""

    def __init__(self, missing: frozenset[str]) -> None:
        super().__init__(f"{len(missing)} segments of the manifest are not on the disk")
        self.missing = missing


class Store:
    """What the kiosk keeps. `verified` may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        kiosk_id: UUID,
        server_key: bytes,
        disk: Disk | None = None,
        *,
        root_keys: tuple[bytes, ...] = (),
    ) -> None:
        """Open the store; the installed manifest was signed by the pinned `server_key`, or by one of `root_keys`."""
        self._folder = folder
        self._disk = disk or RealDisk()
        self._segments = Segments(folder, self._disk)
        self._manifests = Manifests(folder, self._disk, kiosk_id, server_key, *root_keys)
        self._values = KeptValues(folder, self._disk)
        self._lock = threading.Lock()
        self._seals: OrderedDict[str, tuple[_Print, Seal]] = OrderedDict()
        self.writable = True
        self._index = self._open_index()

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            self._index.close()

    def contents(self) -> Contents:
        """Return what is held: sizes are checked now, digests when a segment is opened for display."""
        with self._lock:
            try:
                return self._counted()
            except (sqlite3.DatabaseError, UnicodeDecodeError, Damaged) as error:
                if is_about_the_disk(error):
                    raise
                log.warning("the index is damaged (%s); it is rebuilt from the files", error)
                self._index.close()
                self._index = self._rebuilt(self._folder / INDEX)
                return self._counted()

    def part(self, sha256: str, size: int) -> Part:
        """Open an incoming segment; `keep` it with `keep`."""
        return self._segments.part(sha256, size)

    def keep(self, part: Part, sha256: str, size: int) -> None:
        """Keep a segment that came in whole.

        Raises:
            WrongBytes: it is not what its digest says; nothing of it is kept.
            OSError: the disk is full or broken.
            sqlite3.OperationalError: the same, for the index.
        """
        part.keep()
        with self._lock:
            self._index.add(sha256, size, _micros())

    def install(self, held: Held) -> None:
        """Make a manifest the installed one; its segments are stored and synced before.

        Raises:
            Incomplete: a segment has gone or was cut short; the old manifest is still installed.
            OSError: the disk is full or broken; likewise.
            sqlite3.OperationalError: the same, for the index.
        """
        missing = frozenset(sha256 for sha256, size in held.sizes.items() if self._segments.size(sha256) != size)
        if missing:
            with self._lock:
                for sha256 in missing:
                    self._drop(sha256)
            raise Incomplete(missing)
        self._manifests.write(held)
        with self._lock:
            self._index.install(InstalledRow(held.sha256, held.manifest.seq, _micros()), held.sizes)
        try:
            self._manifests.prune(held.sha256)
        except OSError as error:
            log.warning("old files could not be removed: %s", error)

    def verified(self, sha256: str, *, anew: bool = False) -> Verified | None:
        """Return a segment's file and the seal of its bytes, or None when it is damaged (and now dropped).

        The whole file is read and hashed when it is opened for the first time in a run, when it looks changed, and
        `anew`. Whoever shows it reads it under the seal, so each byte is checked at each airing.
        """
        path = self._segments.path(sha256)
        try:
            stat = path.stat()
        except OSError:
            stat = None
        if stat is not None:
            found = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            with self._lock:
                known = self._seals.get(sha256)
            if known is not None and known[0] == found and not anew:
                return Verified(path, known[1])
            made = self._segments.sealed(sha256)
            if made is not None:
                self._remember(sha256, found, made)
                return Verified(path, made)
        with self._lock:
            self._seals.pop(sha256, None)
            self._drop(sha256)
        return None

    def _remember(self, sha256: str, found: _Print, made: Seal) -> None:
        with self._lock:
            self._seals[sha256] = found, made
            self._seals.move_to_end(sha256)
            while len(self._seals) > MOST_SEALS:
                self._seals.popitem(last=False)

    def evict(self, keep: frozenset[str], spare_bytes: int) -> frozenset[str]:
        """Drop segments outside `keep`, longest unused first, until at most `spare_bytes` of such remain."""
        with self._lock:
            spare = {sha256: size for sha256, size in self._index.segments().items() if sha256 not in keep}
            total, dropped = sum(spare.values()), []
            for sha256, size in spare.items():
                if total <= spare_bytes:
                    break
                self._segments.drop(sha256)
                total -= size
                dropped.append(sha256)
            self._index.remove(dropped)
            self._segments.drop_parts(keep)
        return frozenset(dropped)

    def keep_values(self, values: tuple[Values, ...]) -> None:
        """Keep the values of status boards over a restart.

        Raises:
            OSError: the disk is full or broken; what was kept before is still there.
        """
        self._values.write(values)

    def next_sid(self) -> int:
        """Return this run's session number, larger than every earlier one."""
        with self._lock:
            return self._index.next_sid(_micros())

    def note_error(self, text: str) -> None:
        """Keep a sentence for `bangtin-kiosk status`."""
        with self._lock:
            self._index.note_error(_micros(), text)

    def errors(self) -> list[ErrorRow]:
        """Return the newest errors, newest first."""
        with self._lock:
            return self._index.errors()

    def _counted(self) -> Contents:
        for sha256, size in self._index.segments().items():
            if self._segments.size(sha256) != size:
                log.warning("segment %s is missing or cut short; it will be fetched again", sha256[:12])
                self._drop(sha256)
        stored = frozenset(self._index.segments())
        row = self._index.installed()
        held = self._manifests.read(row.sha256) if row else None
        if row is not None and held is None:
            log.warning("the installed manifest is damaged; the newest sound one takes its place")
            held = self._newest(stored)
        return Contents(held, stored, self._values.read())

    def _drop(self, sha256: str) -> None:
        try:
            self._segments.drop(sha256)
            self._index.remove([sha256])
        except (OSError, sqlite3.OperationalError) as error:
            log.warning("a damaged segment cannot be removed: %s", error)

    def _open_index(self) -> Index:
        path = self._folder / INDEX
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            index = Index(path)
            empty = not index.segments() and index.installed() is None
        except (Damaged, UnicodeDecodeError) as error:
            log.warning("%s; it is rebuilt from the files", error)
            return self._rebuilt(path)
        except (OSError, sqlite3.OperationalError) as error:
            log.warning("the store cannot be written (%s); what is held goes on playing", error)
            self.writable = False
            return self._fill(Index(Path(":memory:")))
        return self._fill(index) if empty else index

    def _rebuilt(self, path: Path) -> Index:
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.replace(path.with_name(path.name + ".damaged"))
        return self._fill(Index(path))

    def _fill(self, index: Index) -> Index:
        """Count in every sound file, and install the newest sound manifest that has all of its segments."""
        for sha256 in self._segments.found():
            if self._segments.sealed(sha256) is not None:
                index.add(sha256, self._segments.size(sha256) or 0, _micros())
            elif self.writable:
                self._segments.drop(sha256)
        held = self._newest(frozenset(index.segments()))
        if held is not None:
            index.install(InstalledRow(held.sha256, held.manifest.seq, _micros()), held.sizes)
        return index

    def _newest(self, stored: frozenset[str]) -> Held | None:
        sound = self._manifests.sound()
        whole = [held for held in sound if stored.issuperset(held.sizes)]
        return next(iter(whole or sound), None)


def _micros() -> int:
    return time.time_ns() // 1000

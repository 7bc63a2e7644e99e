"""The store as a reader beside the running agent sees it: nothing is written, nothing is repaired."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from kiosk_agent.core.accept import Held
from kiosk_agent.store.disk import RealDisk
from kiosk_agent.store.index import INDEX, ErrorRow
from kiosk_agent.store.manifests import Manifests


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was found."""

    installed: Held | None
    stored: frozenset[str]
    errors: tuple[ErrorRow, ...]


def read_snapshot(folder: Path, kiosk_id: UUID, *server_keys: bytes) -> Snapshot:
    """Read the index of a store that an agent may be using; one that never ran is empty.

    Raises:
        OSError: the folder cannot be read.
        sqlite3.Error: the index cannot be read.
    """
    path = folder / INDEX
    if not path.exists():
        return Snapshot(None, frozenset(), ())
    with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as database:
        row = database.execute("SELECT sha256 FROM installed").fetchone()
        stored = frozenset(sha256 for (sha256,) in database.execute("SELECT sha256 FROM segment"))
        errors = tuple(ErrorRow(*each) for each in database.execute("SELECT at, text FROM error ORDER BY id DESC"))
    held = Manifests(folder, RealDisk(), kiosk_id, *server_keys).read(row[0]) if row else None
    return Snapshot(held, stored, errors)

"""Which manifest each kiosk's credential leads to, in memory: an unchanged poll costs no database and no thread.

What stands here may be a second old. A credential or digest that it does not hold is looked up in the database, so age
costs a kiosk at most one poll, and a revoked kiosk at most one second.
"""

from __future__ import annotations

import logging
import threading
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from server.changes import changes_after, newest_change
from server.db import Database, Wake, now
from server.fleet.kiosk.calling import Credential
from server.publishing import repository

log = logging.getLogger(__name__)

LOOK_S = 1.0
TOPICS = frozenset({"manifest", "kiosk"})
"""Changes after which the map is read anew."""


class KnownManifests:
    """The map, and the thread that keeps it fresh."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[Credential, tuple[UUID, str]] = {}
        self._seen = -1
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="known-manifests", daemon=True)

    def start(self) -> None:
        """Read the map and keep it fresh."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._db.bells[Wake.CHANGES].ring()
        if self._thread.ident is not None:
            self._thread.join(10)

    def of(self, credential: Credential) -> tuple[UUID, str] | None:
        """Return kiosk and assigned digest of a credential, or None when they must be looked up."""
        return self._known.get(credential)

    def refresh(self) -> None:
        """Read what has changed since the last time."""
        with self._db.read() as session:
            if self._seen < 0:
                self._seen = newest_change(session)
            else:
                changes = changes_after(session, self._seen)
                if not changes:
                    return
                self._seen = max(self._seen, *(change.id or 0 for change in changes))
                if not any(change.topic in TOPICS for change in changes):
                    return
            found = repository.assigned(session, now())
        self._known = {one.credential: (one.kiosk_id, one.sha256) for one in found}

    def _run(self) -> None:
        bell = self._db.bells[Wake.CHANGES]
        while not self._stopping.is_set():
            heard = bell.rings
            try:
                self.refresh()
            except SQLAlchemyError:
                log.exception("the map of manifests is kept empty until the database answers")
                self._known, self._seen = {}, -1
            if not self._stopping.is_set():
                bell.wait(heard, LOOK_S)

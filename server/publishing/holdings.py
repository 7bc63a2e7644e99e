"""Which segments each kiosk's manifest names, kept for the manifests that were asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from uuid import UUID

from playlists.manifest import Manifest
from server.db import Database, now
from server.fleet.kiosk.calling import Credential, kiosk_of
from server.publishing import repository
from server.publishing.build import opened
from server.tables import AssignedManifest

MOST_KEPT = 4096


class Holdings:
    """A bounded memory of opened manifests, by the envelope's digest."""

    def __init__(self, db: Database, public_key: bytes) -> None:
        self._db = db
        self._public_key = public_key
        self._lock = threading.Lock()
        self._opened: OrderedDict[str, Manifest] = OrderedDict()

    def manifest(self, row: AssignedManifest) -> Manifest:
        """Return an assigned manifest, opened.

        Raises:
            playlists.trust.Untrusted: the envelope is not one that this server signed.
        """
        with self._lock:
            found = self._opened.get(row.sha256)
            if found is not None:
                self._opened.move_to_end(row.sha256)
                return found
        manifest = opened(row, self._public_key)
        with self._lock:
            self._opened[row.sha256] = manifest
            while len(self._opened) > MOST_KEPT:
                self._opened.popitem(last=False)
        return manifest

    def assigned(self, credential: Credential) -> tuple[UUID, AssignedManifest | None] | None:
        """Return the kiosk of a credential and what it is assigned, from the database; None for an unknown one."""
        with self._db.read() as session:
            kiosk = kiosk_of(session, credential, now())
            return None if kiosk is None else (kiosk.id, repository.newest_manifest(session, kiosk.id))

    def names(self, row: AssignedManifest, sha256: str) -> bool:
        """Tell whether an assigned manifest names a file."""
        return sha256 in self.manifest(row).files

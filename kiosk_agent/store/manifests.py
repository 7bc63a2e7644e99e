"""Manifest envelopes on the disk: `manifests/SHA256.json`. Each proves itself by its name and its signature."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from kiosk_agent.core.accept import Held, read
from kiosk_agent.store.disk import Disk
from playlists.ids import is_sha256
from playlists.manifest import MOST_BYTES
from playlists.trust import Untrusted

log = logging.getLogger(__name__)
KEPT = 3


class Manifests:
    """The folder of envelopes."""

    def __init__(self, folder: Path, disk: Disk, kiosk_id: UUID, *server_keys: bytes) -> None:
        self._folder = folder / "manifests"
        self._disk = disk
        self._kiosk_id = kiosk_id
        self._server_keys = server_keys

    def write(self, held: Held) -> None:
        """Put an envelope on the disk, synced."""
        temporary = self._folder / f"{held.sha256}.part"
        self._disk.unlink(temporary)
        with self._disk.append(temporary) as file:
            self._disk.write(file, held.envelope)
        self._disk.publish(temporary, self._path(held.sha256))

    def read(self, sha256: str) -> Held | None:
        """Return an envelope that is what its name says and that one of the server's keys signed, or None."""
        try:
            with self._path(sha256).open("rb") as file:
                held = read(file.read(MOST_BYTES + 1), self._kiosk_id, *self._server_keys)
        except FileNotFoundError:
            return None
        except (OSError, Untrusted) as error:
            log.warning("the manifest %s on the disk is not sound: %s", sha256[:12], error)
            return None
        return held if held.sha256 == sha256 else None

    def sound(self) -> list[Held]:
        """Return all sound manifests, the highest number first."""
        names = [path.stem for path in self._folder.glob("*.json") if is_sha256(path.stem)]
        held = [found for name in names if (found := self.read(name)) is not None]
        return sorted(held, key=lambda one: one.manifest.seq, reverse=True)

    def prune(self, installed_sha256: str) -> None:
        """Keep the installed envelope and the newest few beside it."""
        paths = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        others = [path for path in paths if path.stem != installed_sha256]
        for path in [*others[KEPT - 1 :], *self._folder.glob("*.part")]:
            self._disk.unlink(path)

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.json"

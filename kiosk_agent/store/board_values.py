"""The values of status boards on the disk: one small file, replaced as a whole."""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kiosk_agent.store.disk import Disk
from playlists.board_values import Values

log = logging.getLogger(__name__)
MOST_BYTES = 256 << 10
_DOCUMENTS: TypeAdapter[tuple[Values, ...]] = TypeAdapter(tuple[Values, ...])


class KeptValues:
    """The file, which a power cut leaves as it was before or as it is after."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._path = folder / "values.json"
        self._disk = disk

    def write(self, values: tuple[Values, ...]) -> None:
        """Replace what is kept, synced.

        Raises:
            OSError: the disk is full or broken; what was kept is still there.
        """
        temporary = self._path.with_suffix(".part")
        self._disk.unlink(temporary)
        with self._disk.append(temporary) as file:
            self._disk.write(file, _DOCUMENTS.dump_json(values))
        self._disk.publish(temporary, self._path)

    def read(self) -> tuple[Values, ...]:
        """Return what is kept; nothing where the file is missing or not sound."""
        try:
            with self._path.open("rb") as file:
                return _DOCUMENTS.validate_json(file.read(MOST_BYTES))
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            log.warning("the kept values of status boards are not sound: %s", error)
            return ()

"""The pictures of emergencies, ready to be laid over the stream: a segment's still, bare and within a drill's frame.

The frame is drawn here and nowhere else, so that no exercise can be shown without it. Files lie in memory where the
system has a place for that.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from PIL import Image

from kiosk_agent.core.seal import Verified
from kiosk_agent.core.trust import WarningPicture
from kiosk_agent.player.compose import Undrawable, first_picture
from kiosk_agent.player.framed import in_drill
from kiosk_agent.player.studio import MEMORY

PREFIX = "bangtin-emergencies-"
MOST_KEPT = 800


class Placards:
    """Drawn pictures. `draw` belongs to one thread; the rest may be called from any."""

    def __init__(self, folder: Path, verified: Callable[[str], Verified | None]) -> None:
        """Take a folder for when there is none in memory, and what opens a stored file after hashing it."""
        self._fallback = folder
        self._verified = verified
        self._folder: Path | None = None
        self._files: dict[WarningPicture, Path] = {}
        self._lock = Lock()

    def draw(self, picture: WarningPicture) -> None:
        """Make a picture ready.

        Raises:
            Undrawable: its segment is missing, damaged or not of the profile, or the picture cannot be written.
        """
        found = self._verified(picture.sha256)
        if found is None:
            raise Undrawable(f"the file {picture.sha256[:12]} is damaged or missing", picture.sha256)
        still = first_picture(picture.sha256, found, picture.profile)
        try:
            self._keep(picture, in_drill(still) if picture.framed else still)
        except OSError as error:
            raise Undrawable(f"it cannot be written: {error}") from error

    def path(self, picture: WarningPicture) -> Path:
        """Return a picture's file.

        Raises:
            LookupError: it was not drawn.
        """
        with self._lock:
            return self._files[picture]

    def close(self) -> None:
        """Forget every picture."""
        with self._lock:
            self._files.clear()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _keep(self, picture: WarningPicture, drawn: Image.Image) -> None:
        path = self._room() / f"{picture.sha256}-{picture.profile}{'-drill' if picture.framed else ''}.png"
        drawn.save(path, compress_level=1)
        with self._lock:
            self._files[picture] = path
            while len(self._files) > MOST_KEPT:
                self._files.pop(next(iter(self._files))).unlink(missing_ok=True)

    def _room(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            try:
                self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
            except OSError:
                self._fallback.mkdir(parents=True, exist_ok=True)
                self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._fallback))
        return self._folder

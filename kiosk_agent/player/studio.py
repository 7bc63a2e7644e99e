"""The studio: keeps the drawn pictures of status boards, and draws on a thread of its own.

Files are named by the key of what they show and lie in memory where the system has a place for that: they are made
anew after a restart, and a clock that changes every minute would wear out a memory card.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Condition

from kiosk_agent.core.seal import Verified
from kiosk_agent.player.compose import Undrawable, compose
from kiosk_agent.player.sealed_file import sealed_now
from playlists.board_picture import BoardPicture
from playlists.profile import Profile

log = logging.getLogger(__name__)
KEPT = 96
PREFIX = "bangtin-boards-"
NOTE = "room"
"""Names the folder that this run draws into."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, with a name that cannot be guessed


class Studio:
    """Drawn pictures by key. `draw` belongs to one thread; the rest may be called from any."""

    def __init__(self, folder: Path, verified: Callable[[str], Verified | None]) -> None:
        """Take a folder for when there is none in memory, and what opens a stored file after hashing it."""
        self._fallback = folder
        self._verified = verified
        self._folder: Path | None = None
        self._changed = Condition()
        self._files: OrderedDict[str, Verified | None] = OrderedDict()

    def draw(self, picture: BoardPicture, profile: Profile) -> frozenset[str]:
        """Make a picture playable; return the keys of older ones that had to go.

        Raises:
            Undrawable: it cannot be made, and `wait` says so from now on.
        """
        try:
            drawn = self._drawn(picture, profile)
        except (Undrawable, OSError, ValueError) as error:
            self._put(picture.key, None)
            raise error if isinstance(error, Undrawable) else Undrawable(str(error)) from error
        return self._put(picture.key, drawn)

    def wait(self, key: str, seconds: float) -> Verified | None:
        """Return a picture's file, or None when it cannot be made.

        Raises:
            LookupError: it is not drawn within the time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: key in self._files, seconds):
                raise LookupError("a status board is still being drawn")
            return self._files[key]

    def close(self) -> None:
        """Forget every picture."""
        with self._changed:
            self._files.clear()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _drawn(self, picture: BoardPicture, profile: Profile) -> Verified:
        files = []
        for sha256 in (picture.base, picture.sheet):
            found = self._verified(sha256)
            if found is None:
                raise Undrawable(f"the file {sha256[:12]} is damaged or missing", sha256)
            files.append(found)
        out = self._room() / f"{picture.key}.mp4"
        compose(picture, profile, files[0], files[1], out)
        return sealed_now(out)

    def _put(self, key: str, file: Verified | None) -> frozenset[str]:
        dropped = set()
        with self._changed:
            self._files[key] = file
            self._files.move_to_end(key)
            while len(self._files) > KEPT:
                old, gone = self._files.popitem(last=False)
                dropped.add(old)
                if gone is not None:
                    gone.path.unlink(missing_ok=True)
            self._changed.notify_all()
        return frozenset(dropped)

    def _room(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            self._fallback.mkdir(parents=True, exist_ok=True)
            _clear_left_over(self._fallback / NOTE)
            try:
                self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
            except OSError:
                self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._fallback))
            (self._fallback / NOTE).write_text(str(self._folder))
        return self._folder


def _clear_left_over(note: Path) -> None:
    """Remove the folder of a run that was killed: it is in memory, and nothing else would."""
    try:
        left_over = Path(note.read_text())
    except (OSError, ValueError):
        return
    if left_over.name.startswith(PREFIX) and left_over.parent in (MEMORY, note.parent):
        shutil.rmtree(left_over, ignore_errors=True)

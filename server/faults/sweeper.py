"""The look for silent kiosks, done every few seconds while the server could hear them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.db import Database
from server.faults import service
from server.faults.service import Silence

EVERY_S = 3.0


class Sweeper:
    """The look. While the broker is not reached nobody is called silent."""

    def __init__(
        self, db: Database, silence_s: int, is_listening: Callable[[], bool], clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._most = timedelta(seconds=silence_s)
        self._is_listening = is_listening
        self._clock = clock
        self._listening_since: datetime | None = None

    def look(self) -> int:
        """Look once; return how many kiosks are newly offline."""
        at = self._clock()
        if not self._is_listening():
            self._listening_since = None
            return 0
        if self._listening_since is None:
            self._listening_since = at
        with self._db.write() as session:
            return service.sweep(session, Silence(self._most, self._listening_since), at)

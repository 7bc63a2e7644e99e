"""The look every second: for alarms whose time has come, and for kiosks that are silent while they could be heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.db import Database
from server.faults import service
from server.faults.alarms import standing
from server.faults.commands import service as commands
from server.faults.service import Silence

EVERY_S = 1.0
SILENCE_EVERY = timedelta(seconds=3)
OVERLAP = timedelta(seconds=15)
"""What another process commits late is still looked at."""
BEGINNING = timedelta(days=1)
"""How far back the first look goes: what happened while no server ran."""


class Sweeper:
    """The look. While the broker is not reached nobody is called silent; alarms go on."""

    def __init__(
        self, db: Database, silence_s: int, is_listening: Callable[[], bool], clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._most = timedelta(seconds=silence_s)
        self._is_listening = is_listening
        self._clock = clock
        self._listening_since: datetime | None = None
        self._silence_at: datetime | None = None
        self._looked_at: datetime | None = None

    def look(self) -> int:
        """Look once; return how many kiosks are newly offline."""
        at = self._clock()
        found = self._look_for_silence(at)
        since = self._looked_at - OVERLAP if self._looked_at is not None else at - BEGINNING
        with self._db.read() as session:
            is_due = standing.is_due(session, since, at)
        if is_due:
            with self._db.write() as session:
                standing.sweep(session, since, at)
        self._looked_at = at
        return found

    def _look_for_silence(self, at: datetime) -> int:
        if not self._is_listening():
            self._listening_since = None
            return 0
        if self._listening_since is None:
            self._listening_since = at
        if self._silence_at is not None and timedelta(0) <= at - self._silence_at < SILENCE_EVERY:
            return 0
        self._silence_at = at
        silence = Silence(self._most, self._listening_since)
        with self._db.read() as session:
            if not commands.are_late(session, at) and not service.is_due(session, silence, at):
                return 0
        with self._db.write() as session:
            commands.expire(session, at)
            return service.sweep(session, silence, at)

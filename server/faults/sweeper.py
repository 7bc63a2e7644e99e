"""The look for silent kiosks, every few seconds while the server could hear them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from server.db import Database
from server.faults import service
from server.faults.service import Silence

log = logging.getLogger(__name__)
EVERY_S = 3.0


class Sweeper:
    """The look and its thread. While the broker is not reached nobody is called silent."""

    def __init__(
        self, db: Database, silence_s: int, is_listening: Callable[[], bool], clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._most = timedelta(seconds=silence_s)
        self._is_listening = is_listening
        self._clock = clock
        self._listening_since: datetime | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="silence-sweeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(10)

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

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self.look()
            except SQLAlchemyError:
                log.exception("the look for silent kiosks could not be finished; it is done again")

"""Kiosks that come to a published panel get its content without a new press of Publish."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from server.db import Database, Wake
from server.publishing import repository, service

log = logging.getLogger(__name__)
LOOK_S = 10.0


class Newcomers:
    """The look for such kiosks: after each enrolment, and every few seconds."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="newcomers", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._db.bells[Wake.KIOSKS].ring()
        if self._thread.ident is not None:
            self._thread.join(10)

    def look(self) -> int:
        """Look once; return how many publications were started."""
        with self._db.read() as session:
            if not repository.newcomers(session):
                return 0
        with self._db.write() as session:
            return service.catch_up(session)

    def _run(self) -> None:
        bell = self._db.bells[Wake.KIOSKS]
        while not self._stopping.is_set():
            heard = bell.rings
            try:
                self.look()
            except SQLAlchemyError:
                log.exception("newcomers wait for the database")
            if not self._stopping.is_set():
                bell.wait(heard, LOOK_S)

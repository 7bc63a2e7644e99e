"""Kiosks that come to a published panel get its content without a new press of Publish."""

from __future__ import annotations

from server.db import Database
from server.publishing import repository, service

LOOK_S = 10.0


class Newcomers:
    """The look for such kiosks, done after each enrolment and every few seconds."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def look(self) -> int:
        """Look once; return how many publications were started."""
        with self._db.read() as session:
            if not repository.newcomers(session):
                return 0
        with self._db.write() as session:
            return service.catch_up(session)

"""The job behind a submission: see that people can read it, wait until it is rendered, fix what is signed.

Every step may be done again. And the look that publishes when a release begins or is over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.db import Database, Session, now
from server.errors import Problem
from server.jobs.port import JobContext, JobFailed, Kind, NotYet
from server.media.measuring import Measurements
from server.publishing.judging import refuse_unreadable
from server.publishing.refusal import CannotPublish
from server.publishing.releases import publications, repository, service
from server.publishing.releases.lines import readings

LOOK_AGAIN = timedelta(milliseconds=400)
LOOK_S = 20.0


def prepare_kind(measurements: Measurements) -> Kind:
    """Return the kind of job that prepares submissions that people can read."""
    return Kind(run=lambda context: _run(context, measurements), given_up=_given_up)


def _run(context: JobContext, measurements: Measurements) -> None:
    submission_id = UUID(context.arguments["submission_id"])
    try:
        with context.db.read() as session:
            found = readings(session, submission_id)
        for reading in found:
            refuse_unreadable(reading, measurements)
        with context.db.read() as session:
            ready, needed = service.tally(session, submission_id)
        message = f"rendered {ready} of {needed}"
        context.progress(1000 * ready // max(needed, 1), message)
        if ready < needed:
            raise NotYet(LOOK_AGAIN, message)
        with context.db.write() as session:
            service.fix(session, submission_id, now())
    except CannotPublish as error:
        with context.db.write() as session:
            service.fail(session, submission_id, str(error), error.sentences, now())
        raise JobFailed(str(error)) from error
    except Problem as error:
        with context.db.write() as session:
            service.fail(session, submission_id, error.detail, error.sentences, now())
        raise JobFailed(error.detail) from error


def _given_up(session: Session, arguments: dict[str, Any], sentence: str) -> None:
    service.fail(session, UUID(arguments["submission_id"]), sentence, {}, now())


class Windows:
    """The look for releases whose time begins or is over."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def look(self) -> int:
        """Look once; return how many publications were started."""
        at = now()
        with self._db.read() as session:
            if not repository.due(session, at):
                return 0
        with self._db.write() as session:
            return publications.of_windows(session, at)

"""What a job's kind is, and what its code sees of the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from server.db import Database, Session


class JobFailed(Exception):
    """A job that no further try would mend; the message is a sentence for people."""


class NotYet(Exception):
    """A job that waits for something else; it is taken up again later, and this was no failed try."""

    def __init__(self, after: timedelta, message: str = "") -> None:
        super().__init__(message)
        self.after = after


class LeaseLost(Exception):
    """The job was taken over, or this worker stops: whatever is still being made is thrown away."""


class JobContext(Protocol):
    """A running job as its code sees it. Long steps run outside transactions; `db.write()` opens a short one."""

    @property
    def job_id(self) -> UUID:
        """The job's id."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What `enqueue` was given."""

    @property
    def attempt(self) -> int:
        """Which try this is, from 1."""

    @property
    def db(self) -> Database:
        """The database."""

    def progress(self, permille: int, message: str = "") -> bool:
        """Say how far the job is, and go on only while it is still this worker's.

        Cheap to call often: it is written down twice a second at most, and True tells that it was.

        Raises:
            LeaseLost: it is not; let this error pass.
        """


Handler = Callable[[JobContext], None]
GivenUp = Callable[[Session, dict[str, Any], str], None]
"""Called in the transaction that marks a job failed, with its arguments and the sentence."""


@dataclass(frozen=True)
class Kind:
    """A kind of job: its code, and what to write when it fails for good."""

    run: Handler
    given_up: GivenUp | None = None

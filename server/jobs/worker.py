"""The worker: claims one job at a time, renews its lease while it runs, and writes down how it ended.

What dies with the process is only the lease: 30 s later another worker takes the job over.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import SQLAlchemyError

from server.db import Database, Wake
from server.jobs import repository
from server.jobs.port import JobFailed, Kind, LeaseLost, NotYet
from server.tables import Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5
LOOK_S = 1.0
PROGRESS_EVERY = timedelta(milliseconds=500)


@dataclass(frozen=True)
class Pace:
    """How long a lease lasts, how often an idle worker looks, and how long a failed job rests (times 4 each try)."""

    lease: timedelta = LEASE
    look_s: float = LOOK_S
    rest: timedelta = timedelta(seconds=2)

    def rest_after(self, attempt: int) -> timedelta:
        """Return how long a job rests after its n-th failed try."""
        return self.rest * int(4 ** (attempt - 1))


@dataclass
class _Running:
    """A running job: the port's JobContext."""

    db: Database
    job_id: UUID
    kind: str
    arguments: dict[str, Any]
    attempt: int
    lease: str
    clock: Callable[[], datetime]
    lost: threading.Event = field(default_factory=threading.Event)
    _told: tuple[datetime, str] | None = None

    def progress(self, permille: int, message: str = "") -> bool:
        if self.lost.is_set():
            raise LeaseLost
        now = self.clock()
        if self._told is not None and now - self._told[0] < PROGRESS_EVERY and message == self._told[1]:
            return False
        self._told = now, message
        with self.db.write() as session:
            if not repository.progress(session, self.job_id, self.lease, max(0, min(1000, permille)), message):
                self.lost.set()
        if self.lost.is_set():
            raise LeaseLost
        return True


class Worker:
    """A thread that runs jobs of the given kinds until it is stopped."""

    def __init__(
        self, db: Database, kinds: Mapping[str, Kind], clock: Callable[[], datetime], pace: Pace | None = None
    ) -> None:
        self._db = db
        self._kinds = dict(kinds)
        self._names = frozenset(kinds)
        self._clock = clock
        self._pace = pace or Pace()
        self._stop = threading.Event()
        self._current: _Running | None = None
        self._thread = threading.Thread(target=self._loop, name="bangtin-worker", daemon=True)

    def start(self) -> None:
        """Start working."""
        self._thread.start()

    def stop(self, timeout_s: float = 10) -> None:
        """Take up nothing more, ask the running job to end, and wait for it; what does not end keeps its lease."""
        self._stop.set()
        current = self._current
        if current is not None:
            current.lost.set()
        self._db.bells[Wake.JOBS].ring()
        self._thread.join(timeout_s)

    def join(self) -> None:
        """Wait until the worker has stopped."""
        self._thread.join()

    def trouble(self) -> str | None:
        """Return None while the worker works, else a sentence."""
        return None if self._thread.is_alive() else "The worker has stopped; restart the server."

    def run_one(self) -> bool:
        """Run one job to its end in this thread; False when none waits."""
        running = self._claim()
        if running is None:
            return False
        beat = threading.Thread(target=self._heartbeat, args=(running, ended := threading.Event()), daemon=True)
        beat.start()
        self._current = running
        if self._stop.is_set():
            running.lost.set()
        try:
            self._run(running)
        finally:
            self._current = None
            ended.set()
            beat.join()
        return True

    def _loop(self) -> None:
        bell = self._db.bells[Wake.JOBS]
        while not self._stop.is_set():
            heard = bell.rings
            try:
                if self.run_one():
                    continue
            except SQLAlchemyError:
                log.exception("the worker cannot reach the database; it tries again")
                self._stop.wait(self._pace.look_s)
            if not self._stop.is_set():
                bell.wait(heard, self._pace.look_s)

    def _claim(self) -> _Running | None:
        now = self._clock()
        with self._db.read() as session:
            if not repository.is_work_waiting(session, self._names, now):
                return None
        lease = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:12]}"
        with self._db.write() as session:
            job = repository.claim(session, self._names, lease, now, now + self._pace.lease)
        return None if job is None else self._running(job, lease)

    def _running(self, job: Job, lease: str) -> _Running:
        return _Running(self._db, job.id, job.kind, dict(job.arguments), job.attempts, lease, self._clock)

    def _run(self, running: _Running) -> None:
        kind = self._kinds[running.kind]
        if running.attempt > MOST_ATTEMPTS:
            self._give_up(running, kind, "This work was interrupted five times and was given up. Start it again.")
            return
        try:
            kind.run(running)
        except LeaseLost:
            self._put_back(running, timedelta(0), "", counts=False)
        except NotYet as wait:
            self._put_back(running, wait.after, str(wait), counts=False)
        except JobFailed as failure:
            self._give_up(running, kind, str(failure))
        except Exception:
            log.exception("job %s stumbled at try %d", running.job_id, running.attempt)
            self._stumbled(running, kind)
        else:
            with self._db.write() as session:
                repository.finish(session, running.job_id, running.lease, self._clock())

    def _stumbled(self, running: _Running, kind: Kind) -> None:
        if running.attempt >= MOST_ATTEMPTS:
            self._give_up(
                running,
                kind,
                "This work failed five times and was given up. The server's log says why; then try again.",
            )
            return
        self._put_back(
            running, self._pace.rest_after(running.attempt), "It did not work yet and is tried again.", counts=True
        )

    def _put_back(self, running: _Running, after: timedelta, message: str, *, counts: bool) -> None:
        with self._db.write() as session:
            run_after = self._clock() + after
            repository.put_back(session, running.job_id, running.lease, run_after, message, counts=counts)

    def _give_up(self, running: _Running, kind: Kind, sentence: str) -> None:
        with self._db.write() as session:
            failed = repository.fail(session, running.job_id, running.lease, self._clock(), sentence)
            if failed and kind.given_up is not None:
                kind.given_up(session, running.arguments, sentence)

    def _heartbeat(self, running: _Running, ended: threading.Event) -> None:
        while not ended.wait(self._pace.lease.total_seconds() / 3):
            try:
                with self._db.write() as session:
                    held = repository.renew(session, running.job_id, running.lease, self._clock() + self._pace.lease)
            except SQLAlchemyError:
                log.warning("a lease could not be renewed; it is tried again", exc_info=True)
                continue
            if not held:
                running.lost.set()
                return

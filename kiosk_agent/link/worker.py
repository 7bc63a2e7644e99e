"""One thread that does blocking work in order, so that the agent's loop never waits for a network."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Worker:
    """A queue of jobs and the thread that does them. A job tells its result by itself; it must not raise."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, job: Callable[[], None]) -> None:
        """Do a job after those before it."""
        self._jobs.put(job)

    def stop(self, wait_s: float = 2.0) -> None:
        """End after the running job; a job that hangs on a network is left to the process's end."""
        self._jobs.put(None)
        self._thread.join(wait_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # a failed job must not end the thread that all later ones need
                log.exception("a job of %s failed", self._thread.name)

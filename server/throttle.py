"""Slowing down those who guess: failures counted in memory for each pair of name and address, never a lock-out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from server.errors import Problem

FREE_TRIES = 5
FREE_TRIES_OF_AN_ADDRESS = 30
FORGET_AFTER = timedelta(minutes=15)
LONGEST_WAIT = timedelta(minutes=5)
MOST_KEYS = 20_000


@dataclass
class _Failures:
    count: int
    last_at: datetime


@dataclass(frozen=True)
class Tally:
    """What failures are counted under, and how many are free: few for a name, more for the address of an office."""

    key: str
    free_tries: int = FREE_TRIES


class Throttle:
    """Some failures are free; every further one doubles the wait, up to five minutes; a success forgets them."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def check(self, *tallies: Tally) -> None:
        """Let a try pass when none of its tallies has to wait.

        Raises:
            Problem: 429 with Retry-After.
        """
        wait = max((self._wait(tally) for tally in tallies), default=timedelta(0))
        if wait > timedelta(0):
            seconds = max(1, round(wait.total_seconds()))
            detail = f"Too many wrong tries. Wait {seconds} seconds, then try again."
            headers = {"Retry-After": str(seconds)}
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many-tries", detail, headers=headers)

    def failed(self, *tallies: Tally) -> None:
        """Count a failed try."""
        now = self._clock()
        with self._lock:
            for key in (tally.key for tally in tallies):
                entry = self._failures.pop(key, None)
                if entry is None or now - entry.last_at > FORGET_AFTER:
                    entry = _Failures(0, now)
                self._failures[key] = _Failures(entry.count + 1, now)
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, *tallies: Tally) -> None:
        """Forget the failures of a name and address that now knew the secret."""
        with self._lock:
            for tally in tallies:
                self._failures.pop(tally.key, None)

    def _wait(self, tally: Tally) -> timedelta:
        with self._lock:
            entry = self._failures.get(tally.key)
        if entry is None or entry.count < tally.free_tries:
            return timedelta(0)
        doubling = min(entry.count - tally.free_tries, 16)
        pause = min(LONGEST_WAIT, timedelta(seconds=2**doubling))
        return entry.last_at + pause - self._clock()

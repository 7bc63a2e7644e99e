from __future__ import annotations

import threading

from sqlalchemy.exc import OperationalError

from server.db import Bell
from server.jobs.periodic import Periodic


def test_a_look_is_done_at_once_and_again_at_each_ring() -> None:
    bell, seen = Bell(), threading.Semaphore(0)
    periodic = Periodic("looker", 3600, seen.release, bell)
    periodic.start()
    assert seen.acquire(timeout=10)
    bell.ring()
    assert seen.acquire(timeout=10)
    periodic.stop()
    assert not seen.acquire(blocking=False)


def test_a_database_that_does_not_answer_is_met_at_the_next_look() -> None:
    seen = threading.Semaphore(0)
    looks: list[int] = []

    def look() -> None:
        looks.append(len(looks))
        seen.release()
        if len(looks) == 1:
            raise OperationalError("SELECT 1", {}, Exception("gone"))

    periodic = Periodic("looker", 0.01, look)
    periodic.start()
    assert seen.acquire(timeout=10)
    assert seen.acquire(timeout=10)
    periodic.stop()
    assert len(looks) >= 2


def test_what_was_never_started_can_be_stopped() -> None:
    Periodic("looker", 1, lambda: None).stop()

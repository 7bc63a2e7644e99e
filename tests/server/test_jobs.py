"""Leased jobs on both databases: order, retries, progress, take-over after a kill -9, and stopping."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from server.db import Database, now
from server.jobs import repository
from server.jobs.port import Handler, JobContext, JobFailed, Kind, NotYet
from server.jobs.worker import MOST_ATTEMPTS, Pace, Worker
from server.tables import Job
from server.tables.jobs import JobState

QUICK = Pace(lease=timedelta(milliseconds=900), look_s=0.05, rest=timedelta(0))


def enqueue(database: Database, kind: str, **arguments: object) -> UUID:
    with database.write() as session:
        return repository.enqueue(session, kind, arguments).id


def shown(database: Database, job_id: UUID) -> Job:
    with database.read() as session:
        job = repository.get(session, job_id)
    assert job is not None
    return job


def worker(database: Database, kind: str, run: Handler, pace: Pace = QUICK) -> Worker:
    return Worker(database, {kind: Kind(run)}, now, pace)


def drain(one: Worker, most: int = 20) -> int:
    return next(number for number in range(most) if not one.run_one())


def test_a_job_exists_only_when_its_transaction_is_committed(database: Database) -> None:
    with database.read() as session:
        repository.enqueue(session, "rolled-back", {})
    assert not worker(database, "rolled-back", lambda _: None).run_one()


def test_jobs_run_in_order_and_once(database: Database) -> None:
    seen: list[object] = []
    ids = [enqueue(database, "order", number=number) for number in range(3)]
    assert drain(worker(database, "order", lambda context: seen.append(context.arguments["number"]))) == 3
    assert seen == [0, 1, 2]
    assert [shown(database, job_id).state for job_id in ids] == [JobState.DONE] * 3
    assert shown(database, ids[0]).progress_permille == 1000


def test_progress_is_seen_while_the_job_runs(database: Database) -> None:
    found: list[tuple[int, str, str]] = []

    def run(context: JobContext) -> None:
        assert context.progress(250, "một phần tư")
        assert not context.progress(251, "một phần tư")
        row = shown(database, context.job_id)
        found.append((row.progress_permille, row.message, row.state))

    enqueue(database, "progress")
    drain(worker(database, "progress", run))
    assert found == [(250, "một phần tư", JobState.RUNNING)]


def test_a_job_that_stumbles_is_tried_again_and_given_up_with_a_sentence(database: Database) -> None:
    tries: list[int] = []
    told: list[tuple[object, str]] = []

    def run(context: JobContext) -> None:
        tries.append(context.attempt)
        raise OSError("the disk is on fire")

    kind = Kind(run, lambda _, arguments, sentence: told.append((arguments["name"], sentence)))
    job_id = enqueue(database, "stumble", name="x")
    assert drain(Worker(database, {"stumble": kind}, now, QUICK)) == MOST_ATTEMPTS
    job = shown(database, job_id)
    assert tries == [1, 2, 3, 4, 5]
    assert job.state == JobState.FAILED
    assert job.error is not None
    assert "on fire" not in job.error
    assert told == [("x", job.error)]


def test_a_job_rests_longer_after_each_failed_try() -> None:
    pace = Pace()
    assert [pace.rest_after(attempt).total_seconds() for attempt in (1, 2, 3, 4)] == [2, 8, 32, 128]


def test_a_job_that_cannot_be_mended_fails_at_once(database: Database) -> None:
    def run(_: JobContext) -> None:
        raise JobFailed("Tệp không còn nữa.")

    job_id = enqueue(database, "hopeless")
    assert drain(worker(database, "hopeless", run)) == 1
    assert (shown(database, job_id).state, shown(database, job_id).error) == (JobState.FAILED, "Tệp không còn nữa.")


def test_a_job_that_waits_does_not_use_up_its_tries(database: Database) -> None:
    left = 8

    def run(_: JobContext) -> None:
        nonlocal left
        left -= 1
        if left:
            raise NotYet(timedelta(0), "waits for others")

    job_id = enqueue(database, "waits")
    assert drain(worker(database, "waits", run)) == 8
    assert (shown(database, job_id).state, shown(database, job_id).attempts) == (JobState.DONE, 1)


def test_a_job_that_is_for_later_is_left_alone(database: Database) -> None:
    with database.write() as session:
        repository.enqueue(session, "later", {}, run_after=now() + timedelta(hours=1))
    assert not worker(database, "later", lambda _: None).run_one()


def test_two_workers_never_take_the_same_job(database: Database) -> None:
    taken: list[object] = []
    for number in range(12):
        enqueue(database, "shared", number=number)
    workers = [worker(database, "shared", lambda context: taken.append(context.arguments["number"])) for _ in range(3)]
    threads = [threading.Thread(target=drain, args=(one,)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(taken, key=str) == sorted(range(12), key=str)


def test_a_long_job_keeps_its_lease(database: Database) -> None:
    released = threading.Event()
    started = threading.Event()

    def run(_: JobContext) -> None:
        started.set()
        assert released.wait(20)

    job_id = enqueue(database, "long")
    first = worker(database, "long", run)
    first.start()
    assert started.wait(20)
    before = shown(database, job_id).lease_until
    until(lambda: shown(database, job_id).lease_until != before)
    assert not worker(database, "long", run).run_one()
    released.set()
    until(lambda: shown(database, job_id).state == JobState.DONE)
    first.stop()
    assert shown(database, job_id).attempts == 1


def test_a_stopped_worker_puts_its_job_back(database: Database) -> None:
    started = threading.Event()

    def run(context: JobContext) -> None:
        while True:
            started.set()
            context.progress(1, "")

    job_id = enqueue(database, "stopped")
    one = worker(database, "stopped", run)
    one.start()
    assert started.wait(20)
    one.stop()
    job = shown(database, job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert one.trouble() is not None


def test_a_worker_that_lost_its_lease_changes_nothing(database: Database) -> None:
    job_id = enqueue(database, "fenced")
    kinds = frozenset({"fenced"})
    early, late = now(), now() + timedelta(minutes=1)
    with database.write() as session:
        assert repository.claim(session, kinds, "first", early, early) is not None
    with database.write() as session:
        assert repository.claim(session, kinds, "second", late, late) is not None
    with database.write() as session:
        assert not repository.renew(session, job_id, "first", late)
        assert not repository.progress(session, job_id, "first", 500, "")
        assert not repository.finish(session, job_id, "first", late)
        assert not repository.fail(session, job_id, "first", late, "no")
    job = shown(database, job_id)
    assert (job.state, job.lease_owner, job.attempts) == (JobState.RUNNING, "second", 2)


CHILD = """
import sys, time
from datetime import timedelta
from server.db import Database, now
from server.jobs.port import Kind
from server.jobs.worker import Pace, Worker

def run(context):
    print("started", flush=True)
    time.sleep(60)

Worker(Database(sys.argv[1]), {"killed": Kind(run)}, now, Pace(lease=timedelta(minutes=2))).run_one()
"""


def test_a_job_survives_the_death_of_its_worker(database: Database) -> None:
    job_id = enqueue(database, "killed")
    child = subprocess.Popen([sys.executable, "-c", CHILD, database.url], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "started\n"
        seen: list[int] = []
        kinds = {"killed": Kind(lambda context: seen.append(context.attempt))}
        assert not Worker(database, kinds, now, QUICK).run_one()
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.communicate()
    assert Worker(database, kinds, lambda: now() + timedelta(minutes=5), QUICK).run_one()
    assert seen == [2]
    assert shown(database, job_id).state == JobState.DONE


def test_a_job_that_kills_every_worker_is_given_up(database: Database) -> None:
    job_id = enqueue(database, "poison")
    kinds = frozenset({"poison"})
    for _ in range(MOST_ATTEMPTS):
        with database.write() as session:
            assert repository.claim(session, kinds, "dead", now(), now() - timedelta(seconds=1)) is not None
    ran: list[int] = []
    assert worker(database, "poison", lambda context: ran.append(1)).run_one()
    assert ran == []
    assert shown(database, job_id).state == JobState.FAILED


def test_a_new_job_wakes_an_idle_worker(database: Database) -> None:
    ran = threading.Event()
    idle = worker(database, "wake", lambda _: ran.set(), Pace(look_s=3600))
    idle.start()
    enqueue(database, "wake")
    assert ran.wait(20)
    idle.stop()


def until(look: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(400):
        if look():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come to that")

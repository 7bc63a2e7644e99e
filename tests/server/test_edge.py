"""The edge of a request on both databases: commits before answers, rollbacks, streams of changes, collisions."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from anyio import Semaphore
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError
from starlette.types import Message, Receive, Scope, Send

from server import errors
from server.changes import changes_after, note_change
from server.db import Database, Wake, Writers, new_id, ring_after_commit
from server.edge import MOST_WRITING, WriteSession
from server.errors import not_found
from server.tables import Agency, Change, Mark
from server.tables.accounts import Role
from tests.conftest import People
from tests.serving import serving


@dataclass(frozen=True)
class Holder:
    """As much of the parts as the edge needs."""

    db: Database
    writing: Semaphore = field(default_factory=lambda: Semaphore(MOST_WRITING))


@pytest.fixture
def small(database: Database) -> FastAPI:
    """An application of two endpoints that tells in a header whether the row was there when the answer began."""
    app = FastAPI()
    app.state.parts = Holder(database)
    errors.install(app)

    @app.post("/marks/{name}")
    def make(name: str, session: WriteSession, *, fail: bool = False) -> dict[str, str]:
        session.add(Mark(name=name, value="x"))
        session.flush()
        if fail:
            raise not_found("thing")
        return {"name": name}

    class Looking:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    there = is_there(database, scope["path"].rpartition("/")[2])
                    message["headers"].append((b"x-there", str(there).encode()))
                await send(message)

            await self.inner(scope, receive, sending)

    app.add_middleware(Looking)
    return app


def is_there(database: Database, name: str) -> bool:
    with database.read() as session:
        return session.get(Mark, name) is not None


def test_a_write_is_committed_before_its_answer_is_sent(small: FastAPI) -> None:
    with serving(small) as server:
        answer = httpx.post(f"{server.url}/marks/committed", timeout=60)
    assert (answer.status_code, answer.headers["x-there"]) == (200, "True")


def test_a_refused_write_leaves_nothing(small: FastAPI, database: Database) -> None:
    with serving(small) as server:
        answer = httpx.post(f"{server.url}/marks/refused", params={"fail": True}, timeout=60)
    assert (answer.status_code, answer.headers["x-there"]) == (404, "False")
    assert not is_there(database, "refused")


def test_more_writers_than_threads_are_all_answered(small: FastAPI, database: Database) -> None:
    many = 3 * MOST_WRITING + 40
    with serving(small) as server, ThreadPoolExecutor(many) as crowd:
        answers = list(crowd.map(lambda n: httpx.post(f"{server.url}/marks/crowd-{n}", timeout=60), range(many)))
    assert {answer.status_code for answer in answers} == {200}
    assert all(is_there(database, f"crowd-{number}") for number in range(many))


def test_who_came_first_writes_first() -> None:
    writers, order = Writers(), []

    def write(name: int, at_the_door: threading.Event) -> None:
        at_the_door.set()
        with writers.turn(60):
            order.append(name)

    threads = []
    with writers.turn(60):
        for name in range(5):
            at_the_door = threading.Event()
            threads.append(threading.Thread(target=write, args=(name, at_the_door)))
            threads[-1].start()
            at_the_door.wait(60)
            while writers.waiting <= name:
                time.sleep(0.001)
    for thread in threads:
        thread.join(60)
    assert order == list(range(5))


def test_who_is_not_let_in_for_long_goes_on_without_a_turn() -> None:
    writers = Writers()
    with writers.turn(60), writers.turn(0):
        assert writers.waiting == 0
    with writers.turn(60):
        assert writers.waiting == 0


def test_a_bell_rings_for_a_commit_and_for_nothing_else(database: Database) -> None:
    bell = database.bells[Wake.JOBS]
    heard = bell.rings
    with database.read() as session:
        ring_after_commit(session, Wake.JOBS)
    assert bell.rings == heard
    with database.write() as session:
        ring_after_commit(session, Wake.JOBS)
        ring_after_commit(session, Wake.JOBS)
        assert bell.rings == heard
    assert bell.wait(heard, 0) == heard + 1


def test_the_same_slug_at_the_same_moment_is_a_conflict(database: Database) -> None:
    with database.write() as session:
        session.add(Agency(slug="twice", name="x"))
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(Agency(slug="twice", name="y"))


def test_changes_are_read_after_an_id(database: Database) -> None:
    subjects = [new_id() for _ in range(3)]
    with database.write() as session:
        for subject in subjects:
            note_change(session, "panel", subject)
    with database.read() as session:
        rows = [row for row in changes_after(session, 0) if row.subject_id in subjects]
        assert [row.subject_id for row in rows] == subjects
        assert [row.subject_id for row in changes_after(session, rows[0].id or 0)][:2] == subjects[1:]


def test_a_change_is_told_once_in_a_transaction_and_again_after_a_rollback(database: Database) -> None:
    subject = new_id()
    with database.write() as session:
        note_change(session, "panel", subject)
        session.rollback()
        note_change(session, "panel", subject)
        session.flush()
        note_change(session, "panel", subject)
    with database.write() as session:
        note_change(session, "panel", subject)
    with database.read() as session:
        assert [row.subject_id for row in changes_after(session, 0)].count(subject) == 2


def events(client: httpx.Client, headers: dict[str, str]) -> Generator[dict[str, Any]]:
    with client.stream("GET", "/api/v1/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, Any] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line and not line.startswith(":"):
                event[name] = value
            elif event:
                yield event
                event = {}


def test_an_event_stream_tells_what_changed_and_goes_on_where_it_was_cut(people: People, database: Database) -> None:
    client = people.person(Role.ADMINISTRATOR).client
    with database.write() as session:
        first = Change(topic="panel", subject_id=new_id())
        session.add(first)
    subjects = [new_id() for _ in range(2)]
    stream = events(client, {"Last-Event-ID": str(first.id)})
    for subject in subjects:
        with database.write() as session:
            note_change(session, "fault", subject)
        event = next(one for one in stream if one["event"] == "fault")
        assert UUID(json.loads(event["data"])["subject_id"]) == subject
    assert int(event["id"]) > (first.id or 0)
    stream.close()


def test_many_streams_leave_room_for_requests(people: People, database: Database) -> None:
    client = people.person(Role.ADMINISTRATOR).client
    streams = [events(client, {"Last-Event-ID": "0"}) for _ in range(45)]
    with database.write() as session:
        note_change(session, "panel", new_id())
    threads = [threading.Thread(target=next, args=(stream,)) for stream in streams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert client.get("/api/v1/me").status_code == 200
    for stream in streams:
        stream.close()

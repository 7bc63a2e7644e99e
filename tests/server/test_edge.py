"""The edge of a request on both databases: commits before answers, rollbacks, streams of changes, collisions."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError
from starlette.types import Message, Receive, Scope, Send

from server import errors
from server.changes import changes_after, note_change
from server.db import Database, Wake, new_id, ring_after_commit
from server.edge import WriteSession
from server.errors import not_found
from server.tables import Agency, Change, Mark
from server.tables.accounts import Role
from tests.conftest import People
from tests.serving import serving


@dataclass(frozen=True)
class Holder:
    """As much of the parts as the edge needs."""

    db: Database


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

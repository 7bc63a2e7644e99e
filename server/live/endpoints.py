"""The progress of a job, and the event stream that tells pages what to load anew.

The stream holds no database session and no thread while nothing happens in this process; it looks once a second
for what other processes changed.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from playlists.instant import format_instant
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.changes import changes_after, newest_change
from server.db import Database, Wake
from server.edge import ReadSession
from server.errors import not_found
from server.jobs import repository as jobs
from server.live.schemas import JobShown
from server.parts import Parts, PartsDep
from server.routes import Router
from server.tables import Change

router = Router(prefix="/api/v1", tags=["live"])
LOOKS_A_SECOND = 10
"""How often a stream asks, without the database, whether this process changed something."""
OVERLAP = 100
"""PostgreSQL shows ids in the order of commits, not of numbers: so many older ones are looked at again."""
LONGEST = timedelta(minutes=10)
"""A stream ends then; the browser opens another, and its login is checked anew."""
PING_S = 15


@router.get("/jobs/{job_id}")
def job(job_id: UUID, caller: CallerDep, session: ReadSession) -> JobShown:
    """Tell how far a piece of work is."""
    row = jobs.get(session, job_id)
    if row is None:
        raise not_found("job")
    caller.require(Permission.SEE, agency_id=row.agency_id, what="job")
    return JobShown.model_validate(row)


@router.get("/events", response_class=EventSourceResponse)
async def events(
    caller: CallerDep,
    parts: PartsDep,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    after: Annotated[int | None, Query(ge=0, le=2**53)] = None,
) -> EventSourceResponse:
    """Stream what changed: `event` is the topic, `data` the subject's id and the time, `id` for Last-Event-ID.

    Without `Last-Event-ID` or `?after=` it begins now. Events carry ids only; what they mean is asked for as usual.
    """
    caller.require(Permission.SEE)
    start = int(last_event_id) if last_event_id is not None and last_event_id.isdecimal() else after
    first = start if start is not None else await run_in_threadpool(_newest, parts.db)
    return EventSourceResponse(_stream(parts, first), ping=PING_S)


async def _stream(parts: Parts, start: int) -> AsyncIterator[ServerSentEvent]:
    bell, sent = parts.db.bells[Wake.CHANGES], deque[int](maxlen=2 * OVERLAP)
    last, ends_at = start, parts.clock() + LONGEST
    while parts.clock() < ends_at:
        heard = bell.rings
        for change in await run_in_threadpool(_after, parts.db, max(start, last - OVERLAP)):
            if change.id is not None and change.id not in sent:
                sent.append(change.id)
                last = max(last, change.id)
                yield _event(change)
        for _ in range(LOOKS_A_SECOND):
            if bell.rings != heard:
                break
            await asyncio.sleep(1 / LOOKS_A_SECOND)


def _newest(db: Database) -> int:
    with db.read() as session:
        return newest_change(session)


def _after(db: Database, last: int) -> list[Change]:
    with db.read() as session:
        return changes_after(session, last)


def _event(change: Change) -> ServerSentEvent:
    data = {"subject_id": str(change.subject_id), "at": format_instant(change.at)}
    return ServerSentEvent(json.dumps(data), event=change.topic, id=str(change.id))

"""The edge of a request: its transaction, its revision check, its page of a list.

A `WriteSession` is committed before the answer is sent: who reads "201" finds the row, whoever asks and wherever.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Generic, Protocol, TypeVar, cast
from uuid import UUID

from anyio import Semaphore
from fastapi import Depends, Header, Query, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool
from pydantic import BaseModel

from playlists.instant import to_utc
from server.db import Database, Session
from server.errors import invalid, stale

MOST_ITEMS = 200
MOST_WRITING = 16
"""How many requests may hold or await a writing transaction; far fewer than the threads that answer requests."""
Row = TypeVar("Row")
Shape = TypeVar("Shape")


class _HoldsDatabase(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def writing(self) -> Semaphore: ...


def database_of(request: Request) -> Database:
    """Return the database of the application that a request came to."""
    return _holder(request).db


def _read(request: Request) -> Iterator[Session]:
    with database_of(request).read() as session:
        yield session


async def _write(request: Request) -> AsyncIterator[Session]:
    parts = _holder(request)
    # Who waits to write holds a thread. Were all threads theirs, none would be left for the one whose turn it is.
    async with parts.writing, contextmanager_in_threadpool(parts.db.write()) as session:
        yield session


def _holder(request: Request) -> _HoldsDatabase:
    return cast("_HoldsDatabase", request.app.state.parts)


ReadSession = Annotated[Session, Depends(_read, scope="function")]
"""A session that is rolled back when the endpoint returns."""
WriteSession = Annotated[Session, Depends(_write, scope="function")]
"""A session that is committed when the endpoint returns, before the answer is sent; rolled back when it raises."""


@dataclass(frozen=True)
class Expected:
    """The revision that an edit was based on; None when the caller did not say."""

    rev: int | None

    def check(self, current: int) -> None:
        """Let an edit pass only when it was based on the current revision, or on none in particular.

        Raises:
            Problem: 412, the object has changed since.
        """
        if self.rev is not None and self.rev != current:
            raise stale(current)


def _expected(if_match: Annotated[str | None, Header(examples=['"1"'])] = None) -> Expected:
    if if_match is None or if_match.strip() == "*":
        return Expected(None)
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid("invalid-if-match", 'If-Match holds the ETag of one revision, for example "3".')
    return Expected(int(text))


IfMatch = Annotated[Expected, Depends(_expected)]
"""The If-Match header of an edit, read weakly: a missing one is allowed."""


def tag(response: Response, rev: int) -> None:
    """Write an object's revision as its ETag."""
    response.headers["ETag"] = f'"{rev}"'


class Page(BaseModel, Generic[Shape]):
    """A part of a list; `next_cursor` is missing on the last one."""

    items: list[Shape]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Slice:
    """Which part of a list is asked for: the objects with ids below `before`, newest first."""

    before: UUID | None
    limit: int

    def page(self, rows: Sequence[Row], shape: Callable[[Row], Shape], key: Callable[[Row], UUID]) -> Page[Shape]:
        """Return the page of rows that were asked for with one more than `limit`."""
        kept = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(items=[shape(row) for row in kept], next_cursor=_cursor(key(kept[-1])) if more and kept else None)


def _cursor(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def _slice(
    cursor: Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 50,
) -> Slice:
    if cursor is None:
        return Slice(None, limit)
    try:
        return Slice(UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True)), limit)
    except (ValueError, binascii.Error) as error:
        raise invalid("invalid-cursor", "This cursor is none that a page before gave; start without one.") from error


PageAsked = Annotated[Slice, Depends(_slice)]
"""`?cursor=&limit=` of a list."""


def span(start: datetime, end: datetime, longest: timedelta) -> tuple[datetime, datetime]:
    """Return two times in UTC, checked.

    Raises:
        Problem: 422 for a naive time, an end that is not after the start, or too long a span.
    """
    try:
        begin, finish = to_utc(start), to_utc(end)
    except (ValueError, OverflowError) as error:
        raise invalid("invalid-time", f"A time is not usable: {error}.") from error
    if not timedelta(0) < finish - begin <= longest:
        raise invalid("invalid-span", f"`to` must lie after `from`, and at most {longest.days} days after it.")
    if begin.year < 2000 or finish.year > 2200:
        raise invalid("invalid-span", "Times lie between the years 2000 and 2200.")
    return begin, finish

"""The database's edge: engine, transactions, the one time column type, and migrations.

A transaction opens and commits at the edge (a request, a batch of messages, a step of a job). On SQLite every
writing transaction is `BEGIN IMMEDIATE`, the journal is WAL and every commit is synced (FULL).
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import BigInteger, Dialect, Engine, event, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, create_engine

from playlists import ids
from playlists.instant import from_micros, to_micros

__all__ = [
    "Bell",
    "Database",
    "Session",
    "UtcMicros",
    "Wake",
    "Writers",
    "finish_with",
    "new_id",
    "now",
    "ring_after_commit",
    "upgrade",
]

BUSY_TIMEOUT_MS = 10_000
_RINGS = "bangtin_rings"
_LAST_STEPS = "bangtin_last_steps"


class UtcMicros(TypeDecorator[datetime]):
    """An aware time as whole microseconds since 1970 in UTC; a naive time is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Turn an aware time into microseconds."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """Turn microseconds into a UTC time."""
        return None if value is None else from_micros(value)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return ids.uuid7(time.time_ns() // 1_000_000, os.urandom(10))


class Wake(StrEnum):
    """What a committed transaction may wake in this process; other processes look by themselves every second."""

    JOBS = "jobs"
    CHANGES = "changes"
    KIOSKS = "kiosks"
    """A kiosk was enrolled or revoked: the broker's list of passwords is to be written anew."""
    POINTERS = "pointers"
    DESIRED = "desired"
    """A signed thing besides manifests waits for the broker."""
    OUTBOX = "outbox"
    """A message waits to be sent."""


class Bell:
    """A condition with a count, so that a ring between two looks is never missed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it rang so far."""
        with self._condition:
            return self._rings

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, timeout_s: float) -> int:
        """Wait until it rang more than `heard` times or the time is over; return how often it rang so far."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings > heard, timeout_s)
            return self._rings


def ring_after_commit(session: Session, wake: Wake) -> None:
    """Ring a bell of the database when, and only when, the session's transaction is committed."""
    session.info.setdefault(_RINGS, set()).add(wake)


def finish_with(session: Session, name: str, step: Callable[[Session], None]) -> None:
    """Run a step once, by its name, as the last thing before the session's transaction is committed.

    For what writers queue for: they hold it only while they commit.
    """
    session.info.setdefault(_LAST_STEPS, {})[name] = step


class Writers:
    """Lets the threads of this process write one after another, in the order in which they came.

    SQLite lets whoever asks at the right moment write, and those who wait ask at intervals of up to 0.1 s: one thread
    that writes without a pause keeps all others out, a signature under a warning among them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    @property
    def waiting(self) -> int:
        """How many threads wait for their turn."""
        with self._lock:
            return len(self._waiting)

    @contextmanager
    def turn(self, patience_s: float) -> Iterator[None]:
        """Hold the turn until the end of the block; who does not get it in time goes on without, and SQLite decides."""
        is_mine = self._take(patience_s)
        try:
            yield
        finally:
            if is_mine:
                self._give()

    def _take(self, patience_s: float) -> bool:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(patience_s):
            return True
        with self._lock:
            if called.is_set():
                return True
            self._waiting.remove(called)
            return False

    def _give(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


class Database:
    """An engine, and the two kinds of transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._writers = Writers() if self.engine.dialect.name == "sqlite" else None
        self.bells = {wake: Bell() for wake in Wake}

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that is rolled back at the end."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session that is committed at the end, or rolled back when an error leaves it."""
        turn = self._writers.turn(BUSY_TIMEOUT_MS / 1000) if self._writers is not None else nullcontext()
        with turn, Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"bangtin_write": True})
            yield session
            for step in session.info.pop(_LAST_STEPS, {}).values():
                step(session)
            session.commit()
            rings: set[Wake] = session.info.get(_RINGS, set())
        for wake in rings:
            self.bells[wake].ring()

    def ping(self) -> None:
        """Ask the database for one row.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it does not answer.
        """
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def upgrade(url: str) -> None:
    """Bring a database to the newest schema; safe to run again and at every start."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.attributes["engine"] = engine = _engine(url)
    try:
        command.upgrade(config, "head")
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000})

    # pysqlite opens transactions late and by itself; BEGIN must be ours for IMMEDIATE to hold
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#serializable-isolation-savepoints-transactional-ddl
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("bangtin_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine

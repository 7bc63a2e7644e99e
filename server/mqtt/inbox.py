"""What kiosks say and other systems state, in batches: one database transaction for each batch, then the answers.

Nothing of an unknown, revoked or not yet enrolled kiosk reaches a feature. What is malformed is counted.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from playlists.wire import messages, topics
from playlists.wire.messages import Malformed, Message, Statement
from playlists.wire.topics import Manner, Up
from server.db import Database, Session
from server.mqtt import repository
from server.mqtt.link import Heard

log = logging.getLogger(__name__)

MOST_WAITING = 20_000
MOST_IN_BATCH = 500
SAY_EVERY_S = 60.0
RETRY_S = 1.0
GATHER_S = 0.03
"""After a batch the next one may fill: a hundred answers to one warning are a few transactions, not a hundred."""

KINDS: Mapping[Up, type[Message]] = {
    Up.PRESENCE: messages.Presence,
    Up.STATE: messages.State,
    Up.FAULTS: messages.Faults,
    Up.HEALTH: messages.Health,
    Up.PLAYS: messages.Plays,
    Up.REPLY: messages.Reply,
    Up.LOG: messages.Log,
}
"""The form of each topic's payload."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """When a message was heard, and whether it is the broker's memory of an earlier time."""

    at: datetime
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What to tell after the transaction is committed."""

    topic: str
    message: Message
    manner: Manner


@dataclass(frozen=True, slots=True)
class Said:
    """What a kiosk says on a leaf, or another system (`leaf` is None) states."""

    speaker: UUID
    leaf: Up | None
    message: Any
    hearing: Hearing


Taker = Callable[[Session, Sequence[Said]], Iterable[Answer]]
"""A feature's inbox function: session, and what was said on one leaf without another in between; returns answers.

Rows of the speakers, Kiosk and KioskStatus, are loaded: asking the session for one costs no look at the database.
"""
Takers = Mapping[Up, Sequence[Taker]]
StatementTaker = Callable[[Session, UUID, Statement, Hearing], Iterable[Answer]]
"""Takes what another system states: session, source, statement, hearing; returns answers."""
Answering = Callable[[Answer], None]


def each(take: Callable[[Session, UUID, Any, Hearing], Iterable[Answer]]) -> Taker:
    """Make a taker of a function that takes one message: session, kiosk, message of the leaf's kind, hearing."""

    def take_all(session: Session, said: Sequence[Said]) -> Iterable[Answer]:
        return [answer for one in said for answer in take(session, one.speaker, one.message, one.hearing)]

    return take_all


class Tally:
    """Counts what was dropped and says so at most once a minute for each reason."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said_at: dict[str, float] = {}
        self.counts: Counter[str] = Counter()

    def note(self, reason: str, sentence: str) -> None:
        """Count one more for a reason."""
        self.counts[reason] += 1
        moment = self._clock()
        if moment - self._said_at.get(reason, -SAY_EVERY_S) >= SAY_EVERY_S:
            self._said_at[reason] = moment
            log.warning("%s (%d so far)", sentence, self.counts[reason])


class Inbox:
    """A bounded queue and the thread that empties it."""

    def __init__(
        self, db: Database, takers: Takers, answer: Answering, take_statement: StatementTaker | None = None
    ) -> None:
        self._db = db
        self._takers = takers
        self._take_statement = take_statement
        self._answer = answer
        self._waiting: queue.SimpleQueue[Heard | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt-inbox", daemon=True)
        self.tally = Tally()

    def put(self, heard: Heard) -> None:
        """Take one message as it came in; never waits."""
        self._waiting.put(heard)

    def is_full(self) -> bool:
        """Tell whether the link should rest from reading until the queue is shorter."""
        return self._waiting.qsize() >= MOST_WAITING

    def start(self) -> None:
        """Begin to empty the queue."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch at hand."""
        self._stopping.set()
        self._waiting.put(None)
        if self._thread.ident is not None:
            self._thread.join(10)

    def take(self, batch: Sequence[Heard]) -> None:
        """Decide one batch in one transaction; when that fails, each message in its own, so that one cannot spoil all.

        Raises:
            sqlalchemy.exc.OperationalError: the database does not answer; nothing was taken.
        """
        said = [one for heard in batch if (one := self._read(heard)) is not None]
        if not said:
            return
        try:
            self._commit(said)
        except OperationalError:
            raise
        except Exception:
            log.exception("a batch of %d messages failed; taking them one by one", len(said))
            for one in said:
                self._commit_alone(one)

    def _run(self) -> None:
        while not self._stopping.is_set():
            batch = self._next_batch()
            while batch and not self._stopping.is_set():
                try:
                    self.take(batch)
                    self._stopping.wait(GATHER_S)
                    break
                except OperationalError:
                    log.exception("the database does not answer; %d messages wait", len(batch))
                    self._stopping.wait(RETRY_S)

    def _next_batch(self) -> list[Heard]:
        batch: list[Heard] = []
        heard = self._waiting.get()
        while heard is not None:
            batch.append(heard)
            if len(batch) >= MOST_IN_BATCH:
                break
            try:
                heard = self._waiting.get_nowait()
            except queue.Empty:
                break
        return batch

    def _read(self, heard: Heard) -> Said | None:
        source_id = topics.parse_inward(heard.topic)
        if source_id is not None:
            return self._read_statement(source_id, heard)
        place = topics.parse_up(heard.topic)
        if place is None:
            self.tally.note("topic", "a message on a topic that no kiosk has was dropped")
            return None
        kiosk_id, leaf = place
        kind = KINDS.get(leaf)
        if kind is None or not heard.payload:
            return None
        try:
            message = messages.decode(kind, heard.payload)
        except Malformed as error:
            self.tally.note("malformed", f"a message of kiosk {kiosk_id} on {leaf} is malformed: {error}")
            return None
        return Said(kiosk_id, leaf, message, Hearing(heard.at, heard.retained))

    def _read_statement(self, source_id: UUID, heard: Heard) -> Said | None:
        if self._take_statement is None or not heard.payload:
            return None
        try:
            message = messages.decode(Statement, heard.payload)
        except Malformed as error:
            self.tally.note("malformed", f"a statement of the source {source_id} is malformed: {error}")
            return None
        return Said(source_id, None, message, Hearing(heard.at, heard.retained))

    def _commit(self, said: Sequence[Said]) -> None:
        answers: list[Answer] = []
        with self._db.write() as session:
            kiosks = [one for one in said if one.leaf is not None]
            fresh = {one.speaker: one.hearing.at for one in kiosks if not one.hearing.retained}
            known = repository.speakers(session, {one.speaker for one in kiosks}, fresh) if kiosks else {}
            for leaf, run in itertools.groupby(said, lambda one: one.leaf):
                answers.extend(self._answers(session, leaf, list(run), known))
        for answer in answers:
            self._answer(answer)

    def _answers(
        self, session: Session, leaf: Up | None, run: Sequence[Said], known: Container[UUID]
    ) -> Iterable[Answer]:
        if leaf is None:
            return each(self._take_statement)(session, run) if self._take_statement is not None else ()
        for one in run:
            if one.speaker not in known:
                self.tally.note("unknown", f"a message of the unknown kiosk {one.speaker} was dropped")
        heard = [one for one in run if one.speaker in known]
        return [answer for taker in self._takers.get(leaf, ()) for answer in taker(session, heard)] if heard else ()

    def _commit_alone(self, one: Said) -> None:
        try:
            self._commit([one])
        except OperationalError:
            raise
        except (SQLAlchemyError, ValueError, KeyError, TypeError):
            log.exception("a message of %s on %s could not be taken and was dropped", one.speaker, one.leaf or "in")
            self.tally.note("failed", "a message could not be taken")

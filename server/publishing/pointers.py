"""The pointer publisher: the broker is told of every manifest and of all values that it was not told of yet.

One routine serves a publication, a start and a broker that forgot: kiosks with `assigned_seq > published_seq`, and
for the values of status boards those with `values_assigned_seq > values_published_seq`.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from playlists.wire import topics
from playlists.wire.messages import BoardValues, Message, Pointer
from playlists.wire.topics import DOWN_MANNER, Down, Manner
from server.db import Database, Wake, new_id, now, ring_after_commit
from server.mqtt import repository as marks
from server.mqtt.link import LinkDown
from server.publishing import repository
from server.publishing.repository import Untold, UntoldValues

log = logging.getLogger(__name__)

AT_ONCE = 500
PUBACK_S = 15.0
LOOK_S = 1.0


class Publishes(Protocol):
    """What the routine needs of the exchange."""

    def publish(self, topic: str, message: Message, manner: Manner) -> Future[None]:
        """Hand a message to the broker; the future completes when the broker has it."""

    def publish_epoch(self, epoch: UUID) -> Future[None]:
        """Leave the server's mark in the broker."""


class Pointers:
    """The routine and its thread."""

    def __init__(self, db: Database, exchange: Publishes) -> None:
        self._db = db
        self._exchange = exchange
        self._marks: frozenset[UUID] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pointers", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was not told is told after the next start."""
        self._stopping.set()
        self._db.bells[Wake.POINTERS].ring()
        if self._thread.ident is not None:
            self._thread.join(PUBACK_S + 5)

    def found_marks(self, marks_in_broker: frozenset[UUID]) -> None:
        """Take the epochs that the broker of a new connection holds, and look soon; never waits."""
        with self._lock:
            self._marks = marks_in_broker
        self._db.bells[Wake.POINTERS].ring()

    def tell(self) -> int:
        """Tell the broker all that it lacks; return how many pointers it took.

        Raises:
            LinkDown: the connection broke; what was not confirmed is told again later.
        """
        with self._lock:
            found, self._marks = self._marks, None
        try:
            forgot = found is not None and self._forgot(found)
            told = self._tell_untold() + self._tell_values()
            if forgot:
                self._leave_mark()
        except (LinkDown, TooLate, SQLAlchemyError):
            self._remember(found)
            raise
        return told

    def _remember(self, found: frozenset[UUID] | None) -> None:
        """Keep what the broker said for the next try, unless a newer connection has said something since."""
        with self._lock:
            if self._marks is None:
                self._marks = found

    def _forgot(self, found: frozenset[UUID]) -> bool:
        with self._db.read() as session:
            expected = marks.read_epoch(session)
        if expected is not None and expected in found:
            return False
        log.info("the broker does not hold the mark of the database; every pointer is published again")
        with self._db.write() as session:
            repository.forget_told(session)
            marks.forget_said(session)
            ring_after_commit(session, Wake.DESIRED)
        return True

    def _tell_untold(self) -> int:
        told = 0
        while not self._stopping.is_set():
            with self._db.read() as session:
                waiting = repository.untold(session, AT_ONCE)
            if not waiting:
                break
            sent = [(one, self._exchange.publish(*_pointer(one))) for one in waiting]
            taken = [one for one, future in sent if _is_taken(future)]
            with self._db.write() as session:
                repository.note_told(session, taken)
            told += len(taken)
            if len(taken) < len(waiting):
                raise LinkDown(f"the broker took {len(taken)} of {len(waiting)} pointers")
        return told

    def _tell_values(self) -> int:
        """Tell the values of status boards; like a pointer they are told until the broker has them."""
        told = 0
        while not self._stopping.is_set():
            with self._db.read() as session:
                waiting = repository.untold_values(session, AT_ONCE)
            if not waiting:
                break
            sent = [(one, self._exchange.publish(*_values(one))) for one in waiting]
            taken = [one for one, future in sent if _is_taken(future)]
            with self._db.write() as session:
                repository.note_told_values(session, taken)
            told += len(taken)
            if len(taken) < len(waiting):
                raise LinkDown(f"the broker took the values of {len(taken)} of {len(waiting)} kiosks")
        return told

    def _leave_mark(self) -> None:
        epoch = new_id()
        with self._db.write() as session:
            marks.write_epoch(session, epoch)
        self._exchange.publish_epoch(epoch).result(PUBACK_S)

    def _run(self) -> None:
        bell = self._db.bells[Wake.POINTERS]
        while not self._stopping.is_set():
            heard = bell.rings
            try:
                self.tell()
            except (LinkDown, TooLate) as error:
                log.debug("pointers wait for the broker: %s", error)
            except SQLAlchemyError:
                log.exception("pointers wait for the database")
            if not self._stopping.is_set():
                bell.wait(heard, LOOK_S)


def _pointer(one: Untold) -> tuple[str, Pointer, Manner]:
    message = Pointer(id=new_id(), at=now(), seq=one.seq, sha256=one.sha256)
    return topics.down(one.kiosk_id, Down.MANIFEST), message, DOWN_MANNER[Down.MANIFEST]


def _values(one: UntoldValues) -> tuple[str, BoardValues, Manner]:
    message = BoardValues(id=new_id(), at=now(), documents=one.documents, envelopes=one.envelopes)
    return topics.down(one.kiosk_id, Down.VALUES), message, DOWN_MANNER[Down.VALUES]


def _is_taken(future: Future[None]) -> bool:
    try:
        future.result(PUBACK_S)
    except (LinkDown, TooLate):
        return False
    return True

"""What the broker should hold for each kiosk besides the manifest's pointer: signed bodies, retained, said until heard.

Its thread is woken by the commit that wrote them and waits for nothing else, so that a warning does not stand behind
a publication; emergencies go first.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from playlists.wire import topics
from playlists.wire.topics import DOWN_MANNER, Down, Manner
from server.db import Database, Session, Wake, ring_after_commit
from server.mqtt import repository
from server.mqtt.link import LinkDown

log = logging.getLogger(__name__)

AT_ONCE = 500
PUBACK_S = 15.0
LOOK_S = 1.0
FIRST = "emergency"


class Publishes(Protocol):
    """What the routine needs of the exchange."""

    def publish_body(self, topic: str, body: bytes, manner: Manner) -> Future[None]:
        """Hand bytes to the broker; the future completes when the broker has them."""


def alone(session: Session) -> None:
    """Let no other transaction gather what kiosks are told until this one ends; to be called before it is gathered.

    Two that gather at once do not see each other, and the later one would take back what the earlier one said.
    """
    session.flush()
    repository.gather_alone(session)


def say(session: Session, leaf: Down, bodies: Mapping[UUID, bytes], at: datetime) -> int:
    """Have kiosks told bodies on a retained topic once the transaction is committed; return for how many it is news.

    An empty body clears the topic.
    """
    if not DOWN_MANNER[leaf].retain:
        raise ValueError(f"dn/{leaf} is not retained: nothing can be desired there")
    changed = repository.desire(session, leaf, bodies, at)
    if changed:
        ring_after_commit(session, Wake.DESIRED)
    return changed


class Desired:
    """The routine and its thread."""

    def __init__(self, db: Database, exchange: Publishes) -> None:
        self._db = db
        self._exchange = exchange
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desired", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was not said is said after the next start."""
        self._stopping.set()
        self._db.bells[Wake.DESIRED].ring()
        if self._thread.ident is not None:
            self._thread.join(PUBACK_S + 5)

    def tell(self) -> int:
        """Tell the broker all that it lacks; return how many bodies it took.

        Raises:
            LinkDown: it did not take all; those are told again later.
        """
        told = 0
        while not self._stopping.is_set():
            with self._db.read() as session:
                waiting = repository.unsaid(session, FIRST, AT_ONCE)
            if not waiting:
                break
            sent = [(one, self._exchange.publish_body(*_addressed(one))) for one in waiting]
            taken = [one for one, future in sent if _is_taken(future)]
            if taken:
                with self._db.write() as session:
                    repository.note_said(session, taken)
            told += len(taken)
            if len(taken) < len(waiting):
                raise LinkDown(f"the broker took {len(taken)} of {len(waiting)} signed bodies")
        return told

    def _run(self) -> None:
        bell = self._db.bells[Wake.DESIRED]
        while not self._stopping.is_set():
            heard = bell.rings
            try:
                self.tell()
            except LinkDown as error:
                log.debug("signed bodies wait for the broker: %s", error)
            except SQLAlchemyError:
                log.exception("signed bodies wait for the database")
            if not self._stopping.is_set():
                bell.wait(heard, LOOK_S)


def _addressed(one: repository.Unsaid) -> tuple[str, bytes, Manner]:
    leaf = Down(one.leaf)
    return topics.down(one.kiosk_id, leaf), one.body, DOWN_MANNER[leaf]


def _is_taken(future: Future[None]) -> bool:
    try:
        future.result(PUBACK_S)
    except (LinkDown, TooLate):
        return False
    return True

"""The broker, the server's link to it and the inbox, as one thing that the wiring starts and stops."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from playlists.wire import messages, topics
from playlists.wire.messages import Message
from playlists.wire.topics import Manner
from server.db import Database, Wake, new_id, now
from server.mqtt import repository
from server.mqtt.admitted import Admitted
from server.mqtt.backoff import FullJitter
from server.mqtt.broker import Broker, BrokerFailed, Endpoint
from server.mqtt.epoch import EpochWatch
from server.mqtt.inbox import Answer, Inbox, StatementTaker, Takers
from server.mqtt.link import Heard, Link

log = logging.getLogger(__name__)

MOST_ENDED = 20
PASSWORDS_S = 5.0
"""How soon an enrolment that another process took is known to the broker."""

FoundMarks = Callable[[frozenset[UUID]], None]
"""Called once for each connection with the epochs that the broker holds; none: it forgot everything."""


class Exchange:
    """Everything MQTT of one server process. `found_marks` is called in the link's thread and must not wait."""

    def __init__(
        self,
        broker: Broker,
        db: Database,
        takers: Takers,
        *,
        client_id: str,
        take_statement: StatementTaker | None = None,
        backoff: FullJitter | None = None,
    ) -> None:
        self.broker = broker
        self._db = db
        self._epoch = EpochWatch()
        self._found_marks: FoundMarks = _ignore
        self._admitted: Admitted | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_passwords, name="mqtt-passwords", daemon=True)
        # Where a message does not prove who sent it, anybody could state values.
        self._takes_statements = take_statement is not None and broker.authenticated
        self.inbox = Inbox(db, takers, self._answer, take_statement if self._takes_statements else None)
        self.link = Link(
            self._endpoint,
            self,
            client_id=client_id,
            subscriptions=[topics.EPOCH, topics.all_up(), *([topics.all_inward()] if self._takes_statements else [])],
            backoff=backoff or FullJitter(first_s=0.2, most_s=10.0),
        )

    def start(self, found_marks: FoundMarks) -> None:
        """Start the broker, then the inbox, then the link.

        Raises:
            BrokerFailed: the broker does not come up.
        """
        self._found_marks = found_marks
        self.authorise()
        self.broker.start()
        self.inbox.start()
        self.link.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop them in the other order."""
        self._stopping.set()
        self._db.bells[Wake.KIOSKS].ring()
        if self._thread.ident is not None:
            self._thread.join(10)
        self.link.stop()
        self.inbox.stop()
        self.broker.stop()

    def authorise(self) -> None:
        """Tell the broker who may connect, when that has changed."""
        with self._db.read() as session:
            admitted = repository.admitted(session, now())
        if admitted != self._admitted:
            self.broker.authorise(admitted)
            self._admitted = admitted

    def trouble(self) -> str | None:
        """Return None while the broker is reached, else a sentence."""
        return None if self.link.connected else "The MQTT broker is not reached; kiosks are told by their polls only."

    def publish(self, topic: str, message: Message, manner: Manner) -> Future[None]:
        """Hand a message to the broker; the future completes when the broker has it, or raises `LinkDown`."""
        return self.link.publish(topic, messages.encode(message), manner)

    def publish_body(self, topic: str, body: bytes, manner: Manner) -> Future[None]:
        """Hand bytes that were signed as they stand to the broker, like `publish`."""
        return self.link.publish(topic, body, manner)

    def publish_epoch(self, epoch: UUID) -> Future[None]:
        """Leave the server's mark in the broker."""
        return self.publish(topics.EPOCH, messages.Epoch(id=new_id(), at=now(), epoch=epoch), Manner(1, retain=True))

    def subscribed(self) -> None:
        """Begin to look for the mark."""
        self._epoch.subscribed()

    def hear(self, heard: Heard) -> None:
        """Sort what came in."""
        if heard.topic == topics.EPOCH:
            self._epoch.hear(heard.payload)
        elif len(heard.payload) <= messages.MOST_BYTES:
            self.inbox.put(heard)
        else:
            self.inbox.tally.note("large", f"a message of {len(heard.payload)} bytes was dropped")

    def is_full(self) -> bool:
        """Rest from reading while the inbox is full."""
        return self.inbox.is_full()

    def tick(self) -> None:
        """Report the broker's marks once they are known."""
        marks = self._epoch.found()
        if marks is not None:
            self._found_marks(marks)

    def end_sessions(self) -> None:
        """End what kiosks that were shut out still hold."""
        with self._db.read() as session:
            waiting = repository.to_end(session, MOST_ENDED)
        for kiosk_id in waiting:
            if self.broker.end_session(kiosk_id):
                with self._db.write() as session:
                    repository.ended(session, kiosk_id)

    def _keep_passwords(self) -> None:
        bell = self._db.bells[Wake.KIOSKS]
        while not self._stopping.is_set():
            heard = bell.rings
            try:
                self.authorise()
                self.end_sessions()
            except (SQLAlchemyError, BrokerFailed, OSError):
                log.exception("the broker's lists could not be written; it is tried again")
            if not self._stopping.is_set():
                bell.wait(heard, PASSWORDS_S)

    def _endpoint(self) -> Endpoint:
        self.broker.ensure_running()
        return self.broker.for_server()

    def _answer(self, answer: Answer) -> None:
        self.publish(answer.topic, answer.message, answer.manner)


def _ignore(_marks: frozenset[UUID]) -> None:
    return None

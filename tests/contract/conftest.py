"""A broker of each kind that this program can start, and clients that speak to it as kiosks do."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from server.db import new_id
from server.mqtt.admitted import Admitted
from server.mqtt.broker import Broker
from server.mqtt.embedded import EmbeddedBroker
from server.mqtt.mosquitto import MosquittoBroker
from server.mqtt.passwords import password_line

PASSWORD = "a kiosk's own password"


class Client:
    """A paho client on its own thread; what it hears stands in a queue."""

    def __init__(self, broker: Broker, name: str, password: str | None = None) -> None:
        address = broker.for_kiosks()
        self.heard: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self.answer: queue.Queue[Any] = queue.Queue()
        self.gone = threading.Event()
        self.subscribed = threading.Event()
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        self.paho.username_pw_set(address.shared_username or name, password or address.shared_password or PASSWORD)
        self.paho.on_connect = lambda _c, _s, _f, reason, _p: self.answer.put(reason)
        self.paho.on_disconnect = lambda *_: self.gone.set()
        self.paho.on_subscribe = lambda *_: self.subscribed.set()
        self.paho.on_message = lambda _c, _s, m: self.heard.put((m.topic, bytes(m.payload), m.retain))
        self.address = address

    def connect(self, will: tuple[str, bytes] | None = None) -> Client:
        if will is not None:
            self.paho.will_set(will[0], will[1], 1, True)
        self.paho.connect(self.address.host, self.address.port, keepalive=30)
        self.paho.loop_start()
        return self

    def is_accepted(self) -> bool:
        try:
            return not self.answer.get(timeout=3).is_failure
        except queue.Empty:
            return False

    def subscribe(self, topic: str) -> None:
        self.subscribed.clear()
        self.paho.subscribe(topic, 1)
        assert self.subscribed.wait(5)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.paho.publish(topic, payload, 1, retain).wait_for_publish(5)

    def hears(self, timeout_s: float = 5.0) -> tuple[str, bytes, bool] | None:
        try:
            return self.heard.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def drop(self) -> None:
        """Break the connection without a farewell, as a power cut does."""
        connection: Any = self.paho.socket()
        self.paho.loop_stop()
        connection.close()

    def end(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


def _make(kind: str, folder: Path) -> EmbeddedBroker | MosquittoBroker:
    return EmbeddedBroker(folder) if kind == "embedded" else MosquittoBroker(folder, "bangtin-server")


@pytest.fixture
def kiosk_ids() -> tuple[UUID, UUID]:
    return new_id(), new_id()


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(
    request: pytest.FixtureRequest, tmp_path: Path, kiosk_ids: tuple[UUID, UUID]
) -> Iterator[EmbeddedBroker | MosquittoBroker]:
    made = _make(request.param, tmp_path / "broker")
    made.authorise(Admitted(tuple(password_line(str(kiosk_id), PASSWORD) for kiosk_id in kiosk_ids)))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def mosquitto(tmp_path: Path, kiosk_ids: tuple[UUID, UUID]) -> Iterator[MosquittoBroker]:
    made = MosquittoBroker(tmp_path / "broker", "bangtin-server")
    made.authorise(Admitted(tuple(password_line(str(kiosk_id), PASSWORD) for kiosk_id in kiosk_ids)))
    made.start()
    yield made
    made.stop()


Connect = Callable[..., Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect clients that are ended with the test."""
    clients: list[Client] = []

    def make(
        broker: Broker, name: object, *, will: tuple[str, bytes] | None = None, password: str | None = None
    ) -> Any:
        client = Client(broker, str(name), password).connect(will)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.end()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until a condition holds; the time limit is the test's failure, not its subject."""

    def wait(condition: Callable[[], bool], limit_s: float = 15.0) -> None:
        deadline = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < deadline, "the condition never held"
            time.sleep(0.02)

    return wait

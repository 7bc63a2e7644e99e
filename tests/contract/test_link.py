"""The server's link on both brokers: more than 1024 descriptors, a dead broker, a full inbox, an older protocol."""

from __future__ import annotations

import os
import queue
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from playlists.wire import topics
from playlists.wire.topics import Down, Manner, Up
from server.mqtt.backoff import FullJitter
from server.mqtt.broker import Broker, Endpoint
from server.mqtt.embedded import EmbeddedBroker
from server.mqtt.link import Heard, Link, LinkDown
from server.mqtt.mosquitto import MosquittoBroker

Started = EmbeddedBroker | MosquittoBroker
Eventually = Callable[[Callable[[], bool]], None]
RETAINED = Manner(1, retain=True)


class Listening:
    """An ear that keeps what it hears, and can be made full."""

    def __init__(self) -> None:
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.subscriptions = 0
        self.full = threading.Event()

    def subscribed(self) -> None:
        self.subscriptions += 1

    def hear(self, heard: Heard) -> None:
        self.heard.put(heard)

    def is_full(self) -> bool:
        return self.full.is_set()

    def tick(self) -> None:
        return


def _link(broker: Broker, ear: Listening) -> Link:
    def endpoint() -> Endpoint:
        broker.ensure_running()
        return broker.for_server()

    return Link(
        endpoint,
        ear,
        client_id="bangtin-server",
        subscriptions=[topics.EPOCH, topics.all_up()],
        backoff=FullJitter(0.05, 0.2),
    )


@pytest.fixture
def ear() -> Listening:
    return Listening()


@pytest.fixture
def link(broker: Started, ear: Listening) -> Iterator[Link]:
    made = _link(broker, ear)
    made.start()
    assert made.wait_connected(10)
    yield made
    made.stop()


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    assert max(held) >= 1024
    yield
    for descriptor in held:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_it_works_with_a_descriptor_beyond_select(
    broker: Started, many_descriptors: None, ear: Listening, connect: Callable[..., Any], kiosk_ids: tuple[UUID, UUID]
) -> None:
    link = _link(broker, ear)
    link.start()
    try:
        assert link.wait_connected(10)
        link.publish(topics.EPOCH, b"here", RETAINED).result(5)
        assert ear.heard.get(timeout=5).payload == b"here"
    finally:
        link.stop()


def test_thousands_of_pointers_pass_the_window(link: Link, ear: Listening) -> None:
    sent = [link.publish(topics.down(UUID(int=n), Down.MANIFEST), b"x" * 200, RETAINED) for n in range(3000)]
    for future in sent:
        future.result(20)


def test_a_killed_broker_is_started_again_and_the_link_returns(
    broker: Started, link: Link, ear: Listening, eventually: Eventually
) -> None:
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    eventually(lambda: ear.subscriptions == 2 and link.connected)
    link.publish(topics.EPOCH, b"again", RETAINED).result(5)


def stands_still(pid: int | None) -> bool:
    """Tell whether a stopped process has stopped: its threads go on for a moment after the signal."""
    return all(
        stat.read_text().rpartition(")")[2].split()[0] == "T" for stat in Path(f"/proc/{pid}/task").glob("*/stat")
    )


def test_what_was_on_its_way_when_the_broker_died_is_not_called_delivered(
    broker: Started, link: Link, eventually: Eventually
) -> None:
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGSTOP)
    eventually(lambda: stands_still(broker.pid))
    sent = link.publish(topics.EPOCH, b"lost", RETAINED)
    os.kill(broker.pid, signal.SIGKILL)
    with pytest.raises(LinkDown):
        sent.result(10)


def test_a_full_inbox_leaves_the_rest_with_the_broker(
    link: Link, ear: Listening, connect: Callable[..., Any], broker: Started, kiosk_ids: tuple[UUID, UUID]
) -> None:
    kiosk = connect(broker, kiosk_ids[0])
    ear.full.set()
    for number in range(50):
        kiosk.say(topics.up(kiosk_ids[0], Up.STATE), b"%d" % number)
    ear.full.clear()
    payloads = [ear.heard.get(timeout=10).payload for _ in range(50)]
    assert payloads == [b"%d" % number for number in range(50)]


def test_without_a_connection_publishing_says_so(broker: Started, ear: Listening) -> None:
    link = _link(broker, ear)
    with pytest.raises(LinkDown):
        link.publish(topics.EPOCH, b"", RETAINED).result(1)
    link.stop()


def test_it_falls_back_to_mqtt_3_1_1(ear: Listening, older_broker: Endpoint) -> None:
    link = Link(lambda: older_broker, ear, client_id="x", subscriptions=[topics.EPOCH], backoff=FullJitter(0.05, 0.1))
    link.start()
    try:
        assert link.wait_connected(15)
        assert link.protocol == MQTTProtocolVersion.MQTTv311
    finally:
        link.stop()


@pytest.fixture
def older_broker(tmp_path: Any) -> Iterator[Endpoint]:
    """The embedded broker with a listener that only speaks 3.1.1."""
    import iotcore

    from server.mqtt.broker import LOOPBACK, steady_port

    port = steady_port(tmp_path / "older")
    started = iotcore.Broker(port=port, listen=LOOPBACK).start()
    yield Endpoint(LOOPBACK, port)
    started.stop()

"""The link over MQTT against real brokers: Mosquitto, and the embedded one."""

from __future__ import annotations

import os
import queue
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import paho.mqtt.client as paho
import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotcore import Broker
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from kiosk_agent.core import events
from kiosk_agent.core.telling import will
from kiosk_agent.core.trust import Kind
from kiosk_agent.link.mqtt import BrokerAddress, Link, parse
from playlists.wire import topics
from playlists.wire.messages import (
    Ack,
    Emergencies,
    Malformed,
    Pointer,
    Presence,
    PresenceWord,
    Withdrawals,
    decode,
    encode,
)
from playlists.wire.topics import Down, Up
from simulator.demo.cable import Cable
from tests.kiosk_agent.making import KIOSK

EventT = TypeVar("EventT", bound=events.Event)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
PASSWORD = "a-password"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


@contextmanager
def mosquitto(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "mosquitto is not installed"
    (folder / "conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    with subprocess.Popen([program, "-c", str(folder / "conf")], stderr=subprocess.DEVNULL) as child:
        wait_for(lambda: listens(port))
        yield child
        child.kill()


@contextmanager
def embedded(folder: Path, port: int) -> Iterator[None]:
    (folder / "broker.toml").write_text(
        "id = 0\n[router]\nid = 0\nmax_connections = 10\nmax_outgoing_packet_count = 200\n"
        'max_segment_size = 1048576\nmax_segment_count = 3\n[v5.1]\nname = "v5"\n'
        f'listen = "127.0.0.1:{port}"\nnext_connection_delay_ms = 0\n[v5.1.connections]\n'
        "connection_timeout_ms = 60000\nmax_payload_size = 131072\nmax_inflight_count = 100\ndynamic_filters = true\n"
        f'auth = {{ "{KIOSK}" = "{PASSWORD}" }}\n'
    )
    broker = Broker(config_path=str(folder / "broker.toml")).start()
    try:
        yield
    finally:
        broker.stop()


def wait_for(true: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


class Ear:
    """Keeps events, and waits for one of a kind."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[events.Event] = queue.SimpleQueue()

    def hear(self, kind: type[EventT]) -> EventT:
        while True:
            found = self.events.get(timeout=30)
            if isinstance(found, kind):
                return found


class Observer:
    """Another client, who sees what the kiosk says and says what the server would."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.username_pw_set(str(KIOSK), PASSWORD)
        self.client.on_message = lambda _c, _s, m: self.heard.append((m.topic, bytes(m.payload), m.retain))
        self.client.on_connect = lambda client, *_: client.subscribe("bangtin/#", 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_for(self.client.is_connected)

    def words(self) -> list[PresenceWord]:
        topic = topics.up(KIOSK, Up.PRESENCE)
        return [decode(Presence, payload).state for where, payload, _ in self.heard if where == topic]

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def make_link(ear: Ear, address: Callable[[bool], BrokerAddress], keepalive_s: int = 30) -> Link:
    numbers = iter(range(100, 10_000))

    def session() -> tuple[int, bytes]:
        sid = next(numbers)
        return sid, encode(will(sid, UUID(int=1), NOW))

    return Link(KIOSK, address, session, ear.events.put, keepalive_s=keepalive_s)


def birth(sid: int, word: PresenceWord = PresenceWord.READY) -> bytes:
    return encode(Presence(id=UUID(int=2), at=NOW, sid=sid, state=word))


def at_port(port: int) -> Callable[[bool], BrokerAddress]:
    return lambda _anew: BrokerAddress("127.0.0.1", port, password=PASSWORD)


@pytest.mark.parametrize("broker", [mosquitto, embedded])
def test_words_go_both_ways_and_the_farewell_is_the_last(
    tmp_path: Path, broker: Callable[[Path, int], AbstractContextManager[object]]
) -> None:
    port, ear = free_port(), Ear()
    with broker(tmp_path, port):
        observer = Observer(port)
        link = make_link(ear, at_port(port))
        link.start()
        assert ear.hear(events.LinkUp).sid == 100
        assert link.protocol == MQTTProtocolVersion.MQTTv5
        link.publish(Up.PRESENCE, birth(100))
        pointer = Pointer(id=UUID(int=3), at=NOW, seq=7, sha256="a" * 64)
        observer.client.publish(topics.down(KIOSK, Down.MANIFEST), encode(pointer), 1, retain=True)
        assert ear.hear(events.PointerReceived).pointer == pointer
        observer.client.publish(topics.down(KIOSK, Down.MANIFEST), b"{broken", 1)
        observer.client.publish(topics.down(KIOSK, Down.ACK), encode(Ack(id=UUID(int=4), at=NOW, plays_upto=3)), 1)
        assert ear.hear(events.AckReceived).ack.plays_upto == 3
        link.publish(Up.PRESENCE, birth(100, PresenceWord.DISCONNECTED))
        link.stop()
        wait_for(lambda: len(observer.words()) >= 2)
        assert observer.words() == [PresenceWord.READY, PresenceWord.DISCONNECTED]
        observer.close()


def test_a_kiosk_that_vanishes_is_reported_lost_by_the_broker(tmp_path: Path) -> None:
    port, ear = free_port(), Ear()
    with mosquitto(tmp_path, port):
        observer = Observer(port)
        link = make_link(ear, at_port(port))
        link.start()
        ear.hear(events.LinkUp)
        # the same client id elsewhere throws the kiosk out without a goodbye
        thief = paho.Client(CallbackAPIVersion.VERSION2, client_id=str(KIOSK), protocol=MQTTProtocolVersion.MQTTv5)
        thief.connect("127.0.0.1", port)
        thief.loop_start()
        wait_for(lambda: PresenceWord.LOST in observer.words())
        thief.disconnect()
        thief.loop_stop()
        ear.hear(events.LinkDown)
        assert ear.hear(events.LinkUp).sid > 100
        link.stop()
        observer.close()


def test_a_broker_that_moved_is_found_by_asking_the_server(tmp_path: Path) -> None:
    first, second, ear = free_port(), free_port(), Ear()
    asked: list[bool] = []

    def address(anew: bool) -> BrokerAddress:
        asked.append(anew)
        return BrokerAddress("127.0.0.1", second if anew else first, password=PASSWORD)

    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    link = make_link(ear, address)
    with mosquitto(tmp_path / "one", first):
        link.start()
        ear.hear(events.LinkUp)
    ear.hear(events.LinkDown)
    with embedded(tmp_path / "two", second):
        ear.hear(events.LinkUp)
        link.stop()
    assert asked[0] is False
    assert asked[-1] is True


def test_a_broker_without_mqtt_5_is_spoken_to_in_3_1_1(tmp_path: Path) -> None:
    port, ear = free_port(), Ear()
    config = (
        "id = 0\n[router]\nid = 0\nmax_connections = 10\nmax_outgoing_packet_count = 200\n"
        'max_segment_size = 1048576\nmax_segment_count = 3\n[v4.1]\nname = "v4"\n'
        f'listen = "127.0.0.1:{port}"\nnext_connection_delay_ms = 0\n[v4.1.connections]\n'
        "connection_timeout_ms = 60000\nmax_payload_size = 131072\nmax_inflight_count = 100\ndynamic_filters = true\n"
    )
    (tmp_path / "broker.toml").write_text(config)
    broker = Broker(config_path=str(tmp_path / "broker.toml")).start()
    link = make_link(ear, at_port(port))
    link.start()
    ear.hear(events.LinkUp)
    assert link.protocol == MQTTProtocolVersion.MQTTv311
    link.stop()
    broker.stop()


def test_a_link_that_never_connected_stops_at_once() -> None:
    link = make_link(Ear(), at_port(9))
    link.start()
    link.publish(Up.STATE, b"{}")
    link.stop()
    never_started = make_link(Ear(), at_port(9))
    never_started.stop()


@given(st.sampled_from([*Down, "other"]), st.binary(max_size=200))
def test_hostile_payloads_are_malformed_and_nothing_else(leaf: str, payload: bytes) -> None:
    topic = f"bangtin/v1/k/{KIOSK}/dn/{leaf}"
    try:
        found = parse(KIOSK, topic, payload)
    except Malformed:
        return
    assert not found or payload


def test_a_huge_payload_and_a_foreign_topic() -> None:
    with pytest.raises(Malformed, match="at most"):
        parse(KIOSK, topics.down(KIOSK, Down.ACK), b"x" * 65_537)
    good = encode(Ack(id=UUID(int=4), at=NOW + timedelta(seconds=1), plays_upto=3))
    assert parse(KIOSK, topics.down(UUID(int=9), Down.ACK), good) == ()
    assert [type(one) for one in parse(KIOSK, topics.down(KIOSK, Down.ACK), good)] == [events.AckReceived]
    for leaf in (Down.MANIFEST, Down.VALUES, Down.ROOT, Down.HOLD, Down.WITHDRAWAL, Down.EMERGENCY):
        assert parse(KIOSK, topics.down(KIOSK, leaf), b"") == ()


@pytest.mark.parametrize(("leaf", "most"), [(Down.ROOT, 256 << 10), (Down.HOLD, 16 << 10)])
def test_an_envelope_by_itself_has_the_limit_of_its_kind(leaf: Down, most: int) -> None:
    (event,) = parse(KIOSK, topics.down(KIOSK, leaf), b"x" * most)
    assert isinstance(event, events.DocumentsReceived)
    assert event.envelopes == (b"x" * most,)
    with pytest.raises(Malformed, match="at most"):
        parse(KIOSK, topics.down(KIOSK, leaf), b"x" * (most + 1))


def test_envelopes_in_a_bundle_come_as_they_were_sent() -> None:
    text = '{"payload":"é"}'
    for leaf, bundle, kind in (
        (Down.EMERGENCY, Emergencies(id=KIOSK, at=NOW, envelopes=(text, "{}")), Kind.EMERGENCY),
        (Down.WITHDRAWAL, Withdrawals(id=KIOSK, at=NOW, envelopes=(text, "{}")), Kind.WITHDRAWAL),
    ):
        assert parse(KIOSK, topics.down(KIOSK, leaf), encode(bundle)) == (
            events.DocumentsReceived(kind, (text.encode(), b"{}")),
        )


def test_a_cable_that_is_cut_is_told_by_the_last_will_after_the_keepalive_of_the_setting(tmp_path: Path) -> None:
    port, ear = free_port(), Ear()
    with mosquitto(tmp_path, port), Cable("127.0.0.1", port) as cable:
        observer = Observer(port)
        link = make_link(ear, at_port(cable.port), keepalive_s=5)
        link.start()
        ear.hear(events.LinkUp)
        link.publish(Up.PRESENCE, birth(100))
        wait_for(lambda: observer.words() == [PresenceWord.READY])
        cable.cut()
        wait_for(lambda: PresenceWord.LOST in observer.words())
        ear.hear(events.LinkDown)
        link.stop()
        observer.close()

"""A real Mosquitto in the configuration that `bangtin broker config` writes: what a certificate opens, and what not."""

from __future__ import annotations

import getpass
import os
import queue
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from playlists.wire import topics
from playlists.wire.messages import MOST_PACKET_BYTES
from playlists.wire.topics import Down, Manner, Up
from server.authority import certificates
from server.authority.certificates import Blocked
from server.authority.store import Authority
from server.db import new_id, now
from server.mqtt import configuration
from server.mqtt.admitted import Admitted
from server.mqtt.configuration import Listening
from server.mqtt.external import ExternalBroker
from server.mqtt.link import Heard, Link
from server.mqtt.mosquitto import find_mosquitto
from server.mqtt.passwords import password_line
from server.offline import broker as offline
from server.settings import BrokerKind, Identity, Settings
from tests.conftest import free_port
from tests.server.authority.test_certificates import authority

Eventually = Callable[..., None]


def run_mosquitto(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start Mosquitto as `mosquitto.conf` in a folder says, and wait until it listens."""
    program = find_mosquitto()
    assert program is not None, "install Mosquitto: apt-get install mosquitto"
    child = subprocess.Popen([program, "-c", str(folder / configuration.CONFIGURATION)])

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return child
    raise RuntimeError("Mosquitto does not listen; its own words stand above")


def write_configuration(folder: Path, made: Authority, port: int, password_port: int) -> None:
    listening = Listening(folder, folder, "127.0.0.1", port, password_port, getpass.getuser())
    offline.write(folder, listening, made, ["bangtin-server"], now())


class Handover(threading.Thread):
    """Has Mosquitto read its lists again whenever they have changed, as the installed path unit does."""

    def __init__(self, folder: Path, child: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self._stamp, self._child = folder / configuration.STAMP, child
        self.ended = threading.Event()

    def run(self) -> None:
        seen = self._read()
        while not self.ended.wait(0.1):
            if (said := self._read()) != seen:
                seen = said
                self._child.send_signal(signal.SIGHUP)

    def _read(self) -> str:
        return self._stamp.read_text() if self._stamp.exists() else ""


class Client:
    """A paho client with a certificate; what happened to it stands in order."""

    def __init__(self, made: Authority, port: int, client_id: str, pair: Path | None, password: str = "") -> None:
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.connected, self.gone, self.subscribed = threading.Event(), threading.Event(), threading.Event()
        context = ssl.create_default_context(cadata=made.root_pem)
        if pair is not None:
            context.load_cert_chain(pair)
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
        self.paho.tls_set_context(context)
        self.paho.username_pw_set(client_id, password)
        self.paho.reconnect_delay_set(60, 60)
        self.paho.on_connect = lambda _c, _s, _f, reason, _p: None if reason.is_failure else self.connected.set()
        self.paho.on_disconnect = lambda *_: self.gone.set()
        self.paho.on_subscribe = lambda *_: self.subscribed.set()
        self.paho.on_message = lambda _c, _s, m: self.heard.put((m.topic, bytes(m.payload)))
        try:
            self.paho.connect("127.0.0.1", port, 30)
            self.paho.loop_start()
        except OSError:
            self.gone.set()

    def is_in(self) -> bool:
        return self.connected.wait(3)

    def subscribe(self, topic: str) -> None:
        self.subscribed.clear()
        self.paho.subscribe(topic, 1)
        assert self.subscribed.wait(5)

    def say(self, topic: str, payload: bytes) -> None:
        self.paho.publish(topic, payload, 1).wait_for_publish(5)

    def hears(self, timeout_s: float = 5.0) -> tuple[str, bytes] | None:
        try:
            return self.heard.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def end(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


@dataclass
class Stage:
    """A running Mosquitto, the lists that the server keeps for it, and clients."""

    folder: Path
    made: Authority
    port: int
    password_port: int
    child: subprocess.Popen[bytes]
    broker: ExternalBroker
    clients: list[Client] = field(default_factory=list)
    serials: dict[UUID, str] = field(default_factory=dict)

    def pair(self, name: str, *, days_ago: int = 0, made: Authority | None = None) -> Path:
        key = certificates.new_key()
        at = now() - timedelta(days=days_ago)
        issued = certificates.issue_client((made or self.made).clients, certificates.public_der(key), name, at)
        path = self.folder / f"{issued.serial}.both"
        path.write_bytes(certificates.key_pem(key) + issued.chain_pem.encode())
        return path

    def kiosk(self, kiosk_id: UUID, *, client_id: UUID | None = None) -> Client:
        path = self.pair(str(kiosk_id))
        self.serials[kiosk_id] = path.stem
        return self.client(str(client_id or kiosk_id), path)

    def client(self, client_id: str, pair: Path | None, *, port: int | None = None, password: str = "") -> Client:
        made = Client(self.made, port or self.port, client_id, pair, password)
        self.clients.append(made)
        return made

    def server(self) -> Client:
        pair = self.folder / "server.both"
        pair.write_bytes(b"".join((self.folder / name).read_bytes() for name in ("client.key", "client.pem")))
        return self.client("any", pair)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "mosquitto"
    made = authority(tmp_path / "keys")
    port, password_port = free_port(), free_port()
    write_configuration(folder, made, port, password_port)
    child = run_mosquitto(folder, port)
    handover = Handover(folder, child)
    handover.start()
    settings = Settings(
        data_dir=tmp_path,
        broker=BrokerKind.EXTERNAL,
        kiosk_identity=Identity.CERTIFICATE,
        mqtt_port=port,
        mqtt_password_port=password_port,
        mqtt_files_dir=folder,
    )
    built = Stage(folder, made, port, password_port, child, ExternalBroker(settings, made))
    yield built
    for client in built.clients:
        client.end()
    handover.ended.set()
    handover.join(5)
    child.terminate()
    child.wait(10)


def admit(stage: Stage, *kiosks: UUID, blocked: tuple[Blocked, ...] = (), lines: tuple[str, ...] = ()) -> None:
    stage.broker.authorise(Admitted(lines, kiosks, (), blocked))
    time.sleep(0.5)


def test_a_kiosk_hears_and_says_its_own_and_nothing_else(stage: Stage) -> None:
    mine, other = new_id(), new_id()
    admit(stage, mine, other)
    server, kiosk, victim = stage.server(), stage.kiosk(mine), stage.kiosk(other)
    assert server.is_in()
    assert kiosk.is_in()
    assert victim.is_in()
    server.subscribe(topics.all_up())
    victim.subscribe(topics.all_down(other))
    for filter_ in (topics.all_down(other), topics.all_down(mine), topics.all_up(), "#", "bangtin/#", "$SYS/#"):
        kiosk.subscribe(filter_)
    server.say(topics.down(other, Down.MANIFEST), b"theirs")
    for topic in (topics.up(other, Up.STATE), topics.down(mine, Down.MANIFEST), topics.down(other, Down.MANIFEST)):
        kiosk.say(topic, b"forged")
    kiosk.say(topics.EPOCH, b"forged")
    kiosk.say(topics.up(mine, Up.STATE), b"true")
    server.say(topics.down(mine, Down.MANIFEST), b"mine")
    assert kiosk.hears() == (topics.down(mine, Down.MANIFEST), b"mine")
    assert server.hears() == (topics.up(mine, Up.STATE), b"true")
    assert victim.hears() == (topics.down(other, Down.MANIFEST), b"theirs")
    assert [one.hears(0.5) for one in (server, victim)] == [None, None]
    again = kiosk.hears(0.5)
    assert again in (None, (topics.down(mine, Down.MANIFEST), b"mine"))


def test_nobody_takes_over_another_ones_client_id(stage: Stage) -> None:
    mine, other = new_id(), new_id()
    admit(stage, mine, other)
    victim = stage.kiosk(other)
    assert victim.is_in()
    thief = stage.kiosk(mine, client_id=other)
    assert thief.is_in()
    assert not victim.gone.wait(1)
    server = stage.server()
    assert server.is_in()
    victim.subscribe(topics.all_down(other))
    server.say(topics.down(other, Down.MANIFEST), b"still there")
    assert victim.hears() == (topics.down(other, Down.MANIFEST), b"still there")


def test_a_kiosk_of_no_list_is_mute_and_deaf(stage: Stage) -> None:
    unknown = new_id()
    admit(stage)
    server, kiosk = stage.server(), stage.kiosk(unknown)
    assert server.is_in()
    assert kiosk.is_in()
    server.subscribe(topics.all_up())
    kiosk.subscribe(topics.all_down(unknown))
    kiosk.say(topics.up(unknown, Up.STATE), b"hello")
    server.say(topics.down(unknown, Down.MANIFEST), b"hello")
    assert (server.hears(1), kiosk.hears(1)) == (None, None)


def test_a_removed_kiosk_falls_silent_at_once_is_put_out_and_does_not_return(
    stage: Stage, eventually: Eventually
) -> None:
    leaving, staying = new_id(), new_id()
    admit(stage, leaving, staying)
    server, kiosk, other = stage.server(), stage.kiosk(leaving), stage.kiosk(staying)
    assert server.is_in()
    assert kiosk.is_in()
    assert other.is_in()
    server.subscribe(topics.all_up())
    kiosk.subscribe(topics.all_down(leaving))
    admit(stage, staying, blocked=(Blocked(stage.serials[leaving], now()),))
    kiosk.say(topics.up(leaving, Up.STATE), b"after")
    server.say(topics.down(leaving, Down.MANIFEST), b"after")
    assert (server.hears(1), kiosk.hears(1)) == (None, None)
    assert not stage.client(str(leaving), stage.folder / f"{stage.serials[leaving]}.both").is_in()
    eventually(lambda: stage.broker.end_session(leaving))
    assert kiosk.gone.wait(5)
    assert str(leaving) not in (stage.folder / "passwords").read_text()
    other.say(topics.up(staying, Up.STATE), b"true")
    assert server.hears() == (topics.up(staying, Up.STATE), b"true")
    assert not other.gone.is_set()
    assert stage.kiosk(staying).is_in()


def test_who_has_no_certificate_of_this_network_stays_out(stage: Stage, tmp_path: Path) -> None:
    kiosk_id = new_id()
    admit(stage, kiosk_id, lines=(password_line(str(kiosk_id), "secret"),))
    other = authority(tmp_path / "other")
    assert not stage.client(str(kiosk_id), None).is_in()
    assert not stage.client(str(kiosk_id), None, password="secret").is_in()
    assert not stage.client(str(kiosk_id), stage.pair(str(kiosk_id), made=other)).is_in()
    assert not stage.client(str(kiosk_id), stage.pair(str(kiosk_id), days_ago=181)).is_in()
    assert stage.client(str(kiosk_id), None, port=stage.password_port, password="secret").is_in()
    assert not stage.client(str(kiosk_id), None, port=stage.password_port, password="wrong").is_in()
    assert not stage.client("bangtin-server", None, port=stage.password_port, password="").is_in()


def test_the_servers_link_does_all_with_its_own_certificate(stage: Stage, eventually: Eventually) -> None:
    kiosk_id = new_id()
    admit(stage, kiosk_id)
    ear = _Ear()
    link = Link(stage.broker.for_server, ear, client_id="one", subscriptions=[topics.EPOCH, topics.all_up()])
    link.start()
    try:
        assert link.wait_connected(10)
        kiosk = stage.kiosk(kiosk_id)
        assert kiosk.is_in()
        kiosk.subscribe(topics.all_down(kiosk_id))
        link.publish(topics.down(kiosk_id, Down.MANIFEST), b"one", Manner(1, retain=True)).result(10)
        link.publish(topics.EPOCH, b"two", Manner(1, retain=True)).result(10)
        assert kiosk.hears() == (topics.down(kiosk_id, Down.MANIFEST), b"one")
        kiosk.say(topics.up(kiosk_id, Up.STATE), b"three")
        eventually(lambda: sorted(ear.payloads) == [b"three", b"two"])
    finally:
        link.stop()


def test_a_message_beyond_every_bound_is_not_taken(stage: Stage) -> None:
    kiosk_id = new_id()
    admit(stage, kiosk_id)
    server, kiosk = stage.server(), stage.kiosk(kiosk_id)
    assert server.is_in()
    assert kiosk.is_in()
    server.subscribe(topics.all_up())
    kiosk.paho.publish(topics.up(kiosk_id, Up.STATE), os.urandom(MOST_PACKET_BYTES + 1), 1)
    assert kiosk.gone.wait(5)
    assert server.hears(0.5) is None


class _Ear:
    def __init__(self) -> None:
        self.payloads: list[bytes] = []

    def subscribed(self) -> None:
        return

    def hear(self, heard: Heard) -> None:
        self.payloads.append(heard.payload)

    def is_full(self) -> bool:
        return False

    def tick(self) -> None:
        return

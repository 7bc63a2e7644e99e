"""What every broker must do, run on the embedded one and on a real Mosquitto."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any
from uuid import UUID

from playlists.wire import topics
from playlists.wire.topics import Down, Up
from server.mqtt.admitted import Admitted
from server.mqtt.embedded import EmbeddedBroker
from server.mqtt.mosquitto import MosquittoBroker
from server.mqtt.passwords import password_line

Started = EmbeddedBroker | MosquittoBroker
Connect = Callable[..., Any]


def test_a_retained_message_waits_for_who_comes_later(
    broker: Started, connect: Connect, kiosk_ids: tuple[UUID, UUID]
) -> None:
    kiosk_id, _ = kiosk_ids
    speaker, listener = connect(broker, kiosk_id), None
    speaker.say(topics.up(kiosk_id, Up.STATE), b"one", retain=True)
    speaker.end()
    listener = connect(_as_server(broker), _server_name(broker))
    listener.subscribe(topics.all_up())
    assert listener.hears() == (topics.up(kiosk_id, Up.STATE), b"one", True)


def test_the_will_is_told_after_an_abrupt_end(broker: Started, connect: Connect, kiosk_ids: tuple[UUID, UUID]) -> None:
    kiosk_id, _ = kiosk_ids
    listener = connect(_as_server(broker), _server_name(broker))
    listener.subscribe(topics.all_up())
    kiosk = connect(broker, kiosk_id, will=(topics.up(kiosk_id, Up.PRESENCE), b"lost"))
    assert kiosk.is_accepted()
    kiosk.drop()
    assert listener.hears() == (topics.up(kiosk_id, Up.PRESENCE), b"lost", False)


def test_a_clean_farewell_keeps_the_will_back(broker: Started, connect: Connect, kiosk_ids: tuple[UUID, UUID]) -> None:
    kiosk_id, _ = kiosk_ids
    listener = connect(_as_server(broker), _server_name(broker))
    listener.subscribe(topics.all_up())
    kiosk = connect(broker, kiosk_id, will=(topics.up(kiosk_id, Up.PRESENCE), b"lost"))
    kiosk.say(topics.up(kiosk_id, Up.EVENT), b"before")
    kiosk.end()
    assert listener.hears() == (topics.up(kiosk_id, Up.EVENT), b"before", False)
    assert listener.hears(1.0) is None


def test_a_second_connection_takes_over_the_first(
    broker: Started, connect: Connect, kiosk_ids: tuple[UUID, UUID]
) -> None:
    kiosk_id, _ = kiosk_ids
    first = connect(broker, kiosk_id)
    assert first.is_accepted()
    first.paho.reconnect_delay_set(60, 60)
    assert connect(broker, kiosk_id).is_accepted()
    assert first.gone.wait(5)


def test_a_wrong_password_is_refused(broker: Started, connect: Connect, kiosk_ids: tuple[UUID, UUID]) -> None:
    assert not connect(broker, kiosk_ids[0], password="not this one").is_accepted()


def test_a_dead_broker_returns_on_its_port(
    broker: Started, connect: Connect, kiosk_ids: tuple[UUID, UUID], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    before, pid = broker.for_kiosks(), broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        broker.ensure_running()
        return broker.pid not in {None, pid}

    eventually(is_back)
    assert broker.for_kiosks() == before
    assert connect(broker, kiosk_ids[0]).is_accepted()


def test_a_kiosk_hears_and_says_only_its_own(
    mosquitto: MosquittoBroker, connect: Connect, kiosk_ids: tuple[UUID, UUID]
) -> None:
    mine, other = kiosk_ids
    server = connect(_as_server(mosquitto), "bangtin-server")
    server.subscribe(topics.all_up())
    kiosk = connect(mosquitto, mine)
    for filter_ in (topics.all_down(other), topics.all_down(mine), topics.all_up(), "#"):
        kiosk.subscribe(filter_)
    server.say(topics.down(other, Down.MANIFEST), b"theirs", retain=True)
    kiosk.say(topics.up(other, Up.STATE), b"forged")
    kiosk.say(topics.down(mine, Down.MANIFEST), b"forged")
    kiosk.say(topics.EPOCH, b"forged", retain=True)
    server.say(topics.down(mine, Down.MANIFEST), b"mine", retain=True)
    kiosk.say(topics.up(mine, Up.STATE), b"true")
    assert kiosk.hears() == (topics.down(mine, Down.MANIFEST), b"mine", False)
    assert server.hears() == (topics.up(mine, Up.STATE), b"true", False)
    assert server.hears(0.5) is None


def test_nobody_enters_without_a_password(mosquitto: MosquittoBroker, connect: Connect) -> None:
    assert not connect(mosquitto, "stranger").is_accepted()


def test_a_revoked_kiosk_is_put_out_and_an_enrolled_one_let_in(
    mosquitto: MosquittoBroker,
    connect: Connect,
    kiosk_ids: tuple[UUID, UUID],
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    staying, leaving = kiosk_ids
    old = connect(mosquitto, leaving)
    assert old.is_accepted()
    newcomer = UUID(int=7)
    lines = tuple(password_line(str(one), "a kiosk's own password") for one in (staying, newcomer))
    mosquitto.authorise(Admitted(lines))
    eventually(lambda: bool(connect(mosquitto, newcomer).is_accepted()))
    assert old.gone.wait(5)
    assert not connect(mosquitto, leaving).is_accepted()


def test_a_port_survives_a_restart_of_the_program(mosquitto: MosquittoBroker) -> None:
    before = mosquitto.for_kiosks()
    mosquitto.stop()
    again = MosquittoBroker(mosquitto._folder, "bangtin-server")
    again.start()
    try:
        assert again.for_kiosks() == before
    finally:
        again.stop()


class _AsServer:
    """A broker seen with the server's own credentials."""

    def __init__(self, broker: Started) -> None:
        self._broker = broker

    def for_kiosks(self) -> Any:
        from server.mqtt.address import BrokerAddress

        own = self._broker.for_server()
        return BrokerAddress(own.host, own.port, shared_username=own.username, shared_password=own.password)


def _as_server(broker: Started) -> Any:
    return _AsServer(broker)


def _server_name(broker: Started) -> str:
    return "bangtin-server"

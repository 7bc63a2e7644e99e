from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.storm_kiosks import Kiosk
from playlists.wire import topics
from playlists.wire.messages import Faults, Message, Presence, PresenceWord, decode
from server.mqtt.admitted import Admitted
from server.mqtt.mosquitto import MosquittoBroker
from server.mqtt.passwords import password_line

SERVER, PASSWORD = "bangtin-server", "a kiosk of this test"
WAIT_S = 60
NAME = uuid4()
Heard = queue.Queue[tuple[str, bytes]]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MosquittoBroker]:
    made = MosquittoBroker(tmp_path / "broker", SERVER)
    made.authorise(Admitted(password_lines=(password_line(str(NAME), PASSWORD),)))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def heard(broker: MosquittoBroker) -> Iterator[Heard]:
    """What the server hears."""
    found: Heard = queue.Queue()
    at = broker.for_server()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=SERVER, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(SERVER, at.password)
    client.on_message = lambda _client, _state, said: found.put((said.topic, bytes(said.payload)))
    client.connect(at.host, at.port)
    client.subscribe(topics.all_up(), 1)
    client.loop_start()
    yield found
    client.disconnect()
    client.loop_stop()


def words(heard: Heard, count: int) -> list[Message]:
    found: list[Message] = []
    for _ in range(count):
        topic, body = heard.get(timeout=WAIT_S)
        assert UUID(topic.split("/")[-3]) == NAME
        found.append(decode(Presence if topic.endswith("/presence") else Faults, body))
    return found


def test_a_kiosk_is_born_breaks_off_without_farewell_and_is_born_anew(broker: MosquittoBroker, heard: Heard) -> None:
    at = broker.for_server()
    kiosk = Kiosk({"host": at.host, "port": at.port, "username": str(NAME), "password": PASSWORD})
    kiosk.down()
    sessions = []
    for _ in range(2):
        kiosk.up()
        birth, faults = sorted(words(heard, 2), key=lambda one: isinstance(one, Faults))
        assert isinstance(birth, Presence)
        assert birth.state is PresenceWord.READY
        assert isinstance(faults, Faults)
        assert faults.active == ()
        kiosk.down()
        (will,) = words(heard, 1)
        assert isinstance(will, Presence)
        assert (will.state, will.sid) == (PresenceWord.LOST, birth.sid)
        sessions.append(birth.sid)
    assert sessions[0] < sessions[1]

"""What the broker alone takes: as many bytes to as many clients as a warning has, and as many back."""

from __future__ import annotations

import json
import queue
import time
from pathlib import Path
from uuid import UUID, uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.running import Fleet, split
from playlists.wire import topics
from playlists.wire.topics import Down
from server.mqtt.admitted import Admitted
from server.mqtt.mosquitto import MosquittoBroker
from server.mqtt.passwords import password_line

SERVER = "bangtin-server"
PASSWORD = "a bench client"  # of clients that live for this run
WAIT_S = 30.0


def floor(folder: Path, kiosks: int, times: int, size: int) -> list[float]:
    """Return, in milliseconds, how long each fan-out took until the last echo was back."""
    names = [uuid4() for _ in range(kiosks)]
    folder.mkdir(parents=True)
    broker = MosquittoBroker(folder / "broker", SERVER)
    broker.authorise(Admitted(password_lines=tuple(password_line(str(name), PASSWORD) for name in names)))
    broker.start()
    try:
        at = broker.for_server()
        known = {"host": at.host, "port": at.port, "password": PASSWORD}
        echoes = [{"name": str(name), "broker": known | {"username": str(name)}} for name in names]
        with Fleet(folder, [json.dumps({"echo": True, "kiosks": part}) for part in split(echoes)]):
            return _fan_out(at.host, at.port, at.password or "", names, times, size)
    finally:
        broker.stop()


def _fan_out(host: str, port: int, password: str, names: list[UUID], times: int, size: int) -> list[float]:
    heard: queue.Queue[str] = queue.Queue()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=SERVER, protocol=MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(0)
    client.username_pw_set(SERVER, password)
    client.on_message = lambda _client, _state, message: heard.put(message.topic)
    client.connect(host, port)
    client.subscribe(topics.all_up(), 1)
    client.loop_start()
    try:
        # until every client echoes, so that none is still connecting when it counts
        while _once(client, heard, names, 16) is None:
            continue
        found = [_once(client, heard, names, size) for _ in range(times)]
        return [one for one in found if one is not None]
    finally:
        client.loop_stop()


def _once(client: paho.Client, heard: queue.Queue[str], names: list[UUID], size: int) -> float | None:
    while not heard.empty():
        heard.get_nowait()
    began = time.monotonic()
    for name in names:
        client.publish(topics.down(name, Down.EMERGENCY), bytes(size), 1)
    waiting = {f"{topics.ROOT}/k/{name}/up/state" for name in names}
    while waiting:
        try:
            waiting.discard(heard.get(timeout=max(0.01, began + WAIT_S - time.monotonic())))
        except queue.Empty:
            return None
    return (time.monotonic() - began) * 1000

"""A real kiosk to measure: `bangtin-kiosk run` in a process of its own, enrolled, with a manifest installed by hand.

There is no server. An embedded broker takes what the kiosk says, in this process, so that the kiosk's own cost is
that of a linked one; what it says is kept for the benchmark to read.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

import paho.mqtt.client as paho
import psutil
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from kiosk_agent.core.accept import read
from kiosk_agent.store import credential
from kiosk_agent.store.store import Store
from playlists.manifest import PAYLOAD_TYPE, PanelSpec
from playlists.trust import new_private_key, public_key, sign
from playlists.wire import topics
from playlists.wire.messages import Faults, Message, Plays, State, decode
from playlists.wire.topics import Up
from server.mqtt.embedded import EmbeddedBroker

KIOSK = UUID("01980000-0000-7000-8000-00000000be9c")
PLAYLIST = UUID(int=500)
NO_SERVER = "http://127.0.0.1:9"
STARTED_WITHIN_S = 30.0
ENDED_WITHIN_S = 10.0
_KINDS: dict[str, type[Message]] = {
    topics.up(KIOSK, Up.STATE): State,
    topics.up(KIOSK, Up.FAULTS): Faults,
    topics.up(KIOSK, Up.PLAYS): Plays,
}


@dataclass(slots=True)
class Heard:
    """What the kiosk said, in order."""

    _said: list[Message] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def take(self, message: Message) -> None:
        """Keep one message."""
        with self._lock:
            self._said.append(message)

    def all(self) -> list[Message]:
        """Return everything so far."""
        with self._lock:
            return list(self._said)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A running kiosk: the agent's process, its player's children, and what was said."""

    agent: psutil.Process
    heard: Heard

    def players(self) -> list[psutil.Process]:
        """Return the player's child processes: the one that plays, and the spare that waits to take over."""
        try:
            return [one for one in self.agent.children() if _is_player(one)]
        except psutil.Error:
            return []


def manifest(panel: PanelSpec, segments: Sequence[tuple[Path, int]]) -> dict[str, Any]:
    """Return the document of a manifest whose default playlist shows these files, each for so many seconds."""
    digests = [(hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size) for path, _ in segments]
    items = [
        {
            "id": str(UUID(int=number)),
            "notice_id": str(UUID(int=1000 + number)),
            "title": path.stem,
            "on_air_ms": 1000 * seconds,
            "takes": [{"language": "mul", "sha256": sha256}],
        }
        for number, ((path, seconds), (sha256, _)) in enumerate(zip(segments, digests, strict=True), start=1)
    ]
    held = [
        {"sha256": sha256, "size": size, "profile": str(panel.profile), "language": "mul", "duration_ms": 1000}
        for sha256, size in digests
    ]
    return {
        "v": 1,
        "kiosk_id": str(KIOSK),
        "seq": 1,
        "issued_at": "2026-01-01T00:00:00.000Z",
        "site": "bench",
        "time_zone": "Asia/Ho_Chi_Minh",
        "tzdata": "2026.1",
        "panel": panel.model_dump(mode="json"),
        "segments": held,
        "playlists": [{"id": str(PLAYLIST), "name": "bench", "items": items}],
        "default_playlist_id": str(PLAYLIST),
    }


def install(folder: Path, document: dict[str, Any], files: Sequence[Path], broker: EmbeddedBroker) -> None:
    """Make a folder the data folder of an enrolled kiosk that holds a manifest and its segments."""
    private = new_private_key()
    public = public_key(private)
    at = broker.for_server()
    mqtt = credential.Broker(host=at.host, port=at.port, username=at.username or "", password=at.password or "")
    known = credential.Credential(
        kiosk_id=KIOSK, token="0" * 64, server_public_key=public.hex(), mqtt=mqtt, base_url=NO_SERVER
    )
    credential.save(folder, known)
    store = Store(folder, KIOSK, public)
    try:
        for path in files:
            sha256, size = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size
            with store.part(sha256, size) as part:
                part.write(path.read_bytes())
                store.keep(part, sha256, size)
        store.install(read(sign(json.dumps(document).encode(), PAYLOAD_TYPE, private), KIOSK, public))
    finally:
        store.close()


@contextmanager
def running(folder: Path, panel: PanelSpec, segments: Sequence[tuple[Path, int]]) -> Iterator[Kiosk]:
    """Run a kiosk that shows these files in turns, until the end of the block; its player is VLC on its own Xvfb."""
    broker = EmbeddedBroker(folder / "broker")
    (folder / "broker").mkdir(parents=True)
    broker.start()
    heard = Heard()
    try:
        listener = _listen(broker, heard)
        try:
            install(folder / "kiosk", manifest(panel, segments), [path for path, _ in segments], broker)
            with _agent(folder) as agent:
                yield Kiosk(agent, heard)
        finally:
            listener.disconnect()
            listener.loop_stop()
    finally:
        broker.stop()


@contextmanager
def _agent(folder: Path) -> Iterator[psutil.Process]:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    environment |= {"BANGTIN_KIOSK_DATA_DIR": str(folder / "kiosk"), "BANGTIN_KIOSK_PLAYER": "vlc"}
    environment |= {"BANGTIN_KIOSK_REQUIRE_ROOT": "false"}
    with (folder / "kiosk.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk_agent.cli", "run"], env=environment, stdout=log, stderr=log
        )
        try:
            agent = psutil.Process(process.pid)
            deadline = time.monotonic() + STARTED_WITHIN_S
            while not any(map(_is_player, agent.children())):
                if process.poll() is not None or time.monotonic() > deadline:
                    words = (folder / "kiosk.log").read_text(errors="replace")[-1000:]
                    raise RuntimeError(f"the kiosk started no player within {STARTED_WITHIN_S:.0f} s: {words}")
                time.sleep(0.2)
            yield agent
        finally:
            process.terminate()
            try:
                process.wait(ENDED_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _listen(broker: EmbeddedBroker, heard: Heard) -> paho.Client:
    at = broker.for_server()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench", protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(at.username, at.password)

    def hear(_client: paho.Client, _context: object, said: paho.MQTTMessage) -> None:
        if said.topic in _KINDS:
            heard.take(decode(_KINDS[said.topic], bytes(said.payload)))

    def subscribe(subscriber: paho.Client, *_: object) -> None:
        subscriber.subscribe(topics.all_up(), qos=1)

    client.on_message, client.on_connect = hear, subscribe
    client.connect(at.host, at.port)
    client.loop_start()
    return client


def _is_player(process: psutil.Process) -> bool:
    try:
        return "kiosk_agent.player.vlc_child" in process.cmdline()
    except psutil.Error:
        return False

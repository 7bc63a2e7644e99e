"""Simulated kiosks for `emergency` and `detect`: the agent's real core on a real connection, many in one process.

What is not measured answers at once: disk, downloads and player. Documents are fetched from the real server and
verified by the core as on a Pi. A line `mute N` on standard input makes the Nth kiosk fall silent: its connection
stands and pings, and nothing more is said on it. `echo` kiosks have no core: they answer each message with one of the
same length, and show what the broker alone takes.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.running import step_back
from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.commands import Command
from kiosk_agent.core.events import Event
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import Identity, Policy, State
from kiosk_agent.core.step import step
from kiosk_agent.core.telling import will
from kiosk_agent.core.trust import Kind, Trust
from kiosk_agent.store.credential import Broker, Credential, read_pin
from playlists.daypart import use_pinned_zones
from playlists.fault import CheckResult, FaultCode
from playlists.trust.chain import begin
from playlists.wire import topics
from playlists.wire.messages import Emergencies, Pointer, decode, encode
from playlists.wire.topics import UP_MANNER, Down, Up

USUAL_KEEPALIVE_S = 60
CLOCK = Finding("clock", CheckResult.OK, FaultCode.CLOCK_UNTRUSTED)
AT_ONCE: Mapping[type[Command], Event] = {
    do.ReadHealth: events.HealthRead((CLOCK,)),
    do.KeepTrust: events.TrustKept(),
    do.AskSigned: events.SignedRead(None),
}
"""What answers to a command without a look at it."""


class _Line:
    """One kiosk's connection; `hear` takes what comes on its topics, in the connection's thread."""

    def __init__(self, broker: Broker, name: str, keepalive_s: int = USUAL_KEEPALIVE_S) -> None:
        self._keepalive_s = keepalive_s
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.username_pw_set(broker.username, broker.password)
        self._filter = f"{topics.ROOT}/k/{name}/dn/#"
        self.client.on_connect = self._connected
        self.client.on_message = lambda _client, _state, message: self.hear(message.topic, bytes(message.payload))
        self._broker = broker

    def start(self) -> None:
        """Connect, again and again until the broker knows us."""
        self.client.connect_async(self._broker.host, self._broker.port, self._keepalive_s)
        self.client.loop_start()

    def _connected(self, client: paho.Client, _state: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            client.subscribe(self._filter, 1)
            self.up()

    def up(self) -> None:
        """The broker let us in."""

    def hear(self, _topic: str, payload: bytes) -> None:
        """A message came."""


class Echo(_Line):
    """Answers each message on up/state with as many bytes."""

    def __init__(self, broker: Broker, name: str) -> None:
        super().__init__(broker, name)
        self._topic = f"{topics.ROOT}/k/{name}/up/state"

    def hear(self, _topic: str, payload: bytes) -> None:
        """Answer."""
        self.client.publish(self._topic, payload, 1)


class Simulated(_Line):
    """A kiosk that holds the root and shows what its core tells it to show."""

    def __init__(self, folder: Path, credential: Credential, keepalive_s: int = USUAL_KEEPALIVE_S) -> None:
        super().__init__(credential.mqtt, str(credential.kiosk_id), keepalive_s)
        self._sid = time.time_ns() // 1000
        self.is_mute = False
        pin = read_pin(folder, credential, demo=True)
        if pin is None:
            raise RuntimeError(f"{folder} holds no root")
        self._trusted = begin(pin.envelope, pin.sha256, pin.reader, demo=pin.demo)
        self._http = httpx.Client(
            base_url=f"{credential.base_url}/api/v1/kiosk",
            headers={"Authorization": f"Bearer {credential.token}"},
            timeout=60,
        )
        identity = Identity(credential.kiosk_id, credential.server_key, self._sid, "boot", "bench")
        self._state = State(identity, policy=Policy(poll_s=86_400, poll_fixed=True), trust=Trust(required=True))
        self._lock = threading.RLock()
        self._kiosk_id = credential.kiosk_id
        manner = UP_MANNER[Up.PRESENCE]
        lost = encode(will(self._sid, uuid4(), datetime.now(UTC)))
        self.client.will_set(topics.up(self._kiosk_id, Up.PRESENCE), lost, manner.qos, manner.retain)

    def up(self) -> None:
        """Begin, as an agent does after its start."""
        self._tell(events.Started(findings=(CLOCK,), trusted=self._trusted), events.LinkUp(self._sid))

    def hear(self, _topic: str, payload: bytes) -> None:
        """Hand on what an agent hands on."""
        leaf = _topic.rpartition("/")[2]
        if leaf == Down.MANIFEST:
            self._tell(events.PointerReceived(decode(Pointer, payload)))
        elif leaf == Down.EMERGENCY:
            envelopes = tuple(one.encode() for one in decode(Emergencies, payload).envelopes)
            self._tell(events.DocumentsReceived(Kind.EMERGENCY, envelopes))

    def tick(self) -> None:
        """About a second has passed."""
        if not self.is_mute:
            self._tell(events.Tick())

    def _tell(self, *heard: Event) -> None:
        with self._lock:
            waiting = deque(heard)
            while waiting:
                now = Moment(datetime.now(UTC), time.monotonic(), random.random())
                self._state, commands = step(self._state, waiting.popleft(), now)
                for command in commands:
                    waiting.extend(self._done(command))

    def _done(self, command: Command) -> Iterator[Event]:
        match command:
            case do.Publish(leaf, message):
                manner = UP_MANNER[leaf]
                self.client.publish(topics.up(self._kiosk_id, Up(leaf)), encode(message), manner.qos, manner.retain)
            case do.FetchManifest():
                answer = self._http.get("/manifest")
                yield events.ManifestFetched(answer.content) if answer.is_success else events.ManifestUnchanged()
            case do.FetchRelease(sha256):
                answer = self._http.get(f"/documents/{sha256}")
                yield events.ReleaseFetched(sha256, answer.content if answer.is_success else None)
            case do.DownloadSegment(sha256):
                yield events.SegmentStored(sha256)
            case do.Install(held):
                yield events.Installed(held.sha256)
            case do.DrawWarning(picture):
                yield events.WarningDrawn(picture)
            case do.ShowWarning(picture):
                yield events.PlayerReported(None, None, 1, player="simulated", warning_seen=picture is not None)
            case _ if type(command) in AT_ONCE:
                yield AT_ONCE[type(command)]


def main(arguments: list[str]) -> None:
    """Run the kiosks of a file, `{"echo": bool, "kiosks": [...]}`, until standard input ends."""
    step_back()
    use_pinned_zones()
    asked = json.loads(Path(arguments[0]).read_text("utf-8"))
    kiosks: list[_Line] = []
    for one in asked["kiosks"]:
        if asked["echo"]:
            kiosks.append(Echo(Broker.model_validate(one["broker"]), one["name"]))
        else:
            folder = Path(one["folder"])
            known = Credential.model_validate_json((folder / "credential.json").read_bytes())
            kiosks.append(Simulated(folder, known, one.get("keepalive_s", USUAL_KEEPALIVE_S)))
    for kiosk in kiosks:
        kiosk.start()
    stopping = threading.Event()
    threading.Thread(target=_obey, args=(kiosks, stopping), daemon=True).start()
    while not stopping.wait(1.0):
        for kiosk in kiosks:
            if isinstance(kiosk, Simulated):
                kiosk.tick()


def _obey(kiosks: list[_Line], stopping: threading.Event) -> None:
    for line in sys.stdin:
        kiosk = kiosks[int(line.removeprefix("mute"))]
        if isinstance(kiosk, Simulated):
            kiosk.is_mute = True
    stopping.set()


if __name__ == "__main__":
    main(sys.argv[1:])

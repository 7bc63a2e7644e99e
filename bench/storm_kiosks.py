"""Kiosks for `storm`: connections that come with a birth and go without a farewell, as often as they are told.

`python -m bench.storm_kiosks FILE` reads `[{"host", "port", "username", "password"}, …]`; each line on standard input,
`up` or `down`, is obeyed by all and answered with `done`.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.running import step_back
from playlists.wire import topics
from playlists.wire.messages import Faults, Message, Presence, PresenceWord, encode
from playlists.wire.topics import UP_MANNER, Up

KEEPALIVE_S = 30


class Kiosk:
    """One kiosk; its connection is a new one each time."""

    def __init__(self, broker: dict[str, Any]) -> None:
        self._broker = broker
        self._name = str(broker["username"])
        self._client: paho.Client | None = None
        self._sid = 0

    def up(self) -> None:
        """Connect; the birth and an empty list of faults follow when the broker has let us in."""
        self._sid = time.time_ns() // 1000
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self._name, str(self._broker["password"]))
        manner = UP_MANNER[Up.PRESENCE]
        client.will_set(self._topic(Up.PRESENCE), self._said(PresenceWord.LOST), manner.qos, manner.retain)
        client.on_connect = self._born
        client.connect_async(str(self._broker["host"]), int(self._broker["port"]), KEEPALIVE_S)
        client.loop_start()
        self._client = client

    def down(self) -> None:
        """Break the connection, as a cut cable with a reset does: the broker says the last will."""
        client, self._client = self._client, None
        line = client.socket() if client is not None else None
        if isinstance(line, socket.socket):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _born(self, client: paho.Client, _state: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            self._publish(client, Up.PRESENCE, self._said(PresenceWord.READY))
            self._publish(client, Up.FAULTS, encode(Faults(**self._stamp(), seq=1)))

    def _publish(self, client: paho.Client, leaf: Up, body: bytes) -> None:
        manner = UP_MANNER[leaf]
        client.publish(self._topic(leaf), body, manner.qos, manner.retain)

    def _said(self, word: PresenceWord) -> bytes:
        said: Message = Presence(**self._stamp(), state=word)
        return encode(said)

    def _stamp(self) -> dict[str, Any]:
        return {"id": uuid4(), "at": datetime.now(UTC).replace(microsecond=0), "sid": self._sid}

    def _topic(self, leaf: Up) -> str:
        return topics.up(UUID(self._name), leaf)


def main(file: Path) -> None:
    """Obey standard input until it ends."""
    step_back()
    kiosks = [Kiosk(one) for one in json.loads(file.read_text("utf-8"))]
    for line in sys.stdin:
        for kiosk in kiosks:
            (kiosk.up if line.strip() == "up" else kiosk.down)()
        print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

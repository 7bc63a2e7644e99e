"""`bangtin broker config`: everything that Mosquitto needs to let in this network's kiosks and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from playlists.wire import topics
from server.authority.leaves import renew_client, renew_server
from server.authority.store import Authority, write_durably
from server.mqtt import configuration
from server.mqtt.configuration import Listening
from server.offline.root import NotDone

Answer = dict[str, Any]


def show(asked: Listening) -> Answer:
    """Return Mosquitto's configuration, and write nothing."""
    text = configuration.configuration(asked)
    return {"configuration": text, "text": text.rstrip()}


def write(out: Path, asked: Listening, authority: Authority | None, servers: Sequence[str], now: datetime) -> Answer:
    """Write Mosquitto's configuration, certificates and first lists into a folder (0700).

    Lists that are there stay, because a running server keeps them; the rest is written anew.

    Raises:
        NotDone: there is no authority yet.
    """
    if authority is None:
        raise NotDone("There is no authority yet. Make one with `bangtin ca init`.")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    lists = {
        configuration.ACCESS: topics.access_list(servers, (), ()).encode(),
        configuration.PASSWORDS: b"",
        configuration.BLOCKED: authority.blocked_list((), now),
    }
    for name, content in lists.items():
        if not (out / name).exists():
            write_durably(out / name, content, 0o600)
    write_durably(out / configuration.AUTHORITY, authority.clients_pem.encode(), 0o644)
    write_durably(out / configuration.CONFIGURATION, configuration.configuration(asked).encode(), 0o644)
    renew_server(out, authority, now)
    renew_client(out, authority, servers[0], now)
    write_durably(out / configuration.STAMP, f"{now.isoformat()}\n".encode(), 0o600)
    text = (
        f"Mosquitto's configuration lies in {out}. Start it with `mosquitto -c {asked.folder}/mosquitto.conf`, and "
        f"set BANGTIN_BROKER=external and BANGTIN_MQTT_FILES_DIR={out}."
    )
    return {"folder": str(out), "servers": list(servers), "text": text}

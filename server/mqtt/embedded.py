"""The embedded broker: iotcore (rumqttd) on loopback, in a child process that ends with this program.

It has no access control: one random password per start lets in the server and the kiosks of this machine, so its
messages do not prove who sent them. It keeps nothing on disk; after its death everything desired is published again.
"""

from __future__ import annotations

import logging
import secrets
import tempfile
import threading
from pathlib import Path
from uuid import UUID

import iotcore

from playlists.wire.messages import MOST_PACKET_BYTES
from server.mqtt.address import BrokerAddress
from server.mqtt.admitted import Admitted
from server.mqtt.broker import LOOPBACK, BrokerFailed, Endpoint, steady_port, write_private

log = logging.getLogger(__name__)
USERNAME = "bangtin"

_CONFIGURATION = """id = 0
[router]
id = 0
max_connections = 2010
max_outgoing_packet_count = 200
max_segment_size = 1048576
max_segment_count = 3
[v5.1]
name = "v5"
listen = "{host}:{port}"
next_connection_delay_ms = 0
[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = {payload}
max_inflight_count = 100
dynamic_filters = true
auth = {{ {username} = "{password}" }}
"""


class EmbeddedBroker:
    """`iotcore` under the broker's port. Port and password stay the same while this program runs."""

    authenticated = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._password = secrets.token_hex(24)
        self._port = 0
        self._lock = threading.Lock()
        self._child: iotcore.Broker | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        process = self._child._process if self._child is not None else None  # noqa: SLF001 - not offered otherwise
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the child and wait until it listens."""
        with self._lock:
            if self._child is None:
                self._port = self._port or steady_port(self._folder)
                self._child = self._launch()

    def stop(self) -> None:
        """End the child."""
        with self._lock:
            if self._child is not None:
                self._child.stop()
                self._child = None

    def ensure_running(self) -> None:
        """Start the child again when it has died."""
        with self._lock:
            if self._child is None or self._child.is_running:
                return
            log.warning("the embedded broker died; starting it again")
            self._child.stop()
            self._child = self._launch()

    def for_kiosks(self) -> BrokerAddress:
        """Return the address with the password of this start."""
        return BrokerAddress(LOOPBACK, self._port, shared_username=USERNAME, shared_password=self._password)

    def for_server(self) -> Endpoint:
        """Return the same place and password: this broker knows one."""
        return Endpoint(LOOPBACK, self._port, USERNAME, self._password)

    def authorise(self, admitted: Admitted) -> None:
        """Do nothing: this broker cannot tell kiosks apart."""

    def end_session(self, _kiosk_id: UUID) -> bool:
        """Do nothing: this broker cannot tell kiosks apart."""
        return True

    def _launch(self) -> iotcore.Broker:
        with tempfile.TemporaryDirectory(prefix="bangtin-broker-") as folder:
            path = Path(folder) / "broker.toml"
            write_private(
                path,
                _CONFIGURATION.format(
                    host=LOOPBACK,
                    port=self._port,
                    payload=MOST_PACKET_BYTES,
                    username=USERNAME,
                    password=self._password,
                ),
            )
            child = iotcore.Broker(config_path=str(path))
            try:
                return child.start()
            except (OSError, RuntimeError) as error:
                child.stop()
                raise BrokerFailed(
                    f"The embedded broker does not start on {LOOPBACK}:{self._port}: {error}. "
                    "See whether another program holds that port."
                ) from error

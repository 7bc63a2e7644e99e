"""Mosquitto as a child of this program, on loopback: a password for every kiosk, and a kiosk only its own topics."""

from __future__ import annotations

import getpass
import logging
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

from playlists.wire import topics
from server.mqtt import tether
from server.mqtt.address import BrokerAddress
from server.mqtt.admitted import Admitted
from server.mqtt.broker import LOOPBACK, BrokerFailed, Endpoint, steady_port, write_private
from server.mqtt.passwords import password_line

log = logging.getLogger(__name__)
START_S = 10.0
PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Where Mosquitto lies when it is not on a plain user's PATH."""

_CONFIGURATION = """user {user}
listener {port} {host}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
use_username_as_clientid true
persistence true
persistence_location {folder}/
autosave_interval 30
max_inflight_messages 100
max_queued_messages 100000
max_queued_bytes 0
persistent_client_expiration 14d
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
"""


def find_mosquitto() -> str | None:
    """Return the path of the installed Mosquitto, or None."""
    found = shutil.which("mosquitto")
    return found or next((path for place in PLACES if (path := shutil.which("mosquitto", path=place))), None)


class MosquittoBroker:
    """Mosquitto under the broker's port. The server's own password is new at each start."""

    authenticated = True

    def __init__(self, folder: Path, username: str) -> None:
        self._folder = folder.absolute()
        self._username = username
        self._password = secrets.token_hex(24)
        self._server_line = password_line(username, self._password)
        self._lines: tuple[str, ...] = ()
        self._port = 0
        self._lock = threading.Lock()
        self._tether: subprocess.Popen[bytes] | None = None
        self.pid: int | None = None

    def start(self) -> None:
        """Write the configuration, start Mosquitto and wait until it listens."""
        with self._lock:
            if self._tether is None:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._port = self._port or steady_port(self._folder)
                self._write_files()
                self._tether = self._launch()

    def stop(self) -> None:
        """End Mosquitto; it saves its state."""
        with self._lock:
            self._end()

    def ensure_running(self) -> None:
        """Start Mosquitto again when it has died."""
        with self._lock:
            if self._tether is None or self._tether.poll() is None:
                return
            log.warning("Mosquitto died; starting it again")
            self._end()
            self._tether = self._launch()

    def for_kiosks(self) -> BrokerAddress:
        """Return the address; each kiosk has its own password."""
        return BrokerAddress(LOOPBACK, self._port)

    def for_server(self) -> Endpoint:
        """Return the address with the server's credentials."""
        return Endpoint(LOOPBACK, self._port, self._username, self._password)

    def authorise(self, admitted: Admitted) -> None:
        """Rewrite the password file and have Mosquitto read it again."""
        with self._lock:
            self._lines = admitted.password_lines
            if self._tether is not None and self._tether.poll() is None:
                self._write_files()
                self._tether.send_signal(signal.SIGHUP)

    def end_session(self, _kiosk_id: UUID) -> bool:
        """Do nothing: whose password is gone is put out by Mosquitto itself."""
        return True

    def _write_files(self) -> None:
        write_private(self._folder / "passwords", "\n".join((self._server_line, *self._lines)) + "\n")
        write_private(self._folder / "acl", topics.acl_patterns(self._username))
        text = _CONFIGURATION.format(user=getpass.getuser(), host=LOOPBACK, port=self._port, folder=self._folder)
        write_private(self._folder / "mosquitto.conf", text)

    def _launch(self) -> subprocess.Popen[bytes]:
        program = find_mosquitto()
        if program is None:
            raise BrokerFailed(
                "Mosquitto is not installed. Install it (apt-get install mosquitto), or set BANGTIN_BROKER=embedded."
            )
        command = [sys.executable, "-I", tether.__file__, program, "-c", str(self._folder / "mosquitto.conf")]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        first = child.stdout.readline().strip() if child.stdout is not None else b""
        self.pid = int(first) if first.isdigit() else None
        deadline = time.monotonic() + START_S
        while child.poll() is None and time.monotonic() < deadline:
            if _listens(self._port):
                return child
            time.sleep(0.02)
        _finish(child)
        raise BrokerFailed(f"Mosquitto does not listen on {LOOPBACK}:{self._port}; its own words stand above.")

    def _end(self) -> None:
        if self._tether is not None:
            _finish(self._tether)
            self._tether = None
            self.pid = None


def _finish(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _listens(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=0.5):
            return True
    except OSError:
        return False

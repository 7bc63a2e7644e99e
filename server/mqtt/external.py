"""A broker that runs by itself: the server knows its address and its own credentials.

Where it is a Mosquitto, the server keeps its lists of who is let in (`bangtin broker config`) and its certificates;
having Mosquitto read them again is left to whoever runs it.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import UUID

from playlists.wire import topics
from server.authority.leaves import renew_client, renew_server
from server.authority.store import Authority, write_durably
from server.db import now
from server.mqtt import configuration
from server.mqtt.address import BrokerAddress
from server.mqtt.admitted import Admitted
from server.mqtt.broker import BrokerFailed, Endpoint, write_private
from server.mqtt.passwords import password_line
from server.mqtt.takeover import take_over
from server.settings import Identity, Settings


class ExternalBroker:
    """An address and credentials under the broker's port."""

    authenticated = True

    def __init__(self, settings: Settings, authority: Authority | None) -> None:
        self._own_certificate = settings.kiosk_identity is Identity.CERTIFICATE
        if self._own_certificate and (authority is None or settings.mqtt_files_dir is None):
            raise BrokerFailed(
                "BANGTIN_KIOSK_IDENTITY=certificate needs `bangtin ca init`, `bangtin broker config` and "
                "BANGTIN_MQTT_FILES_DIR. See docs/operations.md."
            )
        ca_pem = _read(settings.mqtt_ca_file, "BANGTIN_MQTT_CA_FILE")
        if ca_pem is None and self._own_certificate and authority is not None:
            ca_pem = authority.root_pem
        self._address = BrokerAddress(settings.mqtt_host, settings.mqtt_port, tls=ca_pem is not None, ca_pem=ca_pem)
        password = _read(settings.mqtt_password_file, "BANGTIN_MQTT_PASSWORD_FILE")
        self._username = settings.mqtt_username
        self._password = password.strip() if password is not None else None
        self._files = settings.mqtt_files_dir
        self._authority = authority
        self._password_port = settings.mqtt_password_port
        self._admitted = Admitted()
        self._ending: dict[UUID, str] = {}

    def start(self) -> None:
        """Do nothing: it runs by itself."""

    def stop(self) -> None:
        """Do nothing: it runs by itself."""

    def ensure_running(self) -> None:
        """See that the server's certificates are good for a while yet.

        Raises:
            BrokerFailed: the folder of the broker's files cannot be written.
        """
        if self._files is None or self._authority is None:
            return
        try:
            renew_server(self._files, self._authority, now())
            renew_client(self._files, self._authority, self._username, now())
        except OSError as error:
            raise BrokerFailed(
                f"BANGTIN_MQTT_FILES_DIR names {self._files}, which cannot be written: {error}."
            ) from error

    def for_kiosks(self) -> BrokerAddress:
        """Return the address; each kiosk has its own certificate or password."""
        return self._address

    def for_server(self) -> Endpoint:
        """Return the address with the server's credentials."""
        own = self._address
        if self._own_certificate and self._files is not None:
            pair = (self._files / configuration.CLIENT, self._files / configuration.CLIENT_KEY)
            return Endpoint(own.host, own.port, None, None, own.tls, own.ca_pem, *pair)
        return Endpoint(own.host, own.port, self._username, self._password, own.tls, own.ca_pem)

    def authorise(self, admitted: Admitted) -> None:
        """Write the lists, where a setting names their folder: access, passwords, blocked certificates."""
        self._admitted = admitted
        if self._files is None:
            return
        own = [password_line(self._username, self._password)] if self._password else []
        ending = [password_line(str(kiosk_id), password) for kiosk_id, password in self._ending.items()]
        lines = [*own, *admitted.password_lines, *ending]
        access = topics.access_list([self._username], admitted.kiosks, admitted.sources)
        write_private(self._files / configuration.PASSWORDS, "".join(f"{line}\n" for line in lines))
        write_private(self._files / configuration.ACCESS, access)
        if self._authority is not None:
            blocked = self._authority.blocked_list(admitted.blocked, now())
            write_durably(self._files / configuration.BLOCKED, blocked, 0o600)
        # Last: what watches the folder has every list by then.
        write_private(self._files / configuration.STAMP, f"{now().isoformat()}\n")

    def end_session(self, kiosk_id: UUID) -> bool:
        """End the connection of a kiosk whose certificate is blocked: Mosquitto leaves it open, though mute and deaf.

        For a moment there is a password for its id, known here only and allowed nothing, with which its session is
        taken over. Whose only proof was a password is put out by Mosquitto itself.
        """
        if not self._own_certificate:
            return True
        if kiosk_id not in self._ending:
            self._ending[kiosk_id] = secrets.token_hex(32)
            self.authorise(self._admitted)
            return False
        own, password = self._address, self._ending[kiosk_id]
        endpoint = Endpoint(own.host, self._password_port, str(kiosk_id), password, own.tls, own.ca_pem)
        if not take_over(endpoint, str(kiosk_id)):
            return False
        del self._ending[kiosk_id]
        self.authorise(self._admitted)
        return True


def _read(path: Path | None, setting: str) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BrokerFailed(f"{setting} names {path}, which cannot be read: {error}.") from error

"""A broker that runs by itself: the server knows its address and its own credentials.

Where it is a Mosquitto, the server can keep its password file; reloading it is left to whoever runs the broker.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from server.mqtt.address import BrokerAddress
from server.mqtt.broker import BrokerFailed, Endpoint, write_private
from server.mqtt.passwords import password_line
from server.settings import Settings


class ExternalBroker:
    """An address and credentials under the broker's port."""

    authenticated = True

    def __init__(self, settings: Settings) -> None:
        self._address = BrokerAddress(
            settings.mqtt_host,
            settings.mqtt_port,
            tls=settings.mqtt_ca_file is not None,
            ca_pem=_read(settings.mqtt_ca_file, "BANGTIN_MQTT_CA_FILE"),
        )
        password = _read(settings.mqtt_password_file, "BANGTIN_MQTT_PASSWORD_FILE")
        self._username = settings.mqtt_username
        self._password = password.strip() if password is not None else None
        self._kiosk_passwords = settings.mqtt_kiosk_passwords_file

    def start(self) -> None:
        """Do nothing: it runs by itself."""

    def stop(self) -> None:
        """Do nothing: it runs by itself."""

    def ensure_running(self) -> None:
        """Do nothing: it runs by itself."""

    def for_kiosks(self) -> BrokerAddress:
        """Return the address; each kiosk has its own password."""
        return self._address

    def for_server(self) -> Endpoint:
        """Return the address with the server's credentials."""
        own = self._address
        return Endpoint(own.host, own.port, self._username, self._password, own.tls, own.ca_pem)

    def authorise(self, password_lines: Iterable[str]) -> None:
        """Write the password file, where a setting names one: the server's line and one for each kiosk."""
        if self._kiosk_passwords is None:
            return
        own = [password_line(self._username, self._password)] if self._password else []
        write_private(self._kiosk_passwords, "\n".join([*own, *password_lines]) + "\n")


def _read(path: Path | None, setting: str) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BrokerFailed(f"{setting} names {path}, which cannot be read: {error}.") from error

"""Where server and broker are, and with what certificate: from enrolment, asked anew, and kept when it changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kiosk_agent.core import events
from kiosk_agent.core.events import Event
from kiosk_agent.link.http import Refused, Server, Unreachable
from kiosk_agent.link.mqtt import BrokerAddress
from kiosk_agent.renewing import Renewing
from kiosk_agent.store import credential as credentials
from kiosk_agent.store import identity
from kiosk_agent.store.credential import Credential, moved, need_said
from kiosk_agent.store.identity import NoIdentity
from playlists.renewal import Need

log = logging.getLogger(__name__)


class Whereabouts:
    """Where server and broker are: from enrolment, and asked anew when they cannot be reached."""

    def __init__(
        self,
        data_dir: Path,
        credential: Credential,
        server: Server,
        tell: Callable[[Event], None],
        *,
        stays: bool = False,
    ) -> None:
        """`stays`: the addresses in the credential are those of a forwarder on site, whatever the server says."""
        self._data_dir = data_dir
        self._server = server
        self._renewing = Renewing(data_dir, server)
        self._tell = tell
        self._stays = stays
        self.credential = credential

    def broker(self, anew: bool) -> BrokerAddress:
        """Return the broker's address; `anew` asks the server first."""
        if anew:
            self.ask()
        broker, trust = self.credential.mqtt, replace(self._server.trust, ca_file=None)
        return BrokerAddress(
            broker.host, broker.port, broker.tls, broker.ca_pem, broker.username, broker.password, trust
        )

    def ask(self) -> None:
        """Take over what the server says now, also of our certificate; without an answer everything stays."""
        try:
            answer = self._server.settings()
            self._take(answer)
            self._renewing.look(need_said(answer))
        except Refused as error:
            log.info("the server's settings are refused: %s", error)
            self._renewing.look(Need.RETURN)
        except (Unreachable, ValueError) as error:
            log.info("the server's settings could not be read: %s", error)

    def _take(self, answer: bytes) -> None:
        before = self.credential
        said = moved(before, answer)
        if self._stays:
            broker = said.mqtt.model_copy(update={"host": before.mqtt.host, "port": before.mqtt.port})
            said = said.model_copy(update={"mqtt": broker, "base_url": before.base_url})
        if said == before:
            return
        self.credential = said
        if said.base_url != before.base_url:
            self._server.move(said.base_url)
        self._tell(events.SettingsRead(said.poll_s))
        try:
            credentials.save(self._data_dir, said)
        except OSError as error:
            log.warning("the server's new settings cannot be kept: %s", error)


def sound_identity(data_dir: Path) -> Path | None:
    """Return the file of this kiosk's certificate; a damaged one never keeps the panel from playing."""
    path = identity.path_of(data_dir)
    try:
        if path is not None:
            identity.read(path)
    except NoIdentity:
        log.exception("this kiosk cannot prove who it is")
        return None
    return path

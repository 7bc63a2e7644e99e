"""Which broker the settings ask for."""

from __future__ import annotations

from server.authority.store import Authority
from server.mqtt.broker import Broker
from server.mqtt.embedded import EmbeddedBroker
from server.mqtt.external import ExternalBroker
from server.mqtt.mosquitto import MosquittoBroker
from server.settings import BrokerKind, Settings


def make_broker(settings: Settings, authority: Authority | None = None) -> Broker:
    """Return the broker that the settings ask for, not yet started.

    Raises:
        BrokerFailed: a file that the settings name cannot be read.
    """
    folder = settings.data_dir / "broker"
    match settings.broker:
        case BrokerKind.EMBEDDED:
            return EmbeddedBroker(folder / "embedded")
        case BrokerKind.MOSQUITTO:
            return MosquittoBroker(folder / "mosquitto", settings.mqtt_username)
        case BrokerKind.EXTERNAL:
            return ExternalBroker(settings, authority)

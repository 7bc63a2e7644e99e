"""Ending a session that a broker holds: whoever connects with a client's id takes its connection over, and leaves."""

from __future__ import annotations

import logging
import selectors
import ssl
import time
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from server.mqtt.broker import Endpoint
from server.mqtt.link import checking

log = logging.getLogger(__name__)
ANSWER_S = 5.0


def take_over(endpoint: Endpoint, client_id: str) -> bool:
    """Connect as a client with a clean session and leave; tell whether the broker let us. Blocks for some seconds."""
    accepted: list[bool] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
    client.connect_timeout = ANSWER_S
    client.on_connect = lambda _c, _s, _f, reason, _p: accepted.append(not reason.is_failure)
    client.username_pw_set(endpoint.username or client_id, endpoint.password)
    if endpoint.tls:
        client.tls_set_context(checking(endpoint))
    properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
    properties.SessionExpiryInterval = 0
    try:
        client.connect(endpoint.host, endpoint.port, clean_start=True, properties=properties)
        _until(client, lambda: bool(accepted))
        client.disconnect()
        client.loop_write()
    except (OSError, ValueError) as error:
        log.info("no session was ended yet: %s", error)
    finally:
        connection: Any = client.socket()
        if connection is not None:
            connection.close()
    return accepted == [True]


def _until(client: paho.Client, done: Any) -> None:
    deadline = time.monotonic() + ANSWER_S
    while not done() and time.monotonic() < deadline:
        connection: Any = client.socket()
        if connection is None:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            client.loop_write()
            pending = connection.pending() if isinstance(connection, ssl.SSLSocket) else 0
            if pending or selector.select(0.5):
                client.loop_read()

"""The kiosk's one connection to the broker: paho-mqtt on a selector loop of our own, in one thread.

paho's own loop uses select(), which dies silently on a socket number of 1024 or more, so only `loop_read`,
`loop_write` and `loop_misc` are used. What comes in is parsed here and handed on as events; MQTT 5 first, 3.1.1 where
a broker refuses it.
"""

from __future__ import annotations

import logging
import random
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from kiosk_agent.core.backoff import full_jitter_s
from kiosk_agent.core.events import (
    AckReceived,
    CommandReceived,
    DocumentsReceived,
    Event,
    LinkDown,
    LinkUp,
    PointerReceived,
    ValuesReceived,
)
from kiosk_agent.core.trust import Kind
from kiosk_agent.link.tls import Trust
from playlists.trust.root import Root
from playlists.trust.statements import Hold
from playlists.wire import topics
from playlists.wire.messages import (
    Ack,
    BoardValues,
    Command,
    Emergencies,
    Malformed,
    Pointer,
    Withdrawals,
    decode,
)
from playlists.wire.topics import DOWN_MANNER, UP_MANNER, Down, Up

log = logging.getLogger(__name__)

ANSWER_S = 10.0
MOST_WAIT_S = 60.0
STEADY_S = 60.0
"""A connection that held this long lets the waits begin anew."""
SESSION_S = 24 * 3600
MOST_WAITING = 500
FAREWELL_S = 2.0
_WRONG_PROTOCOL = 132


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and how this kiosk proves itself."""

    host: str
    port: int
    tls: bool = False
    ca_pem: str | None = None
    username: str = ""
    password: str = ""
    trust: Trust = field(default_factory=Trust)


class Link:
    """A connection that is always there or on its way back; it owns the only way to the broker."""

    def __init__(
        self,
        kiosk_id: UUID,
        address: Callable[[bool], BrokerAddress],
        open_session: Callable[[], tuple[int, bytes]],
        tell: Callable[[Event], None],
        *,
        keepalive_s: int = 30,
    ) -> None:
        """Prepare the link.

        Args:
            kiosk_id: the client's id, whose topics are heard and spoken on.
            address: returns where to connect; True asks the server anew, because the last try failed.
            open_session: returns a new connection's session number and last will.
            tell: takes each event, in the link's thread; it must not wait.
            keepalive_s: the broker says the last will after one and a half of it without a sign of life.
        """
        self._kiosk_id = kiosk_id
        self._address = address
        self._open_session = open_session
        self._sid = 0
        self._tell = tell
        self._keepalive_s = keepalive_s
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._subscribed = False
        self._failures = 0
        self._stopping = threading.Event()
        self._outbox: deque[tuple[Up, bytes]] = deque(maxlen=MOST_WAITING)
        self._unconfirmed: set[int] = set()
        self._awake, self._wake = socket.socketpair()
        self._awake.setblocking(False)
        self._wake.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="mqtt-link", daemon=True)

    @property
    def protocol(self) -> MQTTProtocolVersion:
        """The protocol of the newest try."""
        return self._protocol

    def start(self) -> None:
        """Begin to connect, and stay connected until `stop`."""
        self._thread.start()

    def publish(self, leaf: Up, payload: bytes) -> None:
        """Say something. Without a connection it is dropped: what matters is said again at the next `LinkUp`."""
        self._outbox.append((leaf, payload))
        self._nudge()

    def stop(self) -> None:
        """Send what waits, say goodbye to the broker, and end the thread."""
        self._stopping.set()
        self._nudge()
        if self._thread.ident is not None:
            self._thread.join(FAREWELL_S + ANSWER_S)
        self._awake.close()
        self._wake.close()

    def _nudge(self) -> None:
        # a full pipe or a closed one: the thread is awake already, or has ended
        with suppress(OSError):
            self._wake.send(b"\0")

    def _run(self) -> None:
        while not self._stopping.is_set():
            started_s = time.monotonic()
            client = None
            try:
                client = self._open()
                self._serve(client)
            except (OSError, ValueError) as error:
                log.warning("no connection to the broker: %s", error)
            finally:
                was_up, self._subscribed = self._subscribed, False
                if client is not None:
                    _close(client)
                if was_up:
                    self._tell(LinkDown())
            if was_up and time.monotonic() - started_s >= STEADY_S:
                self._failures = 0
            if not self._stopping.is_set():
                self._pause(full_jitter_s(self._failures, random.SystemRandom().random(), MOST_WAIT_S))
                self._failures += 1

    def _pause(self, wait_s: float) -> None:
        self._stopping.wait(wait_s)

    def _open(self) -> paho.Client:
        address = self._address(self._failures > 0)
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=str(self._kiosk_id),
            protocol=self._protocol,
            clean_session=None if self._protocol == MQTTProtocolVersion.MQTTv5 else False,
        )
        client.connect_timeout = ANSWER_S
        client.max_queued_messages_set(MOST_WAITING)
        client.on_socket_register_write = _leave_writing_to_our_loop
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.username_pw_set(address.username or str(self._kiosk_id), address.password)
        if address.tls:
            client.tls_set_context(address.trust.context(ca_pem=address.ca_pem))
        manner = UP_MANNER[Up.PRESENCE]
        self._sid, will = self._open_session()
        client.will_set(topics.up(self._kiosk_id, Up.PRESENCE), will, manner.qos, manner.retain)
        client.connect(address.host, address.port, keepalive=self._keepalive_s, **self._session())
        return client

    def _session(self) -> dict[str, Any]:
        if self._protocol != MQTTProtocolVersion.MQTTv5:
            return {}
        properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
        properties.SessionExpiryInterval = SESSION_S
        return {"clean_start": False, "properties": properties}

    def _serve(self, client: paho.Client) -> None:
        opened_s = swept_s = time.monotonic()
        self._outbox.clear()
        self._unconfirmed.clear()
        with selectors.DefaultSelector() as selector:
            selector.register(self._awake, selectors.EVENT_READ)
            watched: Any = None
            while not self._finished(client):
                self._send(client)
                watched = _watch(selector, watched, client)
                if watched is None:
                    break
                self._turn(selector.select(1.0), client, watched)
                if time.monotonic() - swept_s >= 1.0:
                    swept_s = time.monotonic()
                    client.loop_misc()
                if not self._subscribed and time.monotonic() - opened_s > ANSWER_S:
                    log.warning("the broker accepted the connection but did not answer within %.0f s", ANSWER_S)
                    break
        if not self._subscribed and not self._stopping.is_set():
            self._try_other_protocol()

    def _finished(self, client: paho.Client) -> bool:
        """Tell whether to end: at once when nothing can be said, otherwise when the broker has the farewell."""
        if not self._stopping.is_set():
            return False
        return not self._subscribed or client.socket() is None or not (self._outbox or self._unconfirmed)

    def _turn(self, ready: list[tuple[selectors.SelectorKey, int]], client: paho.Client, watched: Any) -> None:
        for key, events in ready:
            if key.fileobj is self._awake:
                self._drain()
                continue
            if events & selectors.EVENT_READ:
                client.loop_read()
                # TLS keeps decrypted bytes that the selector cannot see
                while isinstance(watched, ssl.SSLSocket) and _is_open(client, watched) and watched.pending():
                    client.loop_read()
            if events & selectors.EVENT_WRITE:
                client.loop_write()

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while self._awake.recv(4096):
                pass

    def _send(self, client: paho.Client) -> None:
        while self._subscribed and self._outbox:
            leaf, payload = self._outbox.popleft()
            manner = UP_MANNER[leaf]
            sent = client.publish(topics.up(self._kiosk_id, leaf), payload, manner.qos, manner.retain)
            if sent.rc != paho.MQTT_ERR_SUCCESS:
                log.warning("%s could not be sent: %s", leaf, paho.error_string(sent.rc))
            elif manner.qos:
                self._unconfirmed.add(sent.mid)

    def _try_other_protocol(self) -> None:
        five = self._protocol == MQTTProtocolVersion.MQTTv5
        self._protocol = MQTTProtocolVersion.MQTTv311 if five else MQTTProtocolVersion.MQTTv5

    def _on_connect(self, client: paho.Client, _state: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refused the connection: %s", reason)
            if reason.value != _WRONG_PROTOCOL:
                self._try_other_protocol()  # undone at the end of the connection: the protocol was not at fault
            return
        client.subscribe(topics.all_down(self._kiosk_id), 1)

    def _on_subscribe(self, client: paho.Client, _state: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            log.error("the broker refused the subscription: %s", ", ".join(refused))
            client.disconnect()
            return
        self._subscribed = True
        self._tell(LinkUp(self._sid))

    def _on_publish(self, _client: paho.Client, _state: Any, mid: int, reason: Any, _properties: Any) -> None:
        self._unconfirmed.discard(mid)
        if reason is not None and reason.is_failure:
            log.warning("the broker refused a message: %s", reason)

    def _on_message(self, _client: paho.Client, _state: Any, message: paho.MQTTMessage) -> None:
        try:
            events = parse(self._kiosk_id, message.topic, bytes(message.payload))
        except (Malformed, UnicodeDecodeError) as error:
            log.warning("a message was dropped: %s", error)
            return
        for event in events:
            self._tell(event)


def parse(kiosk_id: UUID, topic: str, payload: bytes) -> tuple[Event, ...]:
    """Return the events of a message on one of the kiosk's own topics; none for any other topic.

    Raises:
        Malformed: the payload is too large or not of its form.
    """
    # an empty retained message is how a broker forgets one
    leaf = next((one for one in Down if topic == topics.down(kiosk_id, one)), None)
    if leaf is None or (not payload and DOWN_MANNER[leaf].retain):
        return ()
    match leaf:
        case Down.MANIFEST:
            return (PointerReceived(decode(Pointer, payload)),)
        case Down.VALUES:
            said = decode(BoardValues, payload)
            return ValuesReceived(said), DocumentsReceived(Kind.VALUES, _texts(said.envelopes))
        case Down.WITHDRAWAL:
            return (DocumentsReceived(Kind.WITHDRAWAL, _texts(decode(Withdrawals, payload).envelopes)),)
        case Down.EMERGENCY:
            return (DocumentsReceived(Kind.EMERGENCY, _texts(decode(Emergencies, payload).envelopes)),)
        case Down.ROOT:
            return (DocumentsReceived(Kind.ROOT, (_bounded(payload, Root.most_bytes),)),)
        case Down.HOLD:
            return (DocumentsReceived(Kind.HOLD, (_bounded(payload, Hold.most_bytes),)),)
        case Down.COMMAND:
            return (CommandReceived(decode(Command, payload)),)
        case Down.ACK:
            return (AckReceived(decode(Ack, payload)),)


def _texts(envelopes: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(one.encode() for one in envelopes)


def _bounded(payload: bytes, most: int) -> bytes:
    if len(payload) > most:
        raise Malformed(f"an envelope of {len(payload)} bytes; at most {most}")
    return payload


def _watch(selector: selectors.BaseSelector, watched: Any, client: paho.Client) -> Any:
    """Register what we wait for on the client's socket; return that socket, or None when it is closed."""
    current: Any = client.socket()
    if watched is not None and watched in selector.get_map():
        selector.unregister(watched)
    if current is None:
        return None
    selector.register(current, selectors.EVENT_READ | (selectors.EVENT_WRITE if client.want_write() else 0))
    return current


def _is_open(client: paho.Client, watched: Any) -> bool:
    return client.socket() is watched


def _leave_writing_to_our_loop(_client: paho.Client, _state: Any, _socket: Any) -> None:
    """Keep paho from writing in the caller's thread: with this hook set, it only queues."""


def _close(client: paho.Client) -> None:
    connection: Any = client.socket()
    if connection is None:
        return
    client.disconnect()
    client.loop_write()
    if client.socket() is not None:
        connection.close()

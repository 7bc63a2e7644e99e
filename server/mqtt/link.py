"""The server's one connection to the broker: paho-mqtt on a selector loop of our own, in one thread.

paho's own `loop()` uses select(), which dies silently on a socket number of 1024 or more, so only `loop_read`,
`loop_write` and `loop_misc` are used. What comes in is handed on at once and decided elsewhere; what goes out waits
in a window and completes a future when the broker has it. MQTT 5 first, 3.1.1 where a broker refuses it.
"""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from playlists.wire.topics import Manner
from server.db import now
from server.mqtt.backoff import FullJitter
from server.mqtt.broker import BrokerFailed, Endpoint

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
CONNACK_S = 10.0
WINDOW = 1000
"""Publications without an answer at the same time, when the broker allows so many."""
_WRONG_PROTOCOL = 132


class LinkDown(Exception):
    """The connection broke before the broker had the message; whether it has it is unknown."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it came in."""

    topic: str
    payload: bytes
    retained: bool
    """It is the broker's memory of something said earlier, given because we subscribed."""
    at: datetime


class Ear(Protocol):
    """Who takes what comes in. Every method is called in the link's thread and must not wait."""

    def subscribed(self) -> None:
        """The broker has accepted all subscriptions of a new connection; retained messages follow."""

    def hear(self, heard: Heard) -> None:
        """A message came in."""

    def is_full(self) -> bool:
        """Tell whether reading should rest, so that the broker keeps what follows."""

    def tick(self) -> None:
        """About a second has passed on a standing connection."""


@dataclass(slots=True)
class _Outgoing:
    topic: str
    payload: bytes
    manner: Manner
    taken: Future[None] = field(default_factory=Future)


class Link:
    """A connection that is always there or on its way back."""

    def __init__(
        self,
        endpoint: Callable[[], Endpoint],
        ear: Ear,
        *,
        client_id: str,
        subscriptions: Sequence[str],
        will: tuple[str, bytes] | None = None,
        backoff: FullJitter | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._ear = ear
        self._client_id = client_id
        self._subscriptions = [(topic, 1) for topic in subscriptions]
        self._will = will
        self._backoff = backoff or FullJitter()
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._protocol_in_doubt = True
        self._stopping = threading.Event()
        self._connected = threading.Event()
        self._outbox: deque[_Outgoing] = deque()
        self._in_flight: dict[int, _Outgoing] = {}
        self._window = WINDOW
        self._awake, self._wake = socket.socketpair()
        self._awake.setblocking(False)
        self._wake.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="mqtt-link", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the connection and all subscriptions."""
        return self._connected.is_set()

    @property
    def protocol(self) -> MQTTProtocolVersion:
        """The protocol of the newest connection."""
        return self._protocol

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until connected, at most so long, and tell whether it is."""
        return self._connected.wait(timeout_s)

    def start(self) -> None:
        """Begin to connect, and stay connected until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Say farewell to the broker and end the thread."""
        self._stopping.set()
        self._nudge()
        if self._thread.ident is not None:
            self._thread.join(10)
        self._awake.close()
        self._wake.close()

    def publish(self, topic: str, payload: bytes, manner: Manner) -> Future[None]:
        """Hand a message to the broker; the future completes when the broker has it, or raises `LinkDown`."""
        outgoing = _Outgoing(topic, payload, manner)
        if self._stopping.is_set() or not self._connected.is_set():
            outgoing.taken.set_exception(LinkDown("there is no connection to the broker"))
            return outgoing.taken
        self._outbox.append(outgoing)
        self._nudge()
        return outgoing.taken

    def _nudge(self) -> None:
        try:
            self._wake.send(b"\0")
        except OSError:
            log.debug("the link is awake already, or has ended")

    def _run(self) -> None:
        while not self._stopping.is_set():
            client = None
            try:
                client = self._open()
                self._serve(client)
            except (OSError, BrokerFailed, ValueError) as error:
                log.warning("no connection to the broker: %s", error)
            finally:
                self._connected.clear()
                if client is not None:
                    _close(client)
                self._fail_waiting()
            self._stopping.wait(self._backoff.next_s())

    def _open(self) -> paho.Client:
        address = self._endpoint()
        self._protocol_in_doubt = True
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=self._client_id, protocol=self._protocol)
        client.max_inflight_messages_set(0)
        client.connect_timeout = CONNACK_S
        client.on_socket_register_write = _leave_writing_to_our_loop
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        if address.username is not None:
            client.username_pw_set(address.username, address.password)
        if address.tls:
            client.tls_set_context(checking(address))
        if self._will is not None:
            client.will_set(self._will[0], self._will[1], qos=1, retain=True)
        client.connect(address.host, address.port, keepalive=KEEPALIVE_S)
        return client

    def _serve(self, client: paho.Client) -> None:
        opened_at = ticked_at = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._awake, selectors.EVENT_READ)
            watched: socket.socket | None = None
            while not self._stopping.is_set():
                self._send(client)
                watched = self._watch(selector, watched, client)
                if watched is None:
                    break
                self._turn(selector.select(1.0), client, watched)
                if time.monotonic() - ticked_at >= 1.0:
                    ticked_at = time.monotonic()
                    client.loop_misc()
                    self._ear.tick()
                if not self.connected and time.monotonic() - opened_at > CONNACK_S:
                    log.warning("the broker accepted the connection but did not answer within %.0f s", CONNACK_S)
                    break
        if not self._stopping.is_set():
            log.warning("the connection to the broker ended")
            if self._protocol_in_doubt:
                self._try_other_protocol()

    def _watch(
        self, selector: selectors.BaseSelector, watched: socket.socket | None, client: paho.Client
    ) -> socket.socket | None:
        """Register what we wait for on the client's socket; return that socket, or None when it is closed."""
        current: Any = client.socket()
        if watched is not None and watched in selector.get_map():
            selector.unregister(watched)
        if current is None:
            return None
        events = 0 if self._ear.is_full() else selectors.EVENT_READ
        events |= selectors.EVENT_WRITE if client.want_write() else 0
        if events:
            selector.register(current, events)
        found: socket.socket = current
        return found

    def _turn(
        self, ready: list[tuple[selectors.SelectorKey, int]], client: paho.Client, watched: socket.socket
    ) -> None:
        for key, events in ready:
            if key.fileobj is self._awake:
                self._drain()
                continue
            if events & selectors.EVENT_READ:
                client.loop_read()
                # TLS keeps decrypted bytes that the selector cannot see
                while client.socket() is watched and isinstance(watched, ssl.SSLSocket) and watched.pending():
                    client.loop_read()
            if events & selectors.EVENT_WRITE:
                client.loop_write()

    def _drain(self) -> None:
        try:
            while self._awake.recv(4096):
                pass
        except BlockingIOError:
            return

    def _send(self, client: paho.Client) -> None:
        while self.connected and self._outbox and len(self._in_flight) < self._window:
            outgoing = self._outbox.popleft()
            sent = client.publish(outgoing.topic, outgoing.payload, outgoing.manner.qos, outgoing.manner.retain)
            if sent.rc != paho.MQTT_ERR_SUCCESS:
                outgoing.taken.set_exception(LinkDown(paho.error_string(sent.rc)))
                continue
            self._in_flight[sent.mid] = outgoing

    def _fail_waiting(self) -> None:
        waiting = [*self._in_flight.values()]
        self._in_flight.clear()
        while self._outbox:
            waiting.append(self._outbox.popleft())
        for outgoing in waiting:
            outgoing.taken.set_exception(LinkDown("the connection to the broker broke"))

    def _try_other_protocol(self) -> None:
        five = self._protocol == MQTTProtocolVersion.MQTTv5
        self._protocol = MQTTProtocolVersion.MQTTv311 if five else MQTTProtocolVersion.MQTTv5

    def _on_connect(self, client: paho.Client, _state: Any, _flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refused the connection: %s", reason)
            self._protocol_in_doubt = reason.value == _WRONG_PROTOCOL
            return
        self._protocol_in_doubt = False
        self._window = min(WINDOW, getattr(properties, "ReceiveMaximum", WINDOW))
        client.subscribe(self._subscriptions)

    def _on_subscribe(self, client: paho.Client, _state: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            log.error("the broker refused a subscription: %s", ", ".join(refused))
            client.disconnect()
            return
        self._backoff.reset()
        self._connected.set()
        self._ear.subscribed()

    def _on_publish(self, _client: paho.Client, _state: Any, mid: int, reason: Any, _properties: Any) -> None:
        outgoing = self._in_flight.pop(mid, None)
        if outgoing is None:
            return
        if reason.is_failure:
            outgoing.taken.set_exception(LinkDown(f"the broker refused a message on {outgoing.topic}: {reason}"))
        else:
            outgoing.taken.set_result(None)

    def _on_message(self, _client: paho.Client, _state: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        self._ear.hear(Heard(topic, bytes(message.payload), message.retain, now()))


class _ClosingContext(ssl.SSLContext):
    """TLS that closes the socket when the other side is not believed; paho leaves that to the garbage collector."""

    def wrap_socket(self, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        """Wrap a connected socket and shake hands."""
        wrapped = super().wrap_socket(*arguments, **{**options, "do_handshake_on_connect": False})
        try:
            wrapped.settimeout(CONNACK_S)
            wrapped.do_handshake()
        except OSError:
            wrapped.close()
            raise
        return wrapped


def checking(address: Endpoint) -> ssl.SSLContext:
    """Return the context of a TLS connection to a broker: its authority checked, our certificate shown."""
    context = _ClosingContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if address.ca_pem is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cadata=address.ca_pem)
    if address.certificate is not None:
        context.load_cert_chain(address.certificate, address.certificate_key)
    return context


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

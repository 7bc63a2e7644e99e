"""The whole conversation on both brokers: pointers, presence, a broker that was killed, passwords of kiosks."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from playlists.ids import sha256_hex
from playlists.wire import messages, topics
from playlists.wire.messages import Faults, Pointer, Presence, PresenceWord
from playlists.wire.topics import Down, Up
from server.app import takers
from server.db import Database, Wake, now, ring_after_commit
from server.mqtt.backoff import FullJitter
from server.mqtt.desired import Desired, say
from server.mqtt.embedded import EmbeddedBroker
from server.mqtt.exchange import Exchange
from server.mqtt.mosquitto import MosquittoBroker
from server.mqtt.passwords import password_line
from server.publishing.pointers import Pointers
from server.tables import Agency, AssignedManifest, Fault, Kiosk, KioskStatus, Panel, Site

Started = EmbeddedBroker | MosquittoBroker
Eventually = Callable[[Callable[[], bool]], None]
PASSWORD = "a kiosk's own password"


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "bangtin.sqlite3"
    shutil.copyfile(sqlite_template, path)
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def kiosk_id(database: Database, kiosk_ids: tuple[UUID, UUID]) -> UUID:
    """An enrolled kiosk behind a panel, with an assigned manifest of which nobody was told."""
    with database.write() as session:
        agency = Agency(slug="so-van-hoa", name="Sở")
        session.add(agency)
        session.flush()
        site = Site(slug="tra-linh", agency_id=agency.id, name="Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        panel = Panel(slug="cong", site_id=site.id, agency_id=agency.id, name="Cổng", width=64, height=32)
        session.add(panel)
        session.flush()
        line = password_line(str(kiosk_ids[0]), PASSWORD)
        kiosk = Kiosk(id=kiosk_ids[0], slug="may", panel_id=panel.id, enrolled_at=now(), mqtt_password_line=line)
        kiosk.assigned_seq = 1
        session.add(kiosk)
        session.flush()
        assign(session, kiosk.id, 1)
    return kiosk_ids[0]


def assign(session: Any, kiosk_id: UUID, seq: int) -> None:
    envelope = f"{kiosk_id} {seq}".encode()
    digest = sha256_hex(envelope)
    session.add(AssignedManifest(kiosk_id=kiosk_id, seq=seq, sha256=digest, content_sha256=digest, envelope=envelope))


@pytest.fixture
def exchange(broker: Started, database: Database, kiosk_id: UUID) -> Iterator[Exchange]:
    made = Exchange(broker, database, takers(), client_id="bangtin-server", backoff=FullJitter(0.05, 0.2))
    pointers, desired = Pointers(database, made), Desired(database, made)
    made.start(pointers.found_marks)
    pointers.start()
    desired.start()
    assert made.link.wait_connected(10)
    yield made
    desired.stop()
    pointers.stop()
    made.stop()


def open_codes(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(Fault.code).where(col(Fault.cleared_at).is_(None))))


def is_online(database: Database, kiosk_id: UUID) -> bool:
    with database.read() as session:
        status = session.get(KioskStatus, kiosk_id)
        return status is not None and status.online


def presence(sid: int, word: PresenceWord) -> bytes:
    return messages.encode(Presence(id=uuid4(), at=now(), sid=sid, state=word))


def pointer_of(kiosk: Any) -> int:
    heard = kiosk.hears(15)
    assert heard is not None
    return messages.decode(Pointer, heard[1]).seq


def pointer_after(kiosk: Any, known: int) -> int:
    """The next pointer that says something new: one may come twice, live and as what the broker retains."""
    while (seq := pointer_of(kiosk)) == known:
        pass
    return seq


def test_a_pointer_waits_retained_and_a_new_one_follows(
    broker: Started, exchange: Exchange, database: Database, kiosk_id: UUID, connect: Callable[..., Any]
) -> None:
    kiosk = connect(broker, kiosk_id)
    kiosk.subscribe(topics.all_down(kiosk_id))
    assert pointer_of(kiosk) == 1
    with database.write() as session:
        session.get_one(Kiosk, kiosk_id).assigned_seq = 2
        assign(session, kiosk_id, 2)
        ring_after_commit(session, Wake.POINTERS)
    assert pointer_after(kiosk, 1) == 2


def test_a_killed_broker_is_told_everything_again(
    broker: Started,
    exchange: Exchange,
    database: Database,
    kiosk_id: UUID,
    connect: Callable[..., Any],
    eventually: Eventually,
) -> None:
    first = connect(broker, kiosk_id)
    first.subscribe(topics.all_down(kiosk_id))
    assert pointer_of(first) == 1
    first.end()
    pid = broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: broker.pid not in {None, pid} and exchange.link.connected)
    again = connect(broker, kiosk_id)
    again.subscribe(topics.all_down(kiosk_id))
    assert pointer_of(again) == 1


def said_on(kiosk: Any, topic: str) -> bytes:
    while True:
        heard = kiosk.hears(15)
        assert heard is not None
        if heard[0] == topic:
            return bytes(heard[1])


def test_signed_bodies_are_said_at_once_retained_and_again_to_a_broker_that_forgot(
    broker: Started,
    exchange: Exchange,
    database: Database,
    kiosk_id: UUID,
    connect: Callable[..., Any],
    eventually: Eventually,
) -> None:
    topic = topics.down(kiosk_id, Down.VALUES)
    kiosk = connect(broker, kiosk_id)
    kiosk.subscribe(topics.all_down(kiosk_id))
    for body in (b"the first", b"the second"):
        with database.write() as session:
            assert say(session, Down.VALUES, {kiosk_id: body}, now()) == 1
        assert said_on(kiosk, topic) == body
    with database.write() as session:
        assert say(session, Down.VALUES, {kiosk_id: b"the second"}, now()) == 0, "said already"
    kiosk.end()
    pid = broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: broker.pid not in {None, pid} and exchange.link.connected)
    again = connect(broker, kiosk_id)
    again.subscribe(topics.all_down(kiosk_id))
    assert said_on(again, topic) == b"the second"
    with database.write() as session, pytest.raises(ValueError, match="not retained"):
        say(session, Down.COMMAND, {kiosk_id: b"no"}, now())


def test_births_wills_and_faults_reach_the_database(
    broker: Started,
    exchange: Exchange,
    database: Database,
    kiosk_id: UUID,
    connect: Callable[..., Any],
    eventually: Eventually,
) -> None:
    topic = topics.up(kiosk_id, Up.PRESENCE)
    kiosk = connect(broker, kiosk_id, will=(topic, presence(1, PresenceWord.LOST)))
    kiosk.say(topic, presence(1, PresenceWord.READY), retain=True)
    kiosk.say(topics.up(kiosk_id, Up.STATE), b"no JSON at all", retain=True)
    healthy = messages.encode(Faults(id=uuid4(), at=now(), sid=1, seq=1))
    kiosk.say(topics.up(kiosk_id, Up.FAULTS), healthy, retain=True)
    eventually(lambda: is_online(database, kiosk_id))
    kiosk.drop()
    eventually(lambda: open_codes(database) == ["kiosk_offline"])
    assert not is_online(database, kiosk_id)
    back = connect(broker, kiosk_id)
    back.say(topic, presence(2, PresenceWord.READY), retain=True)
    eventually(lambda: open_codes(database) == [])


def test_the_will_of_a_connection_that_was_taken_over_raises_nothing(
    broker: Started,
    exchange: Exchange,
    database: Database,
    kiosk_id: UUID,
    connect: Callable[..., Any],
    eventually: Eventually,
) -> None:
    topic = topics.up(kiosk_id, Up.PRESENCE)
    first = connect(broker, kiosk_id, will=(topic, presence(1, PresenceWord.LOST)))
    first.paho.reconnect_delay_set(60, 60)
    first.say(topic, presence(1, PresenceWord.READY), retain=True)
    eventually(lambda: is_online(database, kiosk_id))
    second = connect(broker, kiosk_id, will=(topic, presence(2, PresenceWord.LOST)))
    second.say(topic, presence(2, PresenceWord.READY), retain=True)
    assert first.gone.wait(5)
    second.say(topics.up(kiosk_id, Up.FAULTS), messages.encode(Faults(id=uuid4(), at=now(), sid=2, seq=9)))

    def has_heard_the_last() -> bool:
        with database.read() as session:
            return session.get_one(KioskStatus, kiosk_id).faults_seq == 9

    eventually(has_heard_the_last)
    assert is_online(database, kiosk_id)
    assert open_codes(database) == []


def test_what_was_retained_while_the_server_was_away_is_read_at_its_start(
    broker: Started, database: Database, kiosk_id: UUID, connect: Callable[..., Any], eventually: Eventually
) -> None:
    kiosk = connect(broker, kiosk_id)
    kiosk.say(topics.up(kiosk_id, Up.PRESENCE), presence(1, PresenceWord.READY), retain=True)
    made = Exchange(broker, database, takers(), client_id="bangtin-server")
    made.start(lambda _marks: None)
    try:
        eventually(lambda: is_online(database, kiosk_id))
        with database.read() as session:
            assert session.get_one(KioskStatus, kiosk_id).heard_at is None
    finally:
        made.stop()


def test_an_enrolment_lets_in_and_a_revocation_puts_out(
    mosquitto: MosquittoBroker,
    database: Database,
    kiosk_id: UUID,
    connect: Callable[..., Any],
    eventually: Eventually,
) -> None:
    made = Exchange(mosquitto, database, takers(), client_id="bangtin-server")
    made.start(lambda _marks: None)
    try:
        kiosk = connect(mosquitto, kiosk_id)
        assert kiosk.is_accepted()
        with database.write() as session:
            session.get_one(Kiosk, kiosk_id).revoked_at = now()
            ring_after_commit(session, Wake.KIOSKS)
        assert kiosk.gone.wait(10)
        assert made.trouble() is None
    finally:
        made.stop()

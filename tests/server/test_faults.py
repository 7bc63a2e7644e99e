"""Faults: snapshots in any order, wills and silence, acknowledging, lists; and hostile payloads; both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from playlists.fault import CheckResult, FaultCode, Severity
from playlists.wire import messages, topics
from playlists.wire.messages import FaultLine, Faults, Health, Play, Plays, Presence, PresenceWord, Reading
from playlists.wire.topics import Up
from server.app import takers
from server.db import Database, new_id, now
from server.faults.sweeper import Sweeper
from server.mqtt.inbox import Answer, Inbox
from server.mqtt.link import Heard
from server.tables import Agency, Alarm, Fault, FaultEvent, Kiosk, KioskStatus, Panel, PlayRow, Site
from server.tables.accounts import Role
from tests.conftest import People

numbers = count(1)
CODES = [FaultCode.CPU_TEMPERATURE, FaultCode.STORAGE_LOW, FaultCode.PLAYER_STALLED]


@dataclass(frozen=True)
class Device:
    """An enrolled kiosk behind a panel."""

    kiosk_id: UUID
    panel_id: UUID
    agency_id: UUID


def device(database: Database, agency_id: UUID | None = None, name: str = "Bảng thác") -> Device:
    number = next(numbers)
    with database.write() as session:
        if agency_id is None:
            agency = Agency(slug=f"a-{number}-{uuid4().hex[:6]}", name="Sở")
            session.add(agency)
            session.flush()
            agency_id = agency.id
        slug = f"s-{number}-{uuid4().hex[:6]}"
        site = Site(slug=slug, agency_id=agency_id, name="Bản Giốc", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        panel = Panel(slug=f"p{slug}", site_id=site.id, agency_id=agency_id, name=name, width=64, height=32)
        session.add(panel)
        session.flush()
        kiosk = Kiosk(slug=f"k{slug}", panel_id=panel.id, enrolled_at=now(), token_sha256=uuid4().hex)
        session.add(kiosk)
        session.flush()
        return Device(kiosk.id, panel.id, agency_id)


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return []


@pytest.fixture(scope="module")
def inbox(database: Database, answers: list[Answer]) -> Inbox:
    return Inbox(database, takers(), answers.append)


def heard(kiosk_id: UUID, leaf: Up, message: messages.Message, *, retained: bool = False) -> Heard:
    return Heard(topics.up(kiosk_id, leaf), messages.encode(message), retained, now())


def snapshot(sid: int, seq: int, codes: list[FaultCode], subject: str = "") -> Faults:
    since_at = now() - timedelta(minutes=5)
    lines = tuple(
        FaultLine(code=code, subject=subject, severity=Severity.MAJOR, since_at=since_at, detail="87 °C")
        for code in codes
    )
    return Faults(id=uuid4(), at=now(), sid=sid, seq=seq, active=lines)


def presence(sid: int, word: PresenceWord) -> Presence:
    return Presence(id=uuid4(), at=now(), sid=sid, state=word)


def open_codes(database: Database, kiosk_id: UUID) -> list[str]:
    with database.read() as session:
        statement = select(Fault.code).where(Fault.kiosk_id == kiosk_id, col(Fault.cleared_at).is_(None))
        return sorted(session.exec(statement))


def alarm_of(database: Database, kiosk_id: UUID) -> Alarm:
    with database.read() as session:
        return session.exec(select(Alarm).where(Alarm.kiosk_id == kiosk_id)).one()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_snapshots_in_any_order_end_as_the_newest(database: Database, inbox: Inbox, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 6)), min_size=1, max_size=6, unique=True))
    said = {place: data.draw(st.lists(st.sampled_from(CODES), unique=True)) for place in places}
    order = data.draw(st.permutations(places))
    one = device(database)
    inbox.take([heard(one.kiosk_id, Up.FAULTS, snapshot(sid, seq, said[sid, seq])) for sid, seq in order])
    assert open_codes(database, one.kiosk_id) == sorted(said[max(places)])
    with database.read() as session:
        rows = session.exec(select(Fault).where(Fault.kiosk_id == one.kiosk_id)).all()
        for row in rows:
            events = session.exec(
                select(FaultEvent.what).where(FaultEvent.fault_id == row.id).order_by(col(FaultEvent.id))
            )
            assert list(events) == (["raised"] if row.cleared_at is None else ["raised", "cleared"])


def test_a_standing_fault_is_not_raised_twice(database: Database, inbox: Inbox) -> None:
    one = device(database)
    for seq in (1, 2, 3):
        inbox.take([heard(one.kiosk_id, Up.FAULTS, snapshot(1, seq, [FaultCode.STORAGE_LOW], "sda"))])
    with database.read() as session:
        assert len(session.exec(select(Fault).where(Fault.kiosk_id == one.kiosk_id)).all()) == 1


def test_a_will_raises_offline_and_a_birth_clears_it(database: Database, inbox: Inbox) -> None:
    one = device(database)
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.READY))])
    inbox.take([heard(one.kiosk_id, Up.FAULTS, snapshot(5, 1, [FaultCode.STORAGE_LOW]))])
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.LOST))])
    assert open_codes(database, one.kiosk_id) == ["kiosk_offline", "storage_low"]
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, presence(6, PresenceWord.READY))])
    assert open_codes(database, one.kiosk_id) == ["storage_low"]


def test_a_will_of_a_connection_that_was_taken_over_raises_nothing(database: Database, inbox: Inbox) -> None:
    one = device(database)
    inbox.take(
        [
            heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.READY)),
            heard(one.kiosk_id, Up.PRESENCE, presence(6, PresenceWord.READY)),
            heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.LOST)),
        ]
    )
    assert open_codes(database, one.kiosk_id) == []


def test_a_farewell_raises_nothing_by_itself(database: Database, inbox: Inbox) -> None:
    one = device(database)
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.READY))])
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.DISCONNECTED))])
    assert open_codes(database, one.kiosk_id) == []


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


def test_silence_raises_offline_once_and_a_word_clears_it(database: Database, inbox: Inbox) -> None:
    one, clock = device(database), Clock()
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.READY))])
    sweeper = Sweeper(database, 90, lambda: True, clock)
    sweeper.look()
    clock.at += timedelta(seconds=80)
    sweeper.look()
    assert open_codes(database, one.kiosk_id) == []
    clock.at += timedelta(seconds=20)
    assert sweeper.look() >= 1
    assert sweeper.look() == 0
    assert open_codes(database, one.kiosk_id) == ["kiosk_offline"]
    inbox.take([heard(one.kiosk_id, Up.HEALTH, Health(id=uuid4(), at=now(), sid=5, seq=1))])
    assert open_codes(database, one.kiosk_id) == []


@pytest.mark.parametrize("is_back", [True, False], ids=["back in time", "gone"])
def test_the_delay_of_a_silence_counts_from_when_it_was_found(database: Database, inbox: Inbox, is_back: bool) -> None:
    one, clock = device(database), Clock()
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, presence(5, PresenceWord.READY))])
    sweeper = Sweeper(database, 40, lambda: True, clock)
    sweeper.look()
    clock.at += timedelta(seconds=45)
    assert sweeper.look() >= 1
    clock.at += timedelta(seconds=25)
    sweeper.look()
    assert alarm_of(database, one.kiosk_id).active_at is None
    if is_back:
        word = messages.encode(Health(id=uuid4(), at=clock.at, sid=5, seq=1))
        inbox.take([Heard(topics.up(one.kiosk_id, Up.HEALTH), word, retained=False, at=clock.at)])
    clock.at += timedelta(seconds=6)
    sweeper.look()
    assert (alarm_of(database, one.kiosk_id).active_at is None) == is_back


def test_nobody_is_called_silent_while_the_server_is_deaf(database: Database) -> None:
    one, clock, listening = device(database), Clock(), [True]
    sweeper = Sweeper(database, 90, lambda: listening[0], clock)
    sweeper.look()
    listening[0] = False
    clock.at += timedelta(hours=1)
    assert sweeper.look() == 0
    listening[0] = True
    clock.at += timedelta(hours=1)
    sweeper.look()
    assert open_codes(database, one.kiosk_id) == []


def test_a_revoked_or_unknown_kiosk_is_not_heard(database: Database, inbox: Inbox) -> None:
    one, stranger = device(database), new_id()
    with database.write() as session:
        session.get_one(Kiosk, one.kiosk_id).revoked_at = now()
    before = inbox.tally.counts["unknown"]
    inbox.take([heard(who, Up.FAULTS, snapshot(1, 1, CODES)) for who in (one.kiosk_id, stranger)])
    assert open_codes(database, one.kiosk_id) == []
    assert inbox.tally.counts["unknown"] == before + 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    leaf=st.sampled_from([*Up]),
    payload=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=30),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_hostile_bytes_change_nothing_and_stop_nothing(
    database: Database, inbox: Inbox, shared: Device, leaf: Up, payload: bytes
) -> None:
    inbox.take([Heard(topics.up(shared.kiosk_id, leaf), payload, False, now())])
    assert open_codes(database, shared.kiosk_id) == []


@pytest.fixture(scope="module")
def shared(database: Database) -> Device:
    return device(database)


HOSTILE = st.text(max_size=80) | st.just("\x00") | st.just("x" * 3000) | st.just("\u202eabc")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=HOSTILE, subject=HOSTILE, detail=HOSTILE, seq=st.integers(1, (1 << 63) - 1), year=st.integers(1, 9999))
def test_well_formed_but_hostile_snapshots_are_taken_or_dropped(
    database: Database, inbox: Inbox, code: str, subject: str, detail: str, seq: int, year: int
) -> None:
    one = device(database)
    since_at = datetime(year, 6, 1, tzinfo=UTC)
    line = FaultLine(code=code, subject=subject, severity=Severity.MINOR, since_at=since_at, detail=detail)
    failed = inbox.tally.counts["failed"]
    inbox.take([heard(one.kiosk_id, Up.FAULTS, Faults(id=uuid4(), at=now(), sid=1, seq=seq, active=(line,)))])
    assert inbox.tally.counts["failed"] == failed
    inbox.take([heard(one.kiosk_id, Up.PRESENCE, Presence(id=uuid4(), at=now(), sid=seq, state="ready", agent=code))])
    assert inbox.tally.counts["failed"] == failed


def test_one_bad_message_does_not_spoil_its_batch(database: Database, inbox: Inbox, answers: list[Answer]) -> None:
    one = device(database)
    play = Play(seq=1, sha256="a" * 64, language="vi", started_at=now(), ended_at=now())
    bad = play.model_copy(update={"seq": 2, "language": "klingon" * 40})
    inbox.take(
        [
            Heard(topics.up(one.kiosk_id, Up.STATE), b"{", False, now()),
            heard(one.kiosk_id, Up.PLAYS, Plays(id=uuid4(), at=now(), sid=1, plays=(play, bad))),
            Heard("bangtin/v1/k/nobody/up/state", b"{}", False, now()),
        ]
    )
    with database.read() as session:
        assert session.exec(select(PlayRow.seq).where(PlayRow.kiosk_id == one.kiosk_id)).all() == [1]
    ack = answers[-1].message
    assert isinstance(ack, messages.Ack)
    assert (answers[-1].topic, ack.plays_upto) == (topics.down(one.kiosk_id, topics.Down.ACK), 2)


def test_readings_are_the_newest(database: Database, inbox: Inbox, people: People) -> None:
    agency = people.agency()
    one = device(database, agency.id)
    hot = Reading(check="cpu_temperature", result=CheckResult.FAULT, value_milli=87_000, unit="°C")
    cool = hot.model_copy(update={"value_milli": 41_000, "result": CheckResult.OK})
    inbox.take([heard(one.kiosk_id, Up.HEALTH, Health(id=uuid4(), at=now(), sid=1, seq=2, readings=(cool,)))])
    inbox.take([heard(one.kiosk_id, Up.HEALTH, Health(id=uuid4(), at=now(), sid=1, seq=1, readings=(hot,)))])
    client = people.person(Role.VIEWER, agency.id).client
    shown = client.get(f"/api/v1/panels/{one.panel_id}/health").json()
    assert [reading["value_milli"] for reading in shown["readings"]] == [41_000]
    with database.read() as session:
        assert session.get_one(KioskStatus, one.kiosk_id).heard_at is not None


@pytest.fixture
def technician(people: People) -> tuple[httpx.Client, UUID]:
    agency = people.agency()
    return people.person(Role.TECHNICIAN, agency.id).client, agency.id


def test_a_fault_says_what_it_means_and_its_history(
    database: Database, inbox: Inbox, technician: tuple[httpx.Client, UUID]
) -> None:
    client, agency_id = technician
    one = device(database, agency_id)
    inbox.take([heard(one.kiosk_id, Up.FAULTS, snapshot(1, 1, [FaultCode.CPU_TEMPERATURE]))])
    row = client.get("/api/v1/faults", params={"open": True, "panel_id": str(one.panel_id)}).json()["items"][0]
    assert (row["code"], row["severity"], row["names"]["vi"]) == ("cpu_temperature", "major", "Máy phát quá nóng")
    assert row["meanings"]["zh"]
    assert row["first_steps"]["en"].startswith("Check the fan")
    inbox.take([heard(one.kiosk_id, Up.FAULTS, snapshot(1, 2, []))])
    story = client.get(f"/api/v1/faults/{row['id']}").json()["history"]
    assert [event["what"] for event in story] == ["raised", "cleared"]


def test_faults_are_found_without_accents_and_come_in_pages(
    database: Database, inbox: Inbox, technician: tuple[httpx.Client, UUID]
) -> None:
    client, agency_id = technician
    gate = device(database, agency_id, "Bảng cổng Trà Lĩnh")
    fall = device(database, agency_id, "Bảng thác")
    for one in (gate, fall):
        inbox.take([heard(one.kiosk_id, Up.FAULTS, snapshot(1, 1, CODES))])

    def found(**query: str | int) -> list[tuple[str, str]]:
        items = client.get("/api/v1/faults", params=query).json()["items"]
        return sorted((item["panel_name"], item["code"]) for item in items)

    assert {name for name, _ in found(q="tra linh")} == {"Bảng cổng Trà Lĩnh"}
    assert found(q="qua nong") == [("Bảng cổng Trà Lĩnh", "cpu_temperature"), ("Bảng thác", "cpu_temperature")]
    assert found(q="không có gì") == []
    first = client.get("/api/v1/faults", params={"limit": 4}).json()
    rest = client.get("/api/v1/faults", params={"limit": 4, "cursor": first["next_cursor"]}).json()
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert (len(ids), len(set(ids)), rest["next_cursor"]) == (6, 6, None)


def test_the_export_has_no_formulas(database: Database, inbox: Inbox, technician: tuple[httpx.Client, UUID]) -> None:
    client, agency_id = technician
    one = device(database, agency_id, "=HYPERLINK(1)")
    inbox.take([heard(one.kiosk_id, Up.FAULTS, snapshot(1, 1, [FaultCode.STORAGE_LOW]))])
    answer = client.get("/api/v1/faults.csv")
    assert answer.content.startswith(b"\xef\xbb\xbfsite,panel,fault")
    cells = answer.text.splitlines()[1].split(",")
    assert cells[:4] == ["Bản Giốc", "'=HYPERLINK(1)", "Sắp đầy ổ lưu trữ", "storage_low"]

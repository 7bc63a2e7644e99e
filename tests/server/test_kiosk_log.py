"""A kiosk's log at the server: only what was asked for, in time and bounded; shown, filtered, downloaded, forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from playlists.wire import messages, topics
from playlists.wire.messages import Log, LogLevel, LogLine
from playlists.wire.topics import Up
from server.app import takers
from server.audit.actions import Action
from server.db import Database, now
from server.faults.logs import service
from server.faults.logs.service import GRACE, KEPT
from server.mqtt.inbox import Inbox
from server.mqtt.link import Heard
from server.tables import AuditEntry, KioskCommand, KioskLog
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.test_alarms import Place, place
from tests.server.test_commands import technician, where

__all__ = ["technician", "where"]


class Reading:
    """A panel whose log is asked for."""

    def __init__(self, database: Database, where: Place, client: httpx.Client) -> None:
        self.database, self.client = database, client
        self.panel_id, self.kiosk_id = where.panel_ids[0], where.kiosk_ids[0]
        self.inbox = Inbox(database, takers(), lambda _answer: None)

    def ask(self, seconds: int = 300) -> UUID:
        self.client.post(f"/api/v1/panels/{self.panel_id}/commands", json={"name": "send_log", "seconds": seconds})
        found = self.client.get(f"/api/v1/panels/{self.panel_id}/commands").json()["items"][0]
        assert found["name"] == "send_log"
        return UUID(found["id"])

    def say(self, command_id: UUID, *lines: LogLine, kiosk_id: UUID | None = None, at: datetime | None = None) -> None:
        said = Log(id=uuid4(), at=now(), sid=1, command_id=command_id, lines=lines)
        self.say_bytes(messages.encode(said), kiosk_id, at)

    def say_bytes(self, payload: bytes, kiosk_id: UUID | None = None, at: datetime | None = None) -> None:
        topic = topics.up(kiosk_id or self.kiosk_id, Up.LOG)
        self.inbox.take([Heard(topic, payload, retained=False, at=at or now())])

    def shown(self, query: str = "") -> list[tuple[str, int]]:
        found = self.client.get(f"/api/v1/panels/{self.panel_id}/log{query}").json()["items"]
        return [(one["text"], one["left_out"]) for one in found]


@pytest.fixture
def reading(database: Database, where: Place, technician: httpx.Client) -> Reading:
    return Reading(database, where, technician)


def line(number: int, text: str, level: LogLevel = LogLevel.INFO) -> LogLine:
    return LogLine(number=number, at=now(), level=level, text=text)


def test_lines_are_shown_in_order_and_what_is_missing_is_counted(reading: Reading) -> None:
    command = reading.ask()
    reading.say(command, line(7, "đã kết nối"), line(8, "bảng phát lại"))
    reading.say(command, line(12, "no route to host", LogLevel.WARNING))
    assert reading.shown() == [("đã kết nối", 0), ("bảng phát lại", 0), ("no route to host", 3)]
    assert reading.shown("?q=BANG+phat") == [("bảng phát lại", 0)]
    assert [text for text, _ in reading.shown("?serious=true")] == ["no route to host"]
    again = reading.ask()
    reading.say(again, line(2, "after a restart"))
    assert reading.shown()[-1] == ("after a restart", 0)
    until = reading.client.get(f"/api/v1/panels/{reading.panel_id}/log").json()["running_until"]
    assert until is not None
    reading.ask(0)
    assert reading.client.get(f"/api/v1/panels/{reading.panel_id}/log").json()["running_until"] is None


def test_what_nobody_asked_for_is_dropped(reading: Reading) -> None:
    elsewhere = place(reading.database)
    command = reading.ask()
    reading.client.post(f"/api/v1/panels/{reading.panel_id}/commands", json={"name": "restart_player"})
    other = UUID(reading.client.get(f"/api/v1/panels/{reading.panel_id}/commands").json()["items"][0]["id"])
    reading.say(uuid4(), line(1, "of no command"))
    reading.say(other, line(1, "of another command"))
    reading.say(command, line(1, "of another kiosk"), kiosk_id=elsewhere.kiosk_ids[0])
    reading.say(command, line(1, "too late"), at=now() + timedelta(seconds=301) + GRACE)
    reading.say(command)
    assert reading.shown() == []


def test_a_kiosk_that_floods_is_cut_off(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    command = reading.ask()
    with reading.database.write() as session:
        for number in range(service.MOST_MESSAGES - 1):
            lines = [[number, 0, "info", "x"]]
            session.add(KioskLog(command_id=command, panel_id=reading.panel_id, taken_at=now(), lines=lines))
    reading.say(command, line(5000, "the last that is taken"))
    reading.say(command, line(5001, "one too many"))
    assert reading.shown()[-1][0] == "the last that is taken"
    assert len(reading.shown()) == service.SHOWN


HOSTILE = '<script>alert(1)</script> \x1b]0;owned\x07 \u202eexe.gpj =cmd|" /C calc"!A0 {{ 7*7 }}'


def test_hostile_lines_are_words_and_nothing_else(reading: Reading) -> None:
    command = reading.ask()
    reading.say(command, line(1, HOSTILE, LogLevel.ERROR))
    page = reading.client.get(f"/panels/{reading.panel_id}/log").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    answer = reading.client.get(f"/api/v1/panels/{reading.panel_id}/log.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "attachment" in answer.headers["content-disposition"]
    assert not {"\x1b", "\x07", "\u202e"} & set(answer.text)
    assert answer.text.count("\n") == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_payload_breaks_the_inbox(reading: Reading, payload: bytes) -> None:
    before = reading.inbox.tally.counts["malformed"]
    reading.say_bytes(payload)
    assert not payload or reading.inbox.tally.counts["malformed"] == before + 1


def test_too_many_or_too_long_lines_are_malformed(reading: Reading) -> None:
    command = reading.ask()
    said = messages.encode(Log(id=uuid4(), at=now(), command_id=command, lines=(line(1, "x" * 400),)))
    reading.say_bytes(said.replace(b"x" * 400, b"x" * 401))
    reading.say_bytes(said.replace(b"x" * 400, b"x" * 70_000))
    many = ",".join(f'{{"number":{n},"at":"2026-11-26T00:00:00Z","level":"info","text":"x"}}' for n in range(51))
    head = f'{{"id":"{uuid4()}","at":"2026-11-26T00:00:00Z","command_id":"{command}","lines":[{many}]}}'
    reading.say_bytes(head.encode())
    assert reading.inbox.tally.counts["malformed"] == 3
    assert reading.shown() == []


def test_a_download_is_everything_and_is_written_down(reading: Reading) -> None:
    command = reading.ask()
    reading.say(command, line(1, "first"), line(4, "fourth", LogLevel.WARNING))
    text = reading.client.get(f"/api/v1/panels/{reading.panel_id}/log.txt").text.splitlines()
    assert [one.split(" ", 1)[1] for one in text] == ["INFO    first", "2 lines did not arrive", "WARNING fourth"]
    with reading.database.read() as session:
        written = session.exec(select(AuditEntry).where(AuditEntry.object_id == str(reading.panel_id))).all()
    assert Action.KIOSK_LOG_TAKEN in {one.action for one in written}


def test_who_may_not_command_a_kiosk_does_not_read_its_log(reading: Reading, where: Place, people: People) -> None:
    other = place(reading.database)
    command = reading.ask()
    reading.say(command, line(1, "of ours"))
    viewer = people.person(Role.VIEWER, where.agency_id).client
    stranger = people.person(Role.TECHNICIAN, other.agency_id).client
    for path in (f"/api/v1/panels/{reading.panel_id}/log", f"/api/v1/panels/{reading.panel_id}/log.txt"):
        assert viewer.get(path).status_code == 403
        assert stranger.get(path).status_code == 404


def test_a_log_can_be_asked_for_half_an_hour_at_most(reading: Reading) -> None:
    path = f"/api/v1/panels/{reading.panel_id}/commands"
    assert reading.client.post(path, json={"name": "send_log", "seconds": 1801}).status_code == 422
    assert reading.client.post(path, json={"name": "reboot", "seconds": 5}).status_code == 422


def test_two_weeks_are_kept(reading: Reading) -> None:
    command = reading.ask()
    with reading.database.write() as session:
        asked = session.get_one(KioskCommand, command)
        asked.asked_at -= KEPT
        session.add(asked)
    reading.say(command, line(1, "old"), at=now() - KEPT)
    fresh = reading.ask()
    reading.say(fresh, line(2, "new"))
    with reading.database.write() as session:
        service.forget(session, now())
    assert [text for text, _ in reading.shown()] == ["new"]

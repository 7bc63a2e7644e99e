"""Commands to kiosks: asked, sent, answered in any order, given up; and who may ask. Both databases."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from playlists.wire import messages, topics
from playlists.wire.messages import CommandName, PanelPicture, Reply, ReplyWord
from playlists.wire.topics import Up
from server.app import takers
from server.db import Database, now
from server.faults.commands import service
from server.faults.commands.schemas import CommandState
from server.mqtt.inbox import Inbox
from server.mqtt.link import Heard
from server.tables import KioskCommand, KioskStatus
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.test_alarms import Place, place


@pytest.fixture
def where(database: Database) -> Place:
    """A panel whose kiosk is there."""
    where = place(database)
    with database.write() as session:
        session.add(KioskStatus(kiosk_id=where.kiosk_ids[0], online=True, birth_sid=1, heard_at=now()))
    return where


@pytest.fixture
def technician(people: People, where: Place) -> httpx.Client:
    return people.person(Role.TECHNICIAN, where.agency_id).client


def sent(database: Database, where: Place, technician: httpx.Client, name: str = "restart_player") -> UUID:
    """Ask over HTTP; where no broker runs the command is written down all the same."""
    technician.post(f"/api/v1/panels/{where.panel_ids[0]}/commands", json={"name": name})
    return UUID(technician.get(f"/api/v1/panels/{where.panel_ids[0]}/commands").json()["items"][0]["id"])


def reply(database: Database, kiosk_id: UUID, command_id: UUID, word: ReplyWord, detail: str = "") -> None:
    said = Reply(id=uuid4(), at=now(), sid=1, command_id=command_id, state=word, detail=detail)
    heard = Heard(topics.up(kiosk_id, Up.REPLY), messages.encode(said), False, now())
    Inbox(database, takers(), lambda _answer: None).take([heard])


def state(technician: httpx.Client, where: Place) -> tuple[str, str]:
    one = technician.get(f"/api/v1/panels/{where.panel_ids[0]}/commands").json()["items"][0]
    return one["state"], one["detail"]


def test_a_command_is_answered_and_kept(database: Database, where: Place, technician: httpx.Client) -> None:
    command = sent(database, where, technician)
    assert state(technician, where) == ("sent", "")
    reply(database, where.kiosk_ids[0], command, ReplyWord.ACCEPTED)
    assert state(technician, where) == ("accepted", "")
    reply(database, where.kiosk_ids[0], command, ReplyWord.FAILED, "no player runs")
    assert state(technician, where) == ("failed", "no player runs")
    reply(database, where.kiosk_ids[0], command, ReplyWord.DONE)
    assert state(technician, where) == ("failed", "no player runs")
    one = technician.get(f"/api/v1/panels/{where.panel_ids[0]}/commands").json()["items"][0]
    assert one["asked_by_name"].startswith("Người technician")


def test_answers_that_change_places_end_as_done(database: Database, where: Place, technician: httpx.Client) -> None:
    command = sent(database, where, technician)
    reply(database, where.kiosk_ids[0], command, ReplyWord.DONE)
    reply(database, where.kiosk_ids[0], command, ReplyWord.ACCEPTED)
    assert state(technician, where)[0] == "done"


def test_another_kiosk_cannot_answer(database: Database, where: Place, technician: httpx.Client) -> None:
    command = sent(database, where, technician)
    other = place(database)
    with database.write() as session:
        session.add(KioskStatus(kiosk_id=other.kiosk_ids[0], online=True, birth_sid=1, heard_at=now()))
    reply(database, other.kiosk_ids[0], command, ReplyWord.DONE)
    assert state(technician, where)[0] == "sent"


def test_what_nobody_answers_is_given_up_and_a_late_answer_still_counts(
    database: Database, where: Place, technician: httpx.Client
) -> None:
    command = sent(database, where, technician)
    with database.write() as session:
        assert service.expire(session, now() + timedelta(seconds=61)) >= 1
    assert state(technician, where)[0] == "expired"
    reply(database, where.kiosk_ids[0], command, ReplyWord.DONE)
    assert state(technician, where)[0] == "done"


def test_a_kiosk_that_is_not_reached_is_not_asked(database: Database, people: People) -> None:
    where = place(database)
    client = people.person(Role.TECHNICIAN, where.agency_id).client
    answer = client.post(f"/api/v1/panels/{where.panel_ids[0]}/commands", json={"name": "reboot"})
    assert (answer.status_code, answer.json()["code"]) == (409, "kiosk-offline")


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "format_disk"},
        {"name": "watch"},
        {"name": "reboot", "seconds": 5},
        {"name": "show_picture"},
        {"name": "show_picture", "picture": "red"},
        {"name": "capture", "picture": "red"},
        {"name": "leave_controller", "seconds": 7201},
    ],
)
def test_nonsense_is_refused(where: Place, technician: httpx.Client, asked: dict[str, object]) -> None:
    assert technician.post(f"/api/v1/panels/{where.panel_ids[0]}/commands", json=asked).status_code == 422


def test_only_technicians_of_the_place_may_ask(where: Place, people: People, database: Database) -> None:
    path = f"/api/v1/panels/{where.panel_ids[0]}/commands"
    assert people.person(Role.EDITOR, where.agency_id).client.post(path, json={"name": "reboot"}).status_code == 403
    foreign = people.person(Role.TECHNICIAN, place(database).agency_id).client
    assert foreign.post(path, json={"name": "reboot"}).status_code == 404
    assert foreign.get(path).status_code == 404


def test_the_kiosk_reads_what_was_asked(database: Database, where: Place) -> None:
    row = KioskCommand(kiosk_id=where.kiosk_ids[0], panel_id=where.panel_ids[0], name=CommandName.SHOW_PICTURE,
                       arguments={"picture": "red", "seconds": 30}, asked_by=uuid4(), expires_at=now(),
                       state=CommandState.SENT)  # fmt: skip
    command = service.message(row, now())
    assert (command.id, command.picture, command.seconds) == (row.id, PanelPicture.RED, 30)
    assert messages.encode(command)

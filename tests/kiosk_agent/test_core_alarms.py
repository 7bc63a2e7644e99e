"""Faults of parts: kept apart by what they concern, with degrees, raised at once where the check has waited itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.telling import MOST_READINGS
from playlists.fault import CATALOGUE, CheckResult, FaultCode, Severity
from playlists.wire.messages import (
    MOST_BYTES,
    Command,
    CommandName,
    FaultLine,
    Faults,
    Health,
    PanelPicture,
    Reply,
    ReplyWord,
    encode,
)
from playlists.wire.topics import Up
from tests.kiosk_agent.making import START
from tests.kiosk_agent.playbook import Playbook

ID = UUID(int=6)
CODE = FaultCode.PANEL_CARD_OFFLINE
GONE = Finding("panel_card", CheckResult.FAULT, CODE, "no answer", subject="port 1 card 2", settled=True)
BACK = replace(GONE, result=CheckResult.OK, detail="")
OTHER = replace(GONE, subject="port 2 card 1")


def linked() -> Playbook:
    return Playbook().start(installed_seq=4).link_up()


def active(book: Playbook) -> list[FaultLine]:
    (faults,) = book.said(Up.FAULTS, Faults)
    return list(faults.active)


def test_a_part_that_the_check_has_waited_for_is_raised_at_once_and_cleared_by_itself() -> None:
    book = linked()
    book.tell(events.HealthRead((GONE, OTHER)))
    assert sorted(line.subject for line in active(book)) == ["port 1 card 2", "port 2 card 1"]
    book.tell(events.HealthRead((BACK, OTHER)))
    assert [line.subject for line in active(book)] == ["port 2 card 1"]


def test_a_part_of_which_nothing_is_known_keeps_its_fault() -> None:
    book = linked()
    book.tell(events.HealthRead((GONE,)))
    book.tell(events.HealthRead((replace(GONE, result=CheckResult.UNKNOWN),)))
    assert (CODE, "port 1 card 2") in book.state.alarms


def test_a_fault_that_gets_worse_is_said_again() -> None:
    book = linked()
    book.tell(events.HealthRead((GONE,)))
    assert [line.severity for line in active(book)] == [CATALOGUE[CODE].severity]
    book.tell(events.HealthRead((replace(GONE, severity=Severity.CRITICAL),)))
    assert [line.severity for line in active(book)] == [Severity.CRITICAL]
    book.tell(events.HealthRead((replace(GONE, severity=Severity.CRITICAL, detail="still"),)))
    assert book.said(Up.FAULTS, Faults) == []


def test_a_part_in_order_is_no_line_of_the_health_message() -> None:
    book = linked()
    whole = Finding("panel_card", CheckResult.OK, value_milli=8000)
    book.tell(events.HealthRead((whole, GONE)))
    (health,) = book.said(Up.HEALTH, Health)
    assert [(one.check, one.subject) for one in health.readings if one.check == "panel_card"] == [
        ("panel_card", ""),
        ("panel_card", "port 1 card 2"),
    ]
    book.tell(events.HealthRead((whole, BACK)))
    (health,) = book.said(Up.HEALTH, Health)
    assert [one.subject for one in health.readings if one.check == "panel_card"] == [""]


def test_a_panel_of_which_every_part_is_broken_still_fits_a_message() -> None:
    book = linked()
    broken = [replace(GONE, subject=f"port 1 card {number}", detail="x" * 300) for number in range(400)]
    book.tell(events.HealthRead((*broken, Finding("panel_signal", CheckResult.OK))))
    (health,) = book.said(Up.HEALTH, Health)
    assert len(health.readings) == MOST_READINGS
    assert len(encode(health)) < MOST_BYTES
    assert "panel_signal" in {one.check for one in health.readings}


def test_what_changes_at_the_panel_is_said_before_the_next_health_message() -> None:
    book = linked()
    book.tell(events.PanelRead((GONE,)))
    assert [line.subject for line in active(book)] == ["port 1 card 2"]
    assert book.said(Up.HEALTH, Health) == []


def asked(name: CommandName, **fields: Any) -> events.CommandReceived:
    expires_at = START + timedelta(seconds=60)
    return events.CommandReceived(Command(id=ID, at=START, name=name, expires_at=expires_at, **fields))


@pytest.mark.parametrize(
    ("name", "command"),
    [
        (CommandName.RESTART_PLAYER, do.RestartPlayer),
        (CommandName.REBOOT, do.Reboot),
        (CommandName.ACCEPT_DISPLAY, do.AcceptDisplay),
    ],
)
def test_what_a_technician_asks_for_is_done_once_and_answered(name: CommandName, command: Any) -> None:
    book = linked()
    book.tell(asked(name))
    assert book.only(command).command_id == ID
    book.tell(events.Obeyed(ID, None))
    assert [one.state for one in book.said(Up.REPLY, Reply)] == [ReplyWord.DONE]
    book.tell(asked(name))
    book.none(command)


def test_a_capture_is_sent_when_it_is_asked_for() -> None:
    book = linked()
    book.tell(asked(CommandName.CAPTURE))
    assert [one.state for one in book.said(Up.REPLY, Reply)] == [ReplyWord.ACCEPTED, ReplyWord.DONE]
    assert book.state.captures.wanted


def test_a_picture_and_leaving_the_session_are_handed_on_and_answered_when_they_are_done() -> None:
    book = linked()
    book.tell(asked(CommandName.SHOW_PICTURE, picture=PanelPicture.RED, seconds=30))
    assert book.only(do.ShowPicture) == do.ShowPicture(ID, PanelPicture.RED, 30)
    assert [one.state for one in book.said(Up.REPLY, Reply)] == [ReplyWord.ACCEPTED]
    book.tell(events.Obeyed(ID, None))
    assert [one.state for one in book.said(Up.REPLY, Reply)] == [ReplyWord.DONE]
    book.tell(asked(CommandName.SHOW_PICTURE, picture=PanelPicture.RED, seconds=30))
    book.none(do.ShowPicture)
    other = linked()
    other.tell(asked(CommandName.LEAVE_CONTROLLER, seconds=7200))
    assert other.only(do.LeaveController) == do.LeaveController(ID, 7200)
    other.tell(events.Obeyed(ID, "it has no controller"))
    assert [(one.state, one.detail) for one in other.said(Up.REPLY, Reply)] == [
        (ReplyWord.FAILED, "it has no controller")
    ]

"""What technicians ask a kiosk for: done, or refused with the reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.errands import Errands
from kiosk_agent.health.checkup import Checkup
from kiosk_agent.panel.generic import GenericPanel
from playlists.fault import FaultCode
from simulator.device.tree import edid, record, write
from tests.kiosk_agent.fake_player import FakePlayer

ID = UUID(int=7)
EDID = "sys/class/drm/card1-HDMI-A-1/edid"


@pytest.fixture
def told() -> list[Any]:
    return []


def errands(
    tmp_path: Path, told: list[Any], *, reboot: Path | None = None, player: FakePlayer | None = None
) -> Errands:
    checkup = Checkup(record(tmp_path / "tree"), tmp_path, lambda: True)
    return Errands(reboot, checkup, GenericPanel(), told.append, lambda: player)


def ask(one: Errands, command: Any) -> None:
    one.known[type(command)](command)


def test_a_restart_of_the_computer_is_asked_for_by_a_file(tmp_path: Path, told: list[Any]) -> None:
    ask(errands(tmp_path, told, reboot=tmp_path / "reboot"), do.Reboot(ID))
    assert (tmp_path / "reboot").exists()
    assert told == [events.Obeyed(ID, None)]


def test_a_restart_that_is_not_set_up_or_not_possible_is_refused_with_the_reason(
    tmp_path: Path, told: list[Any]
) -> None:
    ask(errands(tmp_path, told), do.Reboot(ID))
    ask(errands(tmp_path, told, reboot=tmp_path / "none" / "reboot"), do.Reboot(ID))
    first, second = told
    assert "BANGTIN_KIOSK_REBOOT_FILE" in first.failure
    assert "No such file" in second.failure


def test_another_display_is_accepted(tmp_path: Path, told: list[Any]) -> None:
    one = errands(tmp_path, told)
    one._checkup.read(*_now())
    write(tmp_path / "tree", EDID, edid(serial=9))
    changed = {found.code: found.result for found in one._checkup.read(*_now())}[FaultCode.HDMI_EDID_CHANGED]
    assert changed == "fault"
    ask(one, do.AcceptDisplay(ID))
    obeyed, read = told
    assert obeyed == events.Obeyed(ID, None)
    assert {found.code: found.result for found in read.findings}[FaultCode.HDMI_EDID_CHANGED] == "ok"


def test_nothing_connected_cannot_be_accepted(tmp_path: Path, told: list[Any]) -> None:
    one = errands(tmp_path, told)
    write(tmp_path / "tree", "sys/class/drm/card1-HDMI-A-1/status", "disconnected")
    ask(one, do.AcceptDisplay(ID))
    assert "nothing" in told[0].failure


def test_a_player_is_begun_anew_or_there_is_none(tmp_path: Path, told: list[Any]) -> None:
    player = FakePlayer()
    ask(errands(tmp_path, told, player=player), do.RestartPlayer(ID))
    ask(errands(tmp_path, told), do.RestartPlayer(ID))
    assert told[0] == events.Obeyed(ID, None)
    assert told[1].failure.startswith("no player runs")


def _now() -> tuple[datetime, float]:
    return datetime.now(UTC), 0.0

"""The drawing of a panel's cabinets: what a kiosk says of places, and where a fault is."""

from __future__ import annotations

from uuid import uuid4

import pytest

from playlists.cabinets import Cabinet
from playlists.fault import CheckResult
from playlists.language import Language
from playlists.wire.messages import Health, Reading
from server.console.cabinet_grid import draw, map_of
from server.console.texts import texts_of
from server.db import now
from server.tables import Alarm, KioskStatus

PLACES = [Cabinet(port, card, port, card) for port in (1, 2) for card in (1, 2, 3)]


def alarm(code: str, subject: str, severity: str = "major") -> Alarm:
    at = now()
    return Alarm(
        place_id=uuid4(), site_id=uuid4(), code=code, subject=subject, severity=severity, phase="x", since_at=at
    )


def status(detail: str) -> KioskStatus:
    readings = (Reading(check="panel_map", result=CheckResult.OK, detail=detail),)
    said = Health(id=uuid4(), at=now(), sid=1, seq=1, readings=readings)
    return KioskStatus(kiosk_id=uuid4(), health=said.model_dump(mode="json"))


def test_a_card_a_part_of_it_and_a_whole_port_are_marked_where_they_are() -> None:
    alarms = [
        alarm("panel_card_offline", "port 1 card 2"),
        alarm("cabinet_door", "port 1 card 2 door 1", "warning"),
        alarm("cabinet_humidity", "port 1 card 3", "warning"),
        alarm("panel_port_down", "port 2", "critical"),
        alarm("hdmi_disconnected", ""),
        alarm("panel_card_offline", "port 1 card 21"),
    ]
    grid = draw(texts_of(Language.VI), PLACES, alarms)
    assert grid is not None
    told = {one.name: (one.mark, one.tone, one.faults) for one in grid.cells}
    assert told["hàng 1, cột 1: cổng 1, card 1"] == ("", "good", ())
    assert told["hàng 1, cột 2: cổng 1, card 2"] == ("✕", "bad", ("Card nhận không trả lời", "Cửa tủ LED đang mở"))
    assert told["hàng 1, cột 3: cổng 1, card 3"] == ("!", "warn", ("Tủ LED quá ẩm",))
    assert [one.faults for one in grid.cells[3:]] == [("Cả một cổng ra của bảng LED mất liên lạc",)] * 3
    assert len(grid.broken) == 5
    assert (grid.width, grid.height) == (192, 80)


def test_nobody_draws_what_nobody_knows() -> None:
    assert draw(texts_of(Language.EN), [], [alarm("panel_port_down", "port 1")]) is None
    assert map_of(None) == []
    assert map_of(KioskStatus(kiosk_id=uuid4())) == []


@pytest.mark.parametrize("detail", ["", "the cabinets stand too irregularly", "1 1 1 1 0 1 99999", "<b>1 1</b>"])
def test_a_map_that_cannot_be_read_is_none(detail: str) -> None:
    assert map_of(status(detail)) == []


def test_a_map_is_read() -> None:
    assert map_of(status("1 1 1 1 0 1 3;2 1 2 1 0 1 3")) == PLACES

"""The cards' usual voltage: measured on a good day, refused on a bad one, written beside the rest of the file."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk_agent.cli import main
from kiosk_agent.panel.line import Line, TcpLine
from kiosk_agent.panel.novastar import NovaStar
from kiosk_agent.panel.profile import load
from kiosk_agent.panel.survey import Place
from kiosk_agent.panel.usual_voltage import NotTaken, Taken, measure
from simulator.led.script import obey
from simulator.led.serving import Bus, Controllers
from tests.kiosk_agent.panel.looking import CABINETS

PLACES = tuple(spec.place for spec in CABINETS)


def taken(open_line: Callable[[], Line], waits: Callable[[], object] = lambda: None) -> Taken:
    return measure(NovaStar(open_line), PLACES, waits)


def test_a_good_day_is_the_median_of_all_cards(open_line: Callable[[], Line], bus: Bus) -> None:
    for port, card, volts in ((1, 1, 4.2), (1, 2, 4.4), (2, 4, 4.1)):
        obey(bus, f"voltage {volts} of card {card} of port {port}")
    usual = bus.controller.wall.ports[0][2].voltage
    assert usual is not None
    assert taken(open_line) == Taken(round(usual * 1000), 4100, 4400, 8)


def test_one_flickering_round_does_not_count(tcp: Callable[[], Line], bus: Bus) -> None:
    volts = iter((3.0, 4.2, 4.2, 4.2))
    obey(bus, "voltage 4.2 of card 1 of port 1")
    found = taken(tcp, lambda: obey(bus, f"voltage {next(volts)} of card 1 of port 1"))
    assert (found.least, found.most) == (4100, 4200)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("unplug card 2 of port 1", "port 1 card 2 does not answer: mend it first"),
        ("voltage unreadable of card 3 of port 2", "port 2 card 3 tells no voltage"),
        ("voltage 3.7 of card 1 of port 1", "port 1 card 1 reads 3.7 V, which no card should"),
        ("voltage 5.6 of card 1 of port 1", "port 1 card 1 reads 5.6 V, which no card should"),
        ("voltage 4.9 of card 4 of port 2", "port 2 card 4 reads 4.9 V where the others read"),
    ],
)
def test_a_bad_day_is_refused_with_the_part_to_look_at(
    tcp: Callable[[], Line], bus: Bus, sentence: str, why: str
) -> None:
    obey(bus, sentence)
    with pytest.raises(NotTaken) as refused:
        taken(tcp)
    assert why in str(refused.value)


def test_without_cabinets_and_without_a_controller_nothing_is_measured() -> None:
    with pytest.raises(NotTaken, match="names no cabinets"):
        measure(NovaStar(lambda: pytest.fail("it was asked")), (), lambda: None)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(NotTaken, match="the controller is not reached"):
        measure(NovaStar(lambda: TcpLine("127.0.0.1", port)), (Place(0, 0),), lambda: None)


@pytest.fixture
def profile(doors: Controllers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "panel.json"
    cabinets = [spec.model_dump(mode="json", exclude_none=True) for spec in CABINETS[:2]]
    path.write_text(json.dumps({"on_signal_loss": "leave", "cabinets": cabinets, "usual_millivolts": 4900}))
    path.chmod(0o640)
    monkeypatch.setenv("BANGTIN_KIOSK_CONTROLLER", "novastar")
    monkeypatch.setenv("BANGTIN_KIOSK_CONTROLLER_ADDRESS", f"127.0.0.1:{doors.tcp().port}")
    monkeypatch.setenv("BANGTIN_KIOSK_PANEL_PROFILE", str(path))
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return path


def test_the_command_writes_it_down_and_nothing_else(
    profile: Path, bus: Bus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load(profile)
    for card in (1, 2):
        obey(bus, f"voltage 4.2 of card {card} of port 1")
    assert main(["usual-voltage", "--dry-run", "--data-dir", str(tmp_path)]) == 0
    assert "4.2 V (4.2 to 4.2 V, 2 cards) would be written" in capsys.readouterr().out
    assert load(profile) == before
    assert main(["usual-voltage", "--data-dir", str(tmp_path)]) == 0
    assert load(profile) == before.model_copy(update={"usual_millivolts": 4200})
    assert (profile.stat().st_mode & 0o777, list(tmp_path.glob("*.new"))) == (0o640, [])


def test_what_cannot_be_done_is_said_and_the_file_stays(
    profile: Path, bus: Bus, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = profile.read_bytes()
    obey(bus, "unplug card 2 of port 1")
    assert main(["usual-voltage", "--data-dir", str(tmp_path)]) == 1
    assert "Nothing is written: port 1 card 2 does not answer" in capsys.readouterr().err
    assert profile.read_bytes() == before
    profile.write_text("{")
    assert main(["usual-voltage", "--data-dir", str(tmp_path)]) == 1
    assert "The LED controller cannot be used" in capsys.readouterr().err
    monkeypatch.delenv("BANGTIN_KIOSK_PANEL_PROFILE")
    assert main(["usual-voltage", "--data-dir", str(tmp_path)]) == 1
    assert "BANGTIN_KIOSK_PANEL_PROFILE" in capsys.readouterr().err
    monkeypatch.setenv("BANGTIN_KIOSK_CONTROLLER", "generic")
    assert main(["usual-voltage", "--data-dir", str(tmp_path)]) == 1
    assert "No LED controller is named" in capsys.readouterr().err

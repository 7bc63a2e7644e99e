"""The commissioning test of a lost signal, with somebody who pulls the cable when told to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk_agent.cli import main
from kiosk_agent.panel.line import Line
from kiosk_agent.panel.novastar import NovaStar
from kiosk_agent.panel.picture import NOTE, Shown
from kiosk_agent.panel.signal_test import RECORD, Outcome, Pull, Result
from kiosk_agent.panel.survey import Place
from simulator.led.script import obey
from simulator.led.serving import Bus, Controllers
from tests.kiosk_agent.panel.looking import CABINETS

Opener = Callable[[], Line]
FIRST = (Place(0, 0),)


class Somebody:
    """Does what is said, or not; a second passes at each wait."""

    def __init__(self, bus: Bus, *, pulls: bool = True, plugs: bool = True) -> None:
        self.bus, self.pulls, self.plugs = bus, pulls, plugs
        self.heard: list[str] = []
        self.seconds = 0.0
        self.blackouts: list[int] = []

    def hear(self, sentence: str) -> None:
        self.heard.append(sentence)
        if sentence.startswith("Pull") and self.pulls:
            obey(self.bus, "signal lost")
        if sentence.startswith("Plug"):
            self.blackouts.append(self.bus.controller.wall.ports[0][0].blackout)
            if self.plugs:
                obey(self.bus, "signal back")

    def wait(self) -> float:
        self.seconds += 1.0
        return self.seconds


def pull(
    somebody: Somebody, opened: Opener, folder: Path, places: tuple[Place, ...] = FIRST, *, black: bool = True
) -> Result:
    driver = NovaStar(opened)
    shown = Shown(driver, folder, black_without_signal=black)
    return Pull(driver, shown, places, somebody.hear, somebody.wait, 20.0).run()


def test_it_passes_when_the_cards_turn_black_and_the_video_returns(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    somebody = Somebody(bus)
    result = pull(somebody, tcp, tmp_path)
    assert (result.outcome, result.model) == (Outcome.PASSED, "MCTRL660 Pro")
    assert somebody.heard == ["Pull the HDMI cable out of the kiosk.", "Plug the HDMI cable in again."]
    assert somebody.blackouts == [0xFF]
    assert bus.controller.wall.ports[0][0].blackout == 0
    assert not (tmp_path / NOTE).exists()


@pytest.mark.parametrize(
    ("habits", "black", "detail"),
    [
        ({"pulls": False}, True, "the controller still tells of a signal"),
        ({"plugs": False}, True, "the signal does not come back"),
        ({}, False, "the panel does not turn black"),
    ],
)
def test_it_fails_with_the_reason(
    tcp: Opener, bus: Bus, tmp_path: Path, habits: dict[str, bool], black: bool, detail: str
) -> None:
    result = pull(Somebody(bus, **habits), tcp, tmp_path, black=black)
    assert (result.outcome, result.detail) == (Outcome.FAILED, detail)


def test_without_a_signal_at_the_start_it_fails(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    obey(bus, "signal lost")
    assert pull(Somebody(bus), tcp, tmp_path).detail.startswith("no signal comes in")


def test_what_cannot_be_told_is_not_passed(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    result = pull(Somebody(bus), tcp, tmp_path, ())
    assert (result.outcome, result.detail) == (
        Outcome.UNKNOWN,
        "black was sent, not read back: no receiving card was asked",
    )
    bus.controller.wall.model = 0x6106
    assert pull(Somebody(bus), tcp, tmp_path).outcome is Outcome.UNKNOWN
    obey(bus, "contend")
    assert pull(Somebody(bus), tcp, tmp_path).detail.startswith("the controller is not reached: another program")


def test_the_command_records_what_came_of_it(
    doors: Controllers, bus: Bus, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["signal-test", "--data-dir", str(tmp_path)]) == 1
    assert "No LED controller is named" in capsys.readouterr().err
    profile = tmp_path / "panel.json"
    profile.write_text(json.dumps({"cabinets": [CABINETS[0].model_dump(mode="json")]}))
    monkeypatch.setenv("BANGTIN_KIOSK_CONTROLLER", "novastar")
    monkeypatch.setenv("BANGTIN_KIOSK_CONTROLLER_ADDRESS", f"127.0.0.1:{doors.tcp().port}")
    monkeypatch.setenv("BANGTIN_KIOSK_PANEL_PROFILE", str(profile))
    obey(bus, "signal lost")
    assert main(["signal-test", "--data-dir", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "failed: no signal comes in: check the cable and the input first\n"
    (line,) = (tmp_path / RECORD).read_text().splitlines()
    kept = json.loads(line)
    assert (kept["test"], kept["outcome"], kept["controller"], kept["model"]) == (
        "signal_loss",
        "failed",
        "novastar",
        "MCTRL660 Pro",
    )
    profile.write_text("{")
    assert main(["signal-test", "--data-dir", str(tmp_path)]) == 1
    assert "The LED controller cannot be used" in capsys.readouterr().err

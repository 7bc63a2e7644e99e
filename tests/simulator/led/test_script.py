"""Sentences change the hardware, and a wrong one says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from simulator.led.__main__ import main
from simulator.led.control import control, tell
from simulator.led.novastar import Controller
from simulator.led.script import SENTENCES, NotUnderstood, obey
from simulator.led.serving import Bus
from simulator.led.wall import MonitorCard, Wall, wall


@pytest.fixture
def bus() -> Bus:
    return Bus(Controller(wall()))


def monitor(played: Wall) -> MonitorCard:
    found = played.ports[0][0].monitor
    assert found is not None
    return found


def test_parts_are_named_as_people_count(bus: Bus) -> None:
    played = bus.controller.wall
    obey(bus, "Unplug card 2 of port 1")
    assert played.card(0, 1) is None
    obey(bus, "plug card 2 of port 1")
    assert played.card(0, 1) is played.ports[0][1]
    obey(bus, "unplug port 2")
    assert list(played.answering(1, None)) == []
    obey(bus, "temperature -3.5 of card 4 of port 2")
    obey(bus, "voltage 3.7 of card 4 of port 2")
    assert (played.ports[1][3].temperature_c, played.ports[1][3].voltage) == (-3.5, 3.7)


def test_the_monitored_cabinet_is_meant_where_none_is_named(bus: Bus) -> None:
    played = monitor(bus.controller.wall)
    for sentence in ("fan 3 stops", "smoke", "door open", "door 2 open", "rail 2 is 4.1", "humidity 85"):
        obey(bus, sentence)
    assert played.fans_rpm == [1500, 1500, 0, 1500]
    assert (played.smoke, played.doors_open) == (True, [True, True])
    assert (played.volts[1], played.humidity) == (4.1, 85)
    for sentence in ("fan 3 turns at 1200", "no smoke", "door closed", "ribbon 9 open", "ribbon 1 open"):
        obey(bus, sentence)
    assert played.fans_rpm[2] == 1200
    assert (played.smoke, played.doors_open) == (False, [False, True])
    assert played.ribbons[:2] == b"\x01\x01"
    obey(bus, "ribbon 9 closed")
    assert played.ribbons[:2] == b"\x01\x00"


def test_the_controller_and_its_wire_can_be_broken(bus: Bus) -> None:
    for sentence in ("signal lost", "light fails", "backup at port 2", "power off", "drop 2", "wrong serial 3"):
        obey(bus, sentence)
    for sentence in ("delay 300", "split 7", "contend", "reset", "junk", "duplicate"):
        obey(bus, sentence)
    played, wire = bus.controller.wall, bus.wire
    assert (played.has_signal, played.light_lux, played.backup_ports, played.powered) == (False, None, 8, False)
    assert (wire.drop, wire.wrong_serial, wire.delay_s, wire.split_at) == (2, 3, 0.3, 7)
    assert (wire.contended, wire.reset, wire.junk, wire.duplicate) == (True, 1, 1, 1)
    for sentence in ("whole", "contend ends", "no backup", "signal back"):
        obey(bus, sentence)
    assert (wire.split_at, wire.contended, played.backup_ports, played.has_signal) == (None, False, 0, True)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("make coffee", "'make coffee' is not understood"),
        ("fan 9 stops", "there is no fan 9; they count from 1 to 4"),
        ("unplug card 9 of port 1", "there is no card 9 at port 1"),
        ("unplug port 7", "there is no port 7"),
        ("smoke at card 2 of port 1", "no monitoring card is fitted there"),
        ("ribbon 500 open", "count from 1 to 128"),
    ],
)
def test_a_wrong_sentence_says_what_is_wrong(bus: Bus, sentence: str, reason: str) -> None:
    with pytest.raises(NotUnderstood, match=reason):
        obey(bus, sentence)


@pytest.mark.parametrize("example", [example for _, _, example in SENTENCES])
def test_every_example_of_the_help_is_understood(bus: Bus, example: str) -> None:
    assert example in obey(bus, "help").splitlines()
    assert obey(bus, example)


def test_the_state_is_shown_as_json(bus: Bus) -> None:
    obey(bus, "unplug card 2 of port 1")
    shown = json.loads(obey(bus, "show"))
    assert [name for name, card in shown["cards"].items() if not card["plugged"]] == ["port 1 card 2"]


def test_sentences_are_told_over_a_port(bus: Bus, capsys: pytest.CaptureFixture[str]) -> None:
    with control(bus, "127.0.0.1", 0) as port:
        assert main(["--tell", str(port), "unplug card 2 of port 1"]) == 0
        assert capsys.readouterr().out == "done\n"
        assert bus.controller.wall.card(0, 1) is None
        assert "fan 3 stops" in tell(port, "help").splitlines()
        assert "is not understood" in tell(port, "x" * 150)
    assert main(["--tell", str(port), "help"]) == 1
    assert f"nobody takes sentences at 127.0.0.1:{port}" in capsys.readouterr().err


def test_the_command_line_opens_doors_and_takes_sentences() -> None:
    command = [sys.executable, "-m", "simulator.led", "--tcp", "0", "--pty", "--coex", "0", "--control", "0"]
    command += ["--colorlight", "0", "--discovery", "0", "--cards", "2", "0", "1", "--say", "unplug card 1 of port 3"]
    done = subprocess.run(
        command, input="smoke\nbrew\nshow\nquit\n", capture_output=True, text=True, check=True, timeout=60
    )
    *doors, unplugged, smoke, brew, shown = done.stdout.splitlines()
    assert [door.split(":")[0] for door in doors] == [
        "register bus",
        "register bus, serial",
        "discovery",
        "COEX",
        "Colorlight",
        "control",
    ]
    assert (unplugged, smoke) == ("done", "done")
    assert "'brew' is not understood" in brew
    cards = json.loads(shown)["cards"]
    assert [cards[name]["plugged"] for name in sorted(cards)] == [True, True, False]
    assert cards["port 1 card 1"]["monitor"]["smoke"] is True

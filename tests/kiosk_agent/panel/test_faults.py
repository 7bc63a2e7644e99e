"""Every fault of a panel: a sentence makes it true in the simulated hardware, another mends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk_agent.panel.line import Line
from kiosk_agent.panel.novastar import NovaStar
from playlists.fault import CATALOGUE, CheckResult, FaultCode, Severity
from simulator.led.serving import Bus
from tests.kiosk_agent.panel.looking import DIMMING, PROFILE, Panel

Opener = Callable[[], Line]
FIRST = "port 1 card 1"
WHERE = "cabinet in row 1, column 1"


@pytest.fixture
def panel(tcp: Opener, bus: Bus, tmp_path: Path) -> Panel:
    made = Panel(NovaStar(tcp, has_light_sensor=True), bus, tmp_path)
    made.pass_time(45)
    assert made.faults == {}
    return made


FAULTS = [
    ("contend", FaultCode.CONTROLLER_CONTENDED, "", "another program took the controller's session", "contend ends"),
    ("signal lost", FaultCode.PANEL_SIGNAL_MISSING, "", "no picture comes in at the controller", "signal back"),
    ("unplug port 2", FaultCode.PANEL_PORT_DOWN, "port 2", "none of its cards answers", "plug port 2"),
    (
        "unplug card 3 of port 2",
        FaultCode.PANEL_CARD_OFFLINE,
        "port 2 card 3",
        "cabinet in row 2, column 3: its receiving card does not answer",
        "plug card 3 of port 2",
    ),
    ("backup at port 2", FaultCode.PANEL_REDUNDANCY_ACTIVE, "", "port 2 runs as the backup", "no backup"),
    ("ribbon 5 open", FaultCode.PANEL_RIBBON, FIRST, f"{WHERE}: open lines 5", "ribbon 5 closed"),
    ("temperature 71", FaultCode.PANEL_TEMPERATURE, FIRST, f"{WHERE}: 71.0 °C", "temperature 40"),
    ("voltage 3.9", FaultCode.PANEL_VOLTAGE_LOW, FIRST, f"{WHERE}: 3.9 V", "voltage 4.3"),
    ("voltage 5.6", FaultCode.PANEL_VOLTAGE_HIGH, FIRST, f"{WHERE}: 5.6 V", "voltage 4.3"),
    ("smoke", FaultCode.CABINET_SMOKE, FIRST, f"{WHERE}: the smoke sensor has tripped", "no smoke"),
    ("door 2 open", FaultCode.CABINET_DOOR, f"{FIRST} door 2", f"{WHERE}: the door is open", "door 2 closed"),
    ("fan 3 stops", FaultCode.CABINET_FAN, f"{FIRST} fan 3", f"{WHERE}: 0 of 1500 turns a minute", "fan 3 turns"),
    ("humidity 85", FaultCode.CABINET_HUMIDITY, FIRST, f"{WHERE}: 85 % humidity", "humidity 60"),
]


@pytest.mark.parametrize(("breaks", "code", "subject", "detail", "mends"), FAULTS)
def test_it_is_raised_where_it_is_and_cleared_when_it_is_mended(
    panel: Panel, breaks: str, code: FaultCode, subject: str, detail: str, mends: str
) -> None:
    panel.say(breaks)
    panel.seconds_until(lambda: bool(panel.faults))
    assert panel.faults == {(code, subject): detail}
    panel.say(mends)
    panel.seconds_until(lambda: not panel.faults)


def test_a_controller_without_power_is_offline_and_everything_behind_it_unknown(
    tcp: Opener, bus: Bus, tmp_path: Path
) -> None:
    panel = Panel(NovaStar(tcp, wait_s=0.2), bus, tmp_path)
    panel.pass_time(45)
    panel.say("unplug card 2 of port 1")
    panel.seconds_until(lambda: (FaultCode.PANEL_CARD_OFFLINE, "port 1 card 2") in panel.faults)
    panel.say("power off")
    panel.seconds_until(lambda: (FaultCode.CONTROLLER_OFFLINE, "") in panel.faults)
    assert set(panel.faults) == {
        (FaultCode.CONTROLLER_OFFLINE, ""),
        (FaultCode.PANEL_CARD_OFFLINE, "port 1 card 2"),
    }
    for check in ("panel_signal", "panel_card", "panel_temperature", "cabinet_smoke", "panel_brightness"):
        assert panel.reading(check)[0] is CheckResult.UNKNOWN
    panel.say("power on", "plug card 2 of port 1")
    panel.seconds_until(lambda: not panel.faults)


def test_every_code_of_a_panel_is_among_these() -> None:
    shown = {code for _, code, *_ in FAULTS}
    apart = {FaultCode.CONTROLLER_OFFLINE, FaultCode.PANEL_BRIGHTNESS_MISMATCH}
    assert shown | apart == {code for code in FaultCode if code.startswith(("controller_", "panel_", "cabinet_"))}


def test_a_controller_that_dims_by_itself_is_told_and_not_fought(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    panel = Panel(NovaStar(tcp, has_light_sensor=True), bus, tmp_path, DIMMING)
    panel.say("auto brightness on")
    panel.seconds_until(lambda: bool(panel.faults))
    ((code, _), detail), *others = panel.faults.items()
    assert (code, others) == (FaultCode.PANEL_BRIGHTNESS_MISMATCH, [])
    assert detail == "the controller follows a light sensor of its own and undoes what is set"
    assert bus.controller.wall.writes == []
    panel.say("auto brightness off")
    panel.seconds_until(lambda: not panel.faults)


def test_somebody_who_keeps_changing_the_brightness_is_told(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    panel = Panel(NovaStar(tcp, has_light_sensor=True), bus, tmp_path, DIMMING)
    panel.pass_time(200)
    assert panel.faults == {}
    panel.pass_time(40, lambda: panel.say("brightness 200 of card 1 of port 1"))
    assert list(panel.faults) == [(FaultCode.PANEL_BRIGHTNESS_MISMATCH, "")]
    panel.seconds_until(lambda: not panel.faults)


def test_degrees_rise_and_fall_with_a_gap(panel: Panel) -> None:
    key = (FaultCode.PANEL_TEMPERATURE, FIRST)

    def at(celsius: int) -> Severity | None:
        panel.say(f"temperature {celsius}")
        panel.pass_time(150)
        alarm = panel.book.state.alarms.get(key)
        return None if alarm is None else alarm.severity or CATALOGUE[key[0]].severity

    steps = [(64, None), (66, Severity.WARNING), (61, Severity.WARNING), (76, Severity.MAJOR), (71, Severity.MAJOR)]
    steps += [
        (86, Severity.CRITICAL),
        (81, Severity.CRITICAL),
        (74, Severity.MAJOR),
        (69, Severity.WARNING),
        (59, None),
    ]
    assert [(celsius, at(celsius)) for celsius, _ in steps] == steps


def test_a_very_low_voltage_is_critical_whatever_is_usual(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    profile = PROFILE.model_copy(update={"usual_millivolts": None})
    panel = Panel(NovaStar(tcp), bus, tmp_path, profile)
    panel.say("voltage 3.9")
    panel.pass_time(150)
    assert panel.faults == {}
    panel.say("voltage 3.7")
    panel.seconds_until(lambda: bool(panel.faults))
    (alarm,) = panel.book.state.alarms.values()
    assert (alarm.code, alarm.severity) == (FaultCode.PANEL_VOLTAGE_LOW, Severity.CRITICAL)


def test_what_lasts_a_moment_is_no_fault(panel: Panel) -> None:
    for sentences in (
        ("temperature 90", "temperature 40"),
        ("fan 1 stops", "fan 1 turns"),
        ("voltage 3.0", "voltage 4.3"),
    ):
        panel.say(sentences[0])
        panel.pass_time(31)
        panel.say(sentences[1])
        panel.pass_time(90)
        assert panel.faults == {}


def test_channels_that_the_profile_does_not_name_are_never_at_fault(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    bare = PROFILE.model_copy(update={"cabinets": tuple(PROFILE.cabinets[1:])})
    panel = Panel(NovaStar(tcp), bus, tmp_path, bare)
    panel.say("smoke", "door open", "fan 1 stops", "ribbon 1 open", "humidity 99", "unplug card 1 of port 1")
    panel.pass_time(700)
    assert panel.faults == {}


def test_a_channel_without_a_monitoring_card_is_unknown(panel: Panel) -> None:
    panel.bus.controller.wall.ports[0][0].monitor = None
    panel.pass_time(40)
    for check, part in (
        ("cabinet_smoke", FIRST),
        ("cabinet_fan", f"{FIRST} fan 1"),
        ("cabinet_door", f"{FIRST} door 1"),
    ):
        assert panel.reading(check, part) == (CheckResult.UNKNOWN, None, "no monitoring card is fitted")
    assert panel.reading("cabinet_smoke")[0] is CheckResult.UNKNOWN


def test_a_port_that_is_down_speaks_for_its_cards(panel: Panel) -> None:
    panel.say("unplug port 2", "unplug card 4 of port 1")
    panel.pass_time(120)
    assert set(panel.faults) == {
        (FaultCode.PANEL_PORT_DOWN, "port 2"),
        (FaultCode.PANEL_CARD_OFFLINE, "port 1 card 4"),
    }
    assert panel.reading("panel_card", "port 2 card 1") == (CheckResult.UNKNOWN, None, "the whole port 2 is down")
    result, value, detail = panel.reading("panel_card")
    assert (result, value, detail) == (CheckResult.FAULT, 3000, "3 of 8 are in order")


def test_the_lines_of_a_panel_in_order(panel: Panel) -> None:
    ok = CheckResult.OK
    assert panel.reading("panel_controller")[0] is ok
    assert panel.reading("panel_card") == (ok, 8000, "")
    assert panel.reading("panel_port") == (ok, 2000, "")
    assert panel.reading("panel_temperature") == (ok, 36_000, "")
    assert panel.reading("panel_voltage") == (ok, 4100, "")
    assert panel.reading("cabinet_fan") == (ok, 1_500_000, "")
    assert panel.reading("panel_brightness") == (ok, 100_000, "")
    assert panel.reading("panel_light") == (ok, 112_000, "")
    assert panel.reading("panel_light")[0] is ok
    panel.say("light fails")
    panel.pass_time(40)
    assert panel.reading("panel_light") == (CheckResult.UNKNOWN, None, "the light sensor gives no reading")


def test_without_a_map_nothing_is_said_of_cards(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    panel = Panel(NovaStar(tcp), bus, tmp_path, PROFILE.model_copy(update={"cabinets": ()}))
    panel.pass_time(40)
    assert panel.reading("panel_card") == (CheckResult.UNKNOWN, None, "the panel's profile names no cabinets")
    assert panel.reading("panel_signal")[0] is CheckResult.OK


def test_the_same_findings_are_the_same_object(panel: Panel) -> None:
    before = panel.caretaker.read()
    panel.pass_time(40)
    assert panel.caretaker.read() is before
    assert all(one.settled for one in before if one.code)


def test_where_the_cabinets_are_is_known_whether_the_controller_answers_or_not(
    tcp: Opener, bus: Bus, tmp_path: Path
) -> None:
    panel = Panel(NovaStar(tcp, wait_s=0.2), bus, tmp_path)
    said = (CheckResult.OK, 8000, "1 1 1 1 0 1 4;2 1 2 1 0 1 4")
    panel.pass_time(45)
    assert panel.reading("panel_map") == said
    panel.say("power off")
    panel.seconds_until(lambda: (FaultCode.CONTROLLER_OFFLINE, "") in panel.faults)
    assert panel.reading("panel_map") == said

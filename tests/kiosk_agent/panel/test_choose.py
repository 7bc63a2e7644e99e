"""From settings and a profile to a controller, and what is said when they are wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_agent.cli import main
from kiosk_agent.core.commands import LeaveController
from kiosk_agent.panel import profile as profiles
from kiosk_agent.panel.caretaker import Caretaker
from kiosk_agent.panel.choose import WrongAddress, host_and_port, make_controller, make_panel
from kiosk_agent.panel.generic import GenericPanel
from kiosk_agent.panel.light import kernel_lux
from kiosk_agent.panel.profile import MOST_BYTES, PanelProfile, WrongProfile
from kiosk_agent.settings import Settings
from playlists.fault import CheckResult
from simulator.led.coex import CoexDoor
from simulator.led.colorlight import ColorlightDoor
from simulator.led.serving import Bus, Controllers
from tests.kiosk_agent.making import KIOSK
from tests.kiosk_agent.panel.looking import PROFILE
from tests.kiosk_agent.test_mqtt import wait_for

ROOT = Path(__file__).parents[3]


def settings(controller: str, address: str | None = None, **more: Any) -> Settings:
    return Settings.model_validate({"controller": controller, "controller_address": address, **more})


@pytest.mark.parametrize(
    ("controller", "address", "where"),
    [
        ("novastar", "192.168.0.10", ("192.168.0.10", 5200)),
        ("novastar", "192.168.0.10:15200", ("192.168.0.10", 15200)),
        ("novastar", " /dev/ttyUSB0 ", ("/dev/ttyUSB0", 0)),
        ("coex", "led.example:80", ("led.example", 80)),
        ("colorlight", "[fe80::1]", ("fe80::1", 9999)),
    ],
)
def test_an_address_is_a_host_a_port_or_a_path(controller: str, address: str, where: tuple[str, int]) -> None:
    assert host_and_port(settings(controller, address)) == where


@pytest.mark.parametrize(
    ("controller", "address"),
    [
        ("novastar", None),
        ("novastar", "host:port"),
        ("novastar", "host:99999"),
        ("coex", "/dev/ttyUSB0"),
        ("coex", "http://host"),
        ("colorlight", "me@host"),
        ("novastar", "[fe80"),
    ],
)
def test_a_wrong_address_says_what_one_looks_like(controller: str, address: str | None) -> None:
    with pytest.raises(WrongAddress, match=r"one looks like 192\.168\.0\.10:5200"):
        make_panel(settings(controller, address))


def test_each_kind_reaches_its_controller(bus: Bus, doors: Controllers) -> None:
    with CoexDoor(bus) as coex, ColorlightDoor(bus.controller.wall) as colorlight:
        for controller, address in (
            ("novastar", f"127.0.0.1:{doors.tcp().port}"),
            ("novastar", doors.pty().path),
            ("coex", f"127.0.0.1:{coex.port}"),
            ("colorlight", f"127.0.0.1:{colorlight.port}"),
        ):
            made = make_controller(settings(controller, address), PROFILE)
            assert made.name == controller
            made.set_brightness(51)
            wait_for(lambda: bus.controller.wall.ports[0][0].brightness[0] == 51)
            made.set_brightness(255)
            wait_for(lambda: bus.controller.wall.ports[0][0].brightness[0] == 255)


def test_a_caretaker_runs_for_a_controller_and_nobody_for_none(doors: Controllers, tmp_path: Path) -> None:
    address = f"127.0.0.1:{doors.tcp().port}"
    panel = make_panel(settings("novastar", address, data_dir=tmp_path))
    assert isinstance(panel, Caretaker)
    wait_for(lambda: panel.read(clock_trusted=True)[0].result is CheckResult.OK)
    panel.close()
    assert isinstance(make_panel(settings("generic")), GenericPanel)


def test_a_wrong_profile_costs_the_readings_and_not_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "panel.json"
    path.write_text('{"cabinets": [{"port": 0}]}')
    panel = make_panel(settings("novastar", "127.0.0.1", panel_profile=path))
    (finding,) = panel.read()
    assert finding.result is CheckResult.UNKNOWN
    assert f"the panel's profile is wrong: {path}: cabinets.0.port:" in finding.detail
    answers: list[str | None] = []
    panel.obey(LeaveController(KIOSK, 60), answers.append)
    assert answers == [finding.detail]
    panel.close()


def test_the_program_tells_a_wrong_address_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credential.json").write_text("{}")
    monkeypatch.setenv("BANGTIN_KIOSK_CONTROLLER", "novastar")
    monkeypatch.setattr("kiosk_agent.cli.credentials.load", lambda _: None)
    assert main(["run", "--data-dir", str(tmp_path)]) == 1
    assert "BANGTIN_KIOSK_CONTROLLER_ADDRESS: ''" in capsys.readouterr().err


CABINET = {"port": 1, "card": 1, "row": 1, "column": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the whole file: Invalid JSON"),
        (b"[" * 5000, "the whole file"),
        (b" " * (MOST_BYTES + 1), "larger than 256 KiB"),
        (b'{"colour": 1}', "colour: Extra inputs"),
        (json.dumps({"cabinets": [CABINET, CABINET | {"row": 2}]}).encode(), "same card: port 1 card 1"),
        (json.dumps({"cabinets": [CABINET, CABINET | {"card": 2}]}).encode(), "same place: row 1, column 1"),
        (
            json.dumps({"cabinets": [CABINET | {"number": 3}, CABINET | {"card": 2, "row": 2, "number": 3}]}).encode(),
            "same number: 3",
        ),
        (b'{"brightness": {"curve": [[5, 50]]}}', "brightness: Value error, a curve needs two points"),
    ],
)
def test_a_wrong_profile_says_what_and_where(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "panel.json"
    path.write_bytes(content)
    with pytest.raises(WrongProfile, match=reason):
        profiles.load(path)


def test_a_profile_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(WrongProfile, match="cannot be read: No such file"):
        profiles.load(tmp_path / "none.json")
    assert profiles.load(None) == PanelProfile()


@given(st.binary(max_size=200))
def test_whatever_a_profile_holds_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    with suppress(WrongProfile):
        assert isinstance(profiles.load(path), PanelProfile)


def test_the_documented_profile_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "led-controllers.md").read_text("utf-8")
    path = tmp_path / "panel.json"
    path.write_text(page.split("```json\n")[1].split("```")[0])
    made = profiles.load(path)
    assert made.brightness is not None
    assert [spec.place.subject for spec in made.cabinets] == ["port 1 card 1", "port 1 card 2"]


def test_the_kernels_light_sensor_is_read(tmp_path: Path) -> None:
    assert kernel_lux(tmp_path) is None
    sensor = tmp_path / "sys/bus/iio/devices/iio:device0"
    sensor.mkdir(parents=True)
    (sensor / "in_illuminance_raw").write_text("1200\n")
    assert kernel_lux(tmp_path) is None
    (sensor / "in_illuminance_scale").write_text("0.833333\n")
    assert kernel_lux(tmp_path) == 1000
    for wrong in ("nan", "-5", "x", ""):
        (sensor / "in_illuminance_raw").write_text(wrong)
        assert kernel_lux(tmp_path) is None

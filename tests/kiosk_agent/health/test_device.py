"""Every check of the device against a recorded Raspberry Pi 5: in order, broken, and unreadable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk_agent.core.finding import Finding
from kiosk_agent.health import battery_clock, fan, file_system, hdmi, throttling, versions, wear
from kiosk_agent.health.ambient_light import SAME_READINGS, AmbientLight
from kiosk_agent.health.boot import Boot, note_stop
from kiosk_agent.health.checkup import Checkup
from kiosk_agent.health.ethernet import Ethernet
from kiosk_agent.health.look import Kept, Look
from kiosk_agent.health.mobile import Mobile
from kiosk_agent.health.pmic import PowerCircuit
from kiosk_agent.health.programs import Programs, recorded
from kiosk_agent.health.wifi import Wifi
from playlists.fault import CheckResult, FaultCode, Severity
from simulator.device.tree import answer, edid, record, write

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
OK, FAULT, UNKNOWN = CheckResult.OK, CheckResult.FAULT, CheckResult.UNKNOWN
EDID = "sys/class/drm/card1-HDMI-A-1/edid"
STATUS = "sys/class/drm/card1-HDMI-A-1/status"


@dataclass
class Device:
    """A recorded computer whose files are changed between looks."""

    root: Path
    kept: Kept
    at: datetime = NOW
    mono_s: float = 0.0
    data: Path = field(default_factory=Path)

    def write(self, path: str, content: str | bytes) -> Device:
        write(self.root, path, content)
        return self

    def answer(self, command: str, said: str) -> Device:
        answer(self.root, command, said)
        return self

    def wait(self, seconds: float) -> Device:
        self.at += timedelta(seconds=seconds)
        self.mono_s += seconds
        return self

    @property
    def look(self) -> Look:
        return Look(self.root, self.at, self.mono_s, self.kept, recorded(self.root))


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(record(tmp_path / "tree"), Kept(tmp_path / "health.json"), data=tmp_path)


def results(found: Iterable[Finding]) -> dict[FaultCode | None, CheckResult]:
    return {one.code: one.result for one in found}


def test_a_fan_that_stands_still_is_a_fault_only_when_it_is_warm(device: Device) -> None:
    assert fan.check(device.look).value_milli == 3_120_000
    device.write("sys/devices/platform/cooling_fan/hwmon/hwmon3/fan1_input", "0")
    assert fan.check(device.look).result is OK
    device.write("sys/class/thermal/thermal_zone0/temp", "64000")
    found = fan.check(device.look)
    assert (found.result, found.code) == (FAULT, FaultCode.CPU_FAN)
    assert "64" in found.detail
    device.write("sys/devices/platform/cooling_fan/hwmon/hwmon3/fan1_input", "1500")
    assert fan.check(device.look).result is OK


def test_the_power_circuit_is_fine_again_only_when_it_is_well_below(device: Device) -> None:
    circuit = PowerCircuit()
    said = []
    for heat in ("84.9", "85.0", "81.0", "80.0", "79.9"):
        device.answer("vcgencmd measure_temp pmic", f"temp={heat}'C")
        said.append(circuit.check(device.look).result)
    assert said == [OK, FAULT, FAULT, FAULT, OK]


@pytest.mark.parametrize(
    ("said", "result"),
    [("throttled=0x0", OK), ("throttled=0x50000", OK), ("throttled=0x1", OK), ("throttled=0x50005", FAULT),
     ("throttled=0x2", FAULT), ("throttled=0x8", FAULT), ("error=1", UNKNOWN), ("", UNKNOWN)],
)  # fmt: skip
def test_only_what_slows_the_processor_now_counts(device: Device, said: str, result: CheckResult) -> None:
    device.answer("vcgencmd get_throttled", said)
    assert throttling.check(device.look).result is result


def test_only_new_errors_of_a_file_system_count(device: Device) -> None:
    path = "sys/fs/ext4/mmcblk0p3/errors_count"
    device.write(path, "4")
    assert {one.result for one in file_system.check(device.look)} == {OK}
    device.write(path, "6")
    found = [one for one in file_system.check(device.look) if one.result is FAULT]
    assert [(one.code, one.subject, one.detail) for one in found] == [
        (FaultCode.STORAGE_ERRORS, "mmcblk0p3", "2 new errors on mmcblk0p3")
    ]
    device.write(path, "0")  # repaired
    assert {one.result for one in file_system.check(device.look)} == {OK}
    device.write(path, "x")
    assert UNKNOWN in {one.result for one in file_system.check(device.look)}


@pytest.mark.parametrize(
    ("life", "reserve", "result"),
    [("0x01 0x01", "0x01", OK), ("0x08 0x02", "0x01", OK), ("0x09 0x01", "0x01", FAULT), ("0x0B 0x0B", "0x01", FAULT),
     ("0x01 0x01", "0x02", FAULT), ("0x00 0x00", "0x00", UNKNOWN), ("?", "?", UNKNOWN)],
)  # fmt: skip
def test_wear_of_an_emmc(device: Device, life: str, reserve: str, result: CheckResult) -> None:
    device.write("sys/block/mmcblk0/device/life_time", life).write("sys/block/mmcblk0/device/pre_eol_info", reserve)
    assert wear.check(device.look).result is result


def test_a_board_without_a_battery_clock_is_a_fault_and_an_empty_cell_too(device: Device, tmp_path: Path) -> None:
    assert battery_clock.check(device.look).value_milli == 3021
    device.answer("vcgencmd pmic_read_adc BATT_V", "BATT_V volt(25)=1.90000000V")
    assert battery_clock.check(device.look).result is FAULT
    device.answer("vcgencmd pmic_read_adc BATT_V", "error=1")
    assert battery_clock.check(device.look).result is OK
    (device.root / "sys/class/rtc/rtc0/since_epoch").unlink()
    assert battery_clock.check(device.look).result is FAULT
    (device.root / "proc/device-tree/model").unlink()
    assert battery_clock.check(device.look).result is UNKNOWN


def test_hdmi_pulled_unreadable_and_swapped_are_told_apart(device: Device) -> None:
    codes = FaultCode.HDMI_DISCONNECTED, FaultCode.HDMI_EDID_MISSING, FaultCode.HDMI_EDID_CHANGED

    def said() -> tuple[CheckResult, ...]:
        found = results(hdmi.check(device.look))
        return tuple(found[code] for code in codes)

    assert said() == (OK, OK, OK)
    device.write(STATUS, "disconnected")
    assert said() == (FAULT, UNKNOWN, UNKNOWN)
    device.write(STATUS, "connected").write(EDID, b"")
    assert said() == (OK, FAULT, UNKNOWN)
    device.write(EDID, edid(serial=2))
    assert said() == (OK, OK, FAULT)
    assert hdmi.accept(device.look) == "NOV 0405 MARS DISPLAY"
    assert said() == (OK, OK, OK)
    device.write(EDID, edid(serial=1))
    assert said() == (OK, OK, FAULT)
    device.write(STATUS, "unknown").write("sys/class/drm/card1-HDMI-A-2/status", "unknown")
    assert said() == (UNKNOWN, UNKNOWN, UNKNOWN)


@given(st.binary(max_size=600))
def test_any_bytes_for_a_description_are_refused_or_read(content: bytes) -> None:
    block = bytearray((content + bytes(128))[:128])
    block[:8] = bytes.fromhex("00ffffffffffff00")
    block[127] = -sum(block[:127]) % 256
    assert hdmi.name_of(bytes(block)).isprintable() or hdmi.name_of(bytes(block)) == ""


def test_a_cable_that_lost_its_link_or_its_speed(device: Device) -> None:
    cable = Ethernet()
    down, weak = FaultCode.ETHERNET_DOWN, FaultCode.ETHERNET_WEAK
    assert results(cable.check(device.look)) == {down: OK, weak: OK}
    device.write("sys/class/net/eth0/speed", "100")
    found = [one for one in cable.check(device.look) if one.result is FAULT]
    assert [(one.code, one.detail) for one in found] == [(weak, "100 Mbit/s, it had 1000")]
    device.write("sys/class/net/eth0/carrier", "0").write("sys/class/net/eth0/speed", "-1")
    assert results(cable.check(device.look)) == {down: FAULT, weak: UNKNOWN}
    device.write("sys/class/net/eth0/carrier", "1").write("sys/class/net/eth0/speed", "1000")
    for changes in range(3, 12):
        device.wait(30).write("sys/class/net/eth0/carrier_changes", str(changes))
        found_last = results(cable.check(device.look))
    assert found_last[weak] is FAULT
    device.wait(700)
    cable.check(device.look)
    assert results(cable.check(device.look))[weak] is OK


def test_a_cable_that_was_never_plugged_in_is_not_missed(device: Device) -> None:
    device.write("sys/class/net/eth0/carrier", "0")
    assert results(Ethernet().check(device.look)) == {
        FaultCode.ETHERNET_DOWN: UNKNOWN,
        FaultCode.ETHERNET_WEAK: UNKNOWN,
    }


def test_wifi_is_weak_until_it_is_clearly_better(device: Device) -> None:
    wifi, head = Wifi(), "Inter-| sta-|\n face | tus |\n"
    said = []
    for dbm in (-60, -76, -72, -69, -85):
        device.write("proc/net/wireless", f"{head} wlan0: 0000   54.  {dbm}.  -256        0      0\n")
        said.append(wifi.check(device.look))
    assert [one.result for one in said] == [OK, FAULT, FAULT, OK, FAULT]
    assert said[-1].severity is Severity.MAJOR
    assert Wifi().check(Device(device.root / "none", device.kept).look).result is UNKNOWN


def test_a_modem_that_is_not_connected_and_one_that_hears_little(device: Device) -> None:
    modem = Mobile()
    assert set(results(modem.check(device.look)).values()) == {OK}
    healthy = recorded(device.root)("mmcli -m any -K") or ""
    device.answer("mmcli -m any -K", healthy.replace(": 63", ": 12"))
    assert results(modem.check(device.look))[FaultCode.MOBILE_WEAK] is FAULT
    device.answer("mmcli -m any -K", healthy.replace(": connected", ": searching"))
    found = {one.code: one for one in modem.check(device.look)}
    assert found[FaultCode.MOBILE_DOWN].result is FAULT
    assert "searching" in found[FaultCode.MOBILE_DOWN].detail
    device.answer("mmcli -m any -K", "error: couldn't find modem")
    assert set(results(modem.check(device.look)).values()) == {UNKNOWN}


def test_a_light_sensor_that_stands_still_or_is_gone(device: Device) -> None:
    sensor, raw = AmbientLight(), "sys/bus/iio/devices/iio:device0/in_illuminance_raw"
    assert sensor.check(device.look).value_milli == 6_844_000
    for _ in range(SAME_READINGS):
        found = sensor.check(device.look)
    assert found.result is FAULT
    device.write(raw, "8300")
    assert sensor.check(device.look).result is OK
    device.write(raw, "0")
    for _ in range(SAME_READINGS + 5):
        found = sensor.check(device.look)
    assert found.result is OK  # a night is dark for hours
    device.write(raw, "?")
    assert sensor.check(device.look).result is FAULT
    (device.root / raw).unlink()
    assert sensor.check(device.look).result is FAULT


class TestBoot:
    """How a run began, told from what the one before it left."""

    def start(self, device: Device) -> tuple[str, CheckResult]:
        found, loop = Boot().check(device.look, clock_is_known=True)
        return found.detail, loop.result

    def test_the_first_start_is_no_accident(self, device: Device) -> None:
        assert self.start(device) == ("first", OK)

    def test_a_power_cut_leaves_a_hole_with_its_times(self, device: Device) -> None:
        self.start(device)
        device.wait(9480).write("proc/sys/kernel/random/boot_id", "another\n")
        said, _ = self.start(device)
        assert said == "power_cut 2026-11-26T07:00:00.000Z/2026-11-26T09:38:00.000Z"

    def test_a_proper_stop_is_no_power_cut(self, device: Device) -> None:
        self.start(device)
        note_stop(device.look)
        device.wait(600).write("proc/sys/kernel/random/boot_id", "another\n")
        assert self.start(device)[0].startswith("proper ")

    def test_the_watchdog_is_named(self, device: Device) -> None:
        self.start(device)
        device.wait(60).write("proc/sys/kernel/random/boot_id", "another\n")
        device.write("sys/class/watchdog/watchdog0/bootstatus", "32")
        assert self.start(device)[0].startswith("watchdog ")

    def test_a_crash_of_the_program_leaves_the_boot_as_it_was(self, device: Device) -> None:
        self.start(device)
        assert self.start(device.wait(20))[0] == "program"

    def test_three_cuts_within_an_hour_are_a_loop_that_ends(self, device: Device) -> None:
        self.start(device)
        for number in range(3):
            device.wait(300).write("proc/sys/kernel/random/boot_id", f"boot {number}\n")
            said = self.start(device)
        assert said[1] is FAULT
        boot = Boot()
        boot.check(device.look, clock_is_known=True)
        assert boot.check(device.wait(3700).look, clock_is_known=True)[1].result is OK

    def test_what_was_kept_may_be_broken(self, device: Device, tmp_path: Path) -> None:
        for content in (b"", b"[]", b"{", b'{"boot": 3, "alive": "yesterday"}', bytes(70_000)):
            (tmp_path / "health.json").write_bytes(content)
            device.kept = Kept(tmp_path / "health.json")
            assert self.start(device)[0] == "first"


def test_versions_say_what_runs(device: Device) -> None:
    said = versions.check(device.look).detail
    assert "bangtin" in said
    assert "bookworm" in said
    assert "Raspberry Pi 5" in said


def test_a_program_that_is_not_there_or_hangs_is_no_answer(tmp_path: Path) -> None:
    programs = Programs(("surely-not-installed --version", "true", "false"))
    programs.ask_all()
    assert programs.answer("surely-not-installed --version") is None
    assert programs.answer("true") == ""
    assert programs.answer("false") is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_content_of_any_file_breaks_a_round(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("device")
    root = record(folder / "tree")
    files = sorted(path for path in root.rglob("*") if path.is_file())
    for _ in range(data.draw(st.integers(1, 5))):
        path = data.draw(st.sampled_from(files))
        path.write_bytes(data.draw(st.binary(max_size=200) | st.sampled_from([b"-1", b"99999999999999999999", b"0x"])))
    found = Checkup(root, folder, lambda: True, recorded(root)).read(NOW, 0.0)
    assert all(isinstance(one, Finding) for one in found)
    assert all(one.detail for one in found if one.result is not OK)

"""Health checks on recorded device trees: good, hot, starved of power, and unreadable."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk_agent.core.finding import Finding
from kiosk_agent.health import clock, disk, memory, player, temperature, under_voltage
from kiosk_agent.health.checkup import Checkup
from kiosk_agent.health.programs import recorded
from kiosk_agent.panel.generic import GenericPanel
from playlists.fault import CheckResult, FaultCode
from simulator.device.tree import record

RECORDED = Path(__file__).parent / "health" / "tree"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OK, FAULT, UNKNOWN = CheckResult.OK, CheckResult.FAULT, CheckResult.UNKNOWN


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A writable copy of the recorded tree of a Raspberry Pi 4."""
    return Path(shutil.copytree(RECORDED, tmp_path / "tree"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def write(tree: Path, path: str, text: str) -> None:
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_text(text)


@pytest.mark.parametrize(
    ("text", "hot", "result"),
    [
        ("48312\n", False, OK),
        ("79999", False, OK),
        ("80000", False, FAULT),
        ("77000", True, FAULT),
        ("74999", True, OK),
        ("-5000", False, OK),
        ("999999", False, UNKNOWN),
        ("hot", False, UNKNOWN),
        ("", False, UNKNOWN),
    ],
)
def test_temperature(tree: Path, text: str, hot: bool, result: CheckResult) -> None:
    write(tree, "sys/class/thermal/thermal_zone0/temp", text)
    assert temperature.check(tree, hot=hot).result is result


def test_temperature_takes_the_processor_among_zones(tree: Path) -> None:
    write(tree, "sys/class/thermal/thermal_zone1/type", "iwlwifi")
    write(tree, "sys/class/thermal/thermal_zone1/temp", "99000")
    assert temperature.check(tree).value_milli == 48312


def test_under_voltage_is_latched_for_the_boot(tree: Path, data: Path) -> None:
    checkup = Checkup(tree, data, lambda: True)

    def voltage() -> Finding:
        return next(found for found in checkup.read(NOW, 0.0) if found.check == "under_voltage")

    assert voltage().result is OK
    write(tree, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert voltage().result is FAULT
    write(tree, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    assert voltage().result is FAULT
    assert "since" in voltage().detail
    checkup = Checkup(tree, data, lambda: True)
    assert voltage().result is FAULT
    write(tree, "proc/sys/kernel/random/boot_id", "another-boot\n")
    assert voltage().result is OK


@pytest.mark.parametrize("text", ["", "2", "x"])
def test_an_unreadable_voltage_is_unknown(tree: Path, text: str) -> None:
    write(tree, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", text)
    assert under_voltage.check(tree).result is UNKNOWN
    shutil.rmtree(tree / "sys/class/hwmon")
    assert under_voltage.check(tree).result is UNKNOWN


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("MemTotal: 1000 kB\nMemAvailable: 500 kB\n", OK),
        ("MemTotal: 1000 kB\nMemAvailable: 79 kB\n", FAULT),
        ("MemTotal: 1000 kB\n", UNKNOWN),
        ("MemTotal: 0 kB\nMemAvailable: 0 kB\n", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_memory(tree: Path, text: str, result: CheckResult) -> None:
    write(tree, "proc/meminfo", text)
    assert memory.check(tree).result is result


def test_free_space_is_read_from_the_data_folder(data: Path) -> None:
    found = disk.check_space(data)
    assert found.value_milli is not None
    assert 0 <= found.value_milli <= 100_000
    assert disk.check_space(data / "missing").result is UNKNOWN


def mount(options: str, point: str = "/") -> str:
    return f"25 1 179:2 / {point} {options} shared:1 - ext4 /dev/root rw\n"


def test_a_read_only_mount_is_a_fault_and_the_nearest_mount_counts(tree: Path, data: Path) -> None:
    write(tree, "proc/self/mountinfo", mount("rw,noatime") + mount("ro", str(data)))
    assert disk.check_writable(tree, data, canary=False).result is FAULT
    write(tree, "proc/self/mountinfo", mount("ro") + mount("rw", str(data)))
    assert disk.check_writable(tree, data, canary=False).result is OK
    write(tree, "proc/self/mountinfo", "nonsense\n")
    assert disk.check_writable(tree, data, canary=False).result is UNKNOWN
    (tree / "proc/self/mountinfo").unlink()
    assert disk.check_writable(tree, data, canary=False).result is UNKNOWN


def test_a_canary_is_written_read_and_removed(tree: Path, data: Path) -> None:
    assert disk.check_writable(tree, data, canary=True).result is OK
    assert list(data.iterdir()) == []
    assert disk.check_writable(tree, data / "missing", canary=True).result is FAULT


def clock_says(tree: Path, now: datetime = NOW, **given: object) -> CheckResult:
    fields: dict[str, object] = {"kernel_synchronised": False}
    return clock.check(tree, now, **(fields | given)).result  # type: ignore[arg-type]


def test_the_clock_is_believed_when_somebody_confirms_it(tree: Path) -> None:
    assert clock_says(tree) is FAULT
    assert clock_says(tree, kernel_synchronised=None) is UNKNOWN
    assert clock_says(tree, kernel_synchronised=True) is OK
    assert clock_says(tree, ahead_of_server_s=-2.0) is OK
    assert clock_says(tree, ahead_of_server_s=90.0) is FAULT
    write(tree, "run/systemd/timesync/synchronized", "")
    assert clock_says(tree) is OK
    assert clock_says(tree, datetime(2020, 1, 1, tzinfo=UTC)) is FAULT


def test_how_far_the_clock_is_off_is_a_reading(tree: Path) -> None:
    off = clock.check(tree, NOW, kernel_synchronised=True, ahead_of_server_s=-1.25)
    assert (off.result, off.value_milli, off.unit) == (OK, -1250, "s")
    wrong = clock.check(tree, NOW, kernel_synchronised=False, ahead_of_server_s=90.0)
    assert (wrong.result, wrong.value_milli) == (FAULT, 90_000)
    assert clock.check(tree, NOW, kernel_synchronised=True).value_milli is None
    assert clock.check(tree, NOW, kernel_synchronised=True, ahead_of_server_s=float("inf")).value_milli is None


def test_a_hardware_clock_vouches_for_half_a_year(tree: Path) -> None:
    write(tree, "sys/class/rtc/rtc0/since_epoch", f"{int(NOW.timestamp())}\n")
    assert clock_says(tree) is FAULT
    assert clock_says(tree, confirmed_at=NOW - timedelta(days=170)) is OK
    assert clock_says(tree, confirmed_at=NOW - timedelta(days=181)) is FAULT
    assert clock_says(tree, confirmed_at=NOW + timedelta(days=1)) is FAULT
    write(tree, "sys/class/rtc/rtc0/since_epoch", "12\n")
    assert clock_says(tree, confirmed_at=NOW - timedelta(days=1)) is FAULT


def test_the_kernel_can_be_asked() -> None:
    assert clock.kernel_synchronised() in (True, False, None)


def test_a_confirmation_is_remembered_over_runs(tree: Path, data: Path) -> None:
    def judged(checkup: Checkup, at: datetime) -> CheckResult:
        return next(found.result for found in checkup.read(at, 0.0) if found.check == "clock")

    write(tree, "sys/class/rtc/rtc0/since_epoch", f"{int(NOW.timestamp())}\n")
    assert judged(Checkup(tree, data, lambda: False), NOW) is FAULT
    assert judged(Checkup(tree, data, lambda: True), NOW) is OK
    later = NOW + timedelta(days=30)
    write(tree, "sys/class/rtc/rtc0/since_epoch", f"{int(later.timestamp())}\n")
    assert judged(Checkup(tree, data, lambda: False), later) is OK


def test_a_jump_of_the_clock_makes_the_servers_word_old(tree: Path, data: Path) -> None:
    checkup = Checkup(tree, data, lambda: False)
    checkup.read(NOW, 0.0)
    checkup.heard_server(0.5, 1.0)
    assert {found.check: found.result for found in checkup.read(NOW, 1.0)}["clock"] is OK
    jumped = {found.check: found for found in checkup.read(NOW + timedelta(hours=1), 2.0)}
    assert jumped["clock"].result is FAULT


def test_player_and_panel() -> None:
    assert player.check(frames=10, stalled=False, error=None).result is OK
    assert player.check(frames=0, stalled=False, error=None).result is UNKNOWN
    assert player.check(frames=10, stalled=True, error=None).code is FaultCode.PLAYER_STALLED
    assert [found.result for found in GenericPanel().read()] == [UNKNOWN]


def test_a_good_tree_is_healthy_and_an_empty_one_is_unknown(data: Path, tmp_path: Path) -> None:
    good = Checkup(record(tmp_path / "pi5"), data, lambda: True, recorded(tmp_path / "pi5")).read(NOW, 0.0)
    said = {(found.check, found.code): found.result for found in good}
    assert {key for key, result in said.items() if result is not OK and key[0] != "disk_space"} == {
        ("wifi", FaultCode.WIFI_WEAK)
    }
    bare = tmp_path / "bare"
    bare.mkdir()
    found = Checkup(bare, tmp_path, lambda: None).read(NOW, 0.0)
    sure = {"disk_space", "disk_writable", "boot", "boot_loop", "versions"}
    assert {one.result for one in found if one.check not in sure} == {UNKNOWN}
    assert all(one.detail for one in found if one.result is UNKNOWN)

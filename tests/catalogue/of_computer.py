"""The computer's codes: files of a recorded Raspberry Pi 5, read by the real checks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from kiosk_agent.core import events
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.health.ambient_light import SAME_READINGS
from kiosk_agent.health.checkup import Checkup
from kiosk_agent.health.contacts import Contacts, Input, level_path, recorded_lines
from kiosk_agent.health.programs import recorded
from playlists.fault import FaultCode
from simulator.device.tree import ANSWERS, HEALTHY, answer, edid, record, write
from tests.catalogue.scenario import Parts, Scenario
from tests.catalogue.world import World
from tests.kiosk_agent.making import moment
from tests.kiosk_agent.playbook import Playbook

HEALTH_EVERY_S = 30
LID, SUPPLY = Input("pinctrl-rp1", 17), Input("pinctrl-rp1", 27)
HEAT = "sys/class/thermal/thermal_zone0/temp"
FAN = "sys/devices/platform/cooling_fan/hwmon/hwmon3/fan1_input"
VOLTAGE = "sys/class/hwmon/hwmon2/in0_lcrit_alarm"
BOOT = "proc/sys/kernel/random/boot_id"
LIGHT = "sys/bus/iio/devices/iio:device0/in_illuminance_raw"
STATUS, EDID = "sys/class/drm/card1-HDMI-A-1/status", "sys/class/drm/card1-HDMI-A-1/edid"
MODEM = "mmcli -m any -K"
THROTTLED, CELL = "vcgencmd get_throttled", "vcgencmd pmic_read_adc BATT_V"
_C = FaultCode


class Computer:
    """A recorded computer whose player plays, with its core; `play` is what the player does each second."""

    def __init__(self, parts: Parts) -> None:
        self.root, self.data = record(parts.folder / "tree"), parts.folder / "data"
        self.data.mkdir()
        self.is_synchronised = True
        self.book = Playbook().start(installed_seq=4).link_up()
        self.play: Callable[[Playbook], object] = partial(Playbook.shown, verdict=Verdict.FINE)
        inputs = {FaultCode.KIOSK_DOOR: LID, FaultCode.MAINS_LOST: SUPPLY}
        for one in inputs.values():
            self.set_level(one, "0")
        self._contacts = Contacts(inputs, recorded_lines(self.root))
        self.boot()

    def boot(self, boot_id: str = "") -> None:
        """Start the checks anew; with another boot the kernel is another too."""
        if boot_id:
            write(self.root, BOOT, f"{boot_id}\n")
        self._checkup = Checkup(self.root, self.data, lambda: self.is_synchronised, recorded(self.root))
        self.look()

    def write(self, path: str, content: str | bytes) -> None:
        write(self.root, path, content)

    def set_level(self, one: Input, level: str) -> None:
        write(self.root, str(level_path(Path(), one)), level)

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.book.tell(events.Tick(), 1.0)
            self.play(self.book)
            self.book.tell(events.PanelRead(self._contacts.check()))
            if self.book.seconds % HEALTH_EVERY_S == 0:
                self.look()

    def look(self) -> None:
        """Run the checks once."""
        at = moment(self.book.seconds)
        self.book.tell(events.HealthRead(self._checkup.read(at.wall, at.mono_s)))


def computer(world: World) -> Computer:
    assert isinstance(world.device, Computer)
    return world.device


def file(path: str, broken: str | bytes, *more: tuple[str, str], settle_s: int = 5) -> Scenario:
    """Return a scenario of files: broken they say this, mended what they said at first."""

    def breaks(world: World) -> None:
        for one, content in ((path, broken), *more):
            computer(world).write(one, content)

    def mends(world: World) -> None:
        for one, _ in ((path, broken), *more):
            computer(world).write(one, HEALTHY[one] if one in HEALTHY else edid())

    return Scenario(Computer, breaks, mends, settle_s)


def program(command: str, old: str, new: str) -> Scenario:
    """Return a scenario of a program that answers something else."""
    healthy = ANSWERS[command]
    assert old in healthy
    return Scenario(
        Computer,
        lambda world: answer(computer(world).root, command, healthy.replace(old, new)),
        lambda world: answer(computer(world).root, command, healthy),
    )


def contact(one: Input) -> Scenario:
    return Scenario(
        Computer, lambda world: computer(world).set_level(one, "1"), lambda world: computer(world).set_level(one, "0")
    )


def _starve(world: World) -> None:
    computer(world).write(VOLTAGE, "1\n")


def _replace_supply(world: World) -> None:
    """The latch lasts for the boot: a better supply shows after the next one."""
    computer(world).write(VOLTAGE, "0\n")
    computer(world).boot("another-boot")


def _cut_again_and_again(world: World) -> None:
    for number in range(3):
        world.run(60)
        computer(world).boot(f"cut-{number}")


def _let_it_stand_still(world: World) -> None:
    for _ in range(SAME_READINGS + 1):
        world.jump(HEALTH_EVERY_S)
        computer(world).look()


def _unsynchronise(world: World) -> None:
    device = computer(world)
    device.is_synchronised = False
    (device.root / "sys/class/rtc/rtc0/since_epoch").unlink()


def _synchronise(world: World) -> None:
    device = computer(world)
    device.is_synchronised = True
    device.write("sys/class/rtc/rtc0/since_epoch", HEALTHY["sys/class/rtc/rtc0/since_epoch"])


def _wifi(dbm: int) -> Callable[[World], None]:
    line = f" wlan0: 0000   54.  {dbm}.  -256        0      0      0      0      0        0\n"
    return lambda world: computer(world).write("proc/net/wireless", HEALTHY["proc/net/wireless"] + line)


SCENARIOS = {
    _C.MAINS_LOST: contact(SUPPLY),
    _C.KIOSK_DOOR: contact(LID),
    _C.POWER_UNDER_VOLTAGE: Scenario(Computer, _starve, _replace_supply),
    _C.CPU_TEMPERATURE: file(HEAT, "84000"),
    _C.CPU_FAN: file(FAN, "0", (HEAT, "66000")),
    _C.CPU_THROTTLED: program(THROTTLED, "0x0", "0x2"),
    _C.MEMORY_LOW: file("proc/meminfo", "MemTotal: 4147664 kB\nMemAvailable: 80000 kB\n"),
    _C.STORAGE_READ_ONLY: file(
        "proc/self/mountinfo", "21 1 179:2 / / ro,noatime shared:1 - ext4 /dev/mmcblk0p2 ro,emergency_ro\n"
    ),
    _C.STORAGE_ERRORS: file("sys/fs/ext4/mmcblk0p3/errors_count", "3"),
    _C.STORAGE_WORN: file("sys/block/mmcblk0/device/life_time", "0x0B 0x0B"),
    _C.CLOCK_UNTRUSTED: Scenario(Computer, _unsynchronise, _synchronise),
    _C.CLOCK_BATTERY: program(CELL, "3.02148500", "1.90000000"),
    _C.BOOT_LOOP: Scenario(Computer, _cut_again_and_again, lambda world: world.jump(3700)),
    _C.LIGHT_SENSOR: Scenario(
        Computer,
        _let_it_stand_still,
        lambda world: computer(world).write(LIGHT, "8300"),
    ),
    _C.ETHERNET_DOWN: file("sys/class/net/eth0/carrier", "0"),
    _C.ETHERNET_WEAK: file("sys/class/net/eth0/speed", "100"),
    _C.WIFI_WEAK: Scenario(Computer, _wifi(-83), _wifi(-55)),
    _C.MOBILE_DOWN: program(MODEM, ": connected", ": searching"),
    _C.MOBILE_WEAK: program(MODEM, ": 63", ": 12"),
    _C.HDMI_DISCONNECTED: file(STATUS, "disconnected"),
    _C.HDMI_EDID_MISSING: file(EDID, b""),
    _C.HDMI_EDID_CHANGED: file(EDID, edid(serial=2)),
}

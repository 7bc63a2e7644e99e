"""A Raspberry Pi 5 as its kernel shows it, written into a folder that stands for `/`.

Paths and values are those of a Pi 5 with Raspberry Pi OS 12 behind a NovaStar controller; what programs answer lies
beneath `answers/`.
"""

from __future__ import annotations

from pathlib import Path

from kiosk_agent.health.programs import answer_path

HEALTHY: dict[str, str] = {
    "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\x00",
    "proc/meminfo": "MemTotal:        4147664 kB\nMemFree:         2154308 kB\nMemAvailable:    3310204 kB\n",
    "proc/self/mountinfo": (
        "21 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n"
        "95 21 179:3 / /data rw,noatime shared:50 - ext4 /dev/mmcblk0p3 rw,commit=5\n"
    ),
    "proc/net/wireless": (
        "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n"
        " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n"
    ),
    "proc/sys/kernel/osrelease": "6.6.51+rpt-rpi-2712\n",
    "proc/sys/kernel/random/boot_id": "3f3c9a4e-1b0d-4f0e-9a6e-6f1f8f7f4b11\n",
    "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/thermal_zone0/temp": "51250\n",
    "sys/class/hwmon/hwmon2/name": "rpi_volt\n",
    "sys/class/hwmon/hwmon2/in0_lcrit_alarm": "0\n",
    "sys/devices/platform/cooling_fan/hwmon/hwmon3/fan1_input": "3120\n",
    "sys/fs/ext4/mmcblk0p2/errors_count": "0\n",
    "sys/fs/ext4/mmcblk0p3/errors_count": "0\n",
    "sys/block/mmcblk0/device/life_time": "0x01 0x02\n",
    "sys/block/mmcblk0/device/pre_eol_info": "0x01\n",
    "sys/class/rtc/rtc0/since_epoch": "1764122400\n",
    "sys/class/watchdog/watchdog0/bootstatus": "0\n",
    "sys/class/drm/card1-HDMI-A-1/status": "connected\n",
    "sys/class/drm/card1-HDMI-A-2/status": "disconnected\n",
    "sys/class/net/eth0/type": "1\n",
    "sys/class/net/eth0/device/vendor": "0x1de4\n",
    "sys/class/net/eth0/carrier": "1\n",
    "sys/class/net/eth0/carrier_changes": "2\n",
    "sys/class/net/eth0/speed": "1000\n",
    "sys/class/net/lo/type": "772\n",
    "sys/class/net/lo/carrier": "1\n",
    "sys/bus/iio/devices/iio:device0/in_illuminance_raw": "8213\n",
    "sys/bus/iio/devices/iio:device0/in_illuminance_scale": "0.833333\n",
}
ANSWERS: dict[str, str] = {
    "vcgencmd get_throttled": "throttled=0x0\n",
    "vcgencmd measure_temp pmic": "temp=58.4'C\n",
    "vcgencmd pmic_read_adc BATT_V": "     BATT_V volt(25)=3.02148500V\n",
    "mmcli -m any -K": (
        "modem.dbus-path                                 : /org/freedesktop/ModemManager1/Modem/0\n"
        "modem.generic.state                             : connected\n"
        "modem.generic.state-failed-reason               : --\n"
        "modem.generic.signal-quality.value              : 63\n"
        "modem.generic.signal-quality.recent             : yes\n"
        "modem.3gpp.registration-state                   : home\n"
        "modem.3gpp.operator-name                        : Viettel\n"
    ),
}


def edid(serial: int = 1) -> bytes:
    """Return the description of a NovaStar controller with a right checksum."""
    block = bytearray(128)
    block[:8] = bytes.fromhex("00ffffffffffff00")
    block[8:10] = bytes.fromhex("39f6")
    block[10:12] = (0x0405).to_bytes(2, "little")
    block[12:16] = serial.to_bytes(4, "little")
    block[72:90] = b"\x00\x00\x00\xfc\x00MARS DISPLAY\n"
    block[127] = -sum(block[:127]) % 256
    return bytes(block)


def write(root: Path, path: str, content: str | bytes) -> None:
    """Write one file of the tree at once: a reader sees the old or the new one."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content if isinstance(content, bytes) else content.encode())
    part.replace(target)


def answer(root: Path, command: str, said: str) -> None:
    """Let a program answer something else."""
    write(root, str(answer_path(Path(), command)), said)


def record(root: Path) -> Path:
    """Write the healthy tree and return it."""
    for path, content in HEALTHY.items():
        write(root, path, content)
    write(root, "sys/class/drm/card1-HDMI-A-1/edid", edid())
    write(root, "sys/class/drm/card1-HDMI-A-2/edid", b"")
    for command, said in ANSWERS.items():
        answer(root, command, said)
    return root

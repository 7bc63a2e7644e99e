"""The supply's under-voltage alarm of a Raspberry Pi (hwmon `rpi_volt`).

The firmware's own "has occurred" bits are cleared by the kernel's polling, so the alarm is latched here for the boot.
"""

from __future__ import annotations

from pathlib import Path

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult, FaultCode

NAME = "under_voltage"


def check(root: Path, *, seen_in_boot: str | None = None) -> Finding:
    """Read the alarm; `seen_in_boot` is the id of the boot in which it was last seen, if any."""
    alarm = _alarm(root)
    if alarm is True:
        return _fault("the supply voltage is below 4.63 V now")
    if seen_in_boot is not None and seen_in_boot == boot_id(root):
        return _fault("the supply voltage was below 4.63 V since the kiosk was last switched on")
    if alarm is None:
        return Finding(
            NAME, CheckResult.UNKNOWN, FaultCode.POWER_UNDER_VOLTAGE, "this computer has no under-voltage sensor"
        )
    return Finding(NAME, CheckResult.OK, FaultCode.POWER_UNDER_VOLTAGE)


def boot_id(root: Path) -> str:
    """Return the kernel's id of this boot, or nothing when it cannot be read."""
    try:
        return (root / "proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:64].strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _alarm(root: Path) -> bool | None:
    for folder in sorted(root.glob("sys/class/hwmon/hwmon*")):
        try:
            if (folder / "name").read_text(encoding="ascii").strip() == "rpi_volt":
                return {"0": False, "1": True}.get((folder / "in0_lcrit_alarm").read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError):
            continue
    return None


def _fault(detail: str) -> Finding:
    return Finding(NAME, CheckResult.FAULT, FaultCode.POWER_UNDER_VOLTAGE, detail)

"""Whether a clock with a battery keeps the time over a power cut: required hardware for months without a network."""

from __future__ import annotations

import re

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult, FaultCode

NAME = "clock_battery"
LEAST_MILLI = 2_500
_VOLTS = re.compile(r"BATT_V volt\(\d+\)=(\d{1,2})\.(\d{1,8})V")


def check(look: Look) -> Finding:
    """Look for a battery clock, and on a Raspberry Pi 5 at its cell."""
    clocks = [path.parent for path in look.folders("sys/class/rtc/rtc*/since_epoch")]
    if not clocks and not (look.root / "proc/device-tree/model").exists():
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.CLOCK_BATTERY, "this computer shows no battery clock")
    if not clocks:
        return Finding(NAME, CheckResult.FAULT, FaultCode.CLOCK_BATTERY, "there is no battery clock")
    if all(look.number(path / "since_epoch") is None for path in clocks):
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.CLOCK_BATTERY, "the battery clock cannot be read")
    found = _VOLTS.search(look.answers("vcgencmd pmic_read_adc BATT_V") or "")
    if found is None:
        return Finding(NAME, CheckResult.OK, FaultCode.CLOCK_BATTERY)
    milli = int(found[1]) * 1000 + int(found[2].ljust(3, "0")[:3])
    if milli < LEAST_MILLI:
        detail = f"the cell of the clock has {milli / 1000:.2f} V"
        return Finding(NAME, CheckResult.FAULT, FaultCode.CLOCK_BATTERY, detail, milli, "V")
    return Finding(NAME, CheckResult.OK, FaultCode.CLOCK_BATTERY, "", milli, "V")

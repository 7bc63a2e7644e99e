"""The kiosk's own fan (hwmon tachometer of `cooling_fan`): it has to turn when the processor is warm."""

from __future__ import annotations

from kiosk_agent.core.finding import Finding
from kiosk_agent.health import temperature
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult, FaultCode

NAME = "cpu_fan"
WARM_MILLI = 60_000
"""The firmware's curve switches the fan on at 50 °C; below it no turns are right."""


def check(look: Look) -> Finding:
    """Read the fan's turns; none at a warm processor are a fault. No tachometer: no fan, or one that is dead."""
    turns = [look.number(path) for path in look.folders("sys/devices/platform/cooling_fan/hwmon/hwmon*/fan1_input")]
    rpm = next((one for one in turns if one is not None), None)
    if rpm is None:
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.CPU_FAN, "no fan with a tachometer was seen at the start")
    heat = temperature.check(look.root).value_milli
    if rpm == 0 and heat is not None and heat > WARM_MILLI:
        detail = f"the fan does not turn and the processor is at {heat / 1000:.0f} °C"
        return Finding(NAME, CheckResult.FAULT, FaultCode.CPU_FAN, detail, 0, "rpm")
    return Finding(NAME, CheckResult.OK, FaultCode.CPU_FAN, "", rpm * 1000, "rpm")

"""The temperature of a Raspberry Pi's power circuit (`vcgencmd measure_temp pmic`)."""

from __future__ import annotations

import re

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult, FaultCode

NAME, SUBJECT = "pmic_temperature", "pmic"
RAISE_MILLI, CLEAR_MILLI = 85_000, 80_000
_TEMP = re.compile(r"temp=(-?\d{1,3})(?:\.(\d))?'C")


class PowerCircuit:
    """Remembers that it was too hot: it is fine again only below 80 °C."""

    def __init__(self) -> None:
        self._hot = False

    def check(self, look: Look) -> Finding:
        """Read the temperature."""
        said = look.answers("vcgencmd measure_temp pmic")
        found = _TEMP.search(said) if said is not None else None
        if found is None:
            detail = "this computer does not say how warm its power circuit is"
            return Finding(NAME, CheckResult.UNKNOWN, FaultCode.CPU_TEMPERATURE, detail, subject=SUBJECT)
        milli = int(found[1]) * 1000 + int(found[2] or 0) * 100
        self._hot = milli >= (CLEAR_MILLI if self._hot else RAISE_MILLI)
        if self._hot:
            detail = f"the power circuit is at {milli / 1000:.0f} °C"
            return Finding(NAME, CheckResult.FAULT, FaultCode.CPU_TEMPERATURE, detail, milli, "°C", SUBJECT)
        return Finding(NAME, CheckResult.OK, FaultCode.CPU_TEMPERATURE, "", milli, "°C", SUBJECT)

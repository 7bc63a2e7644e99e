"""The kiosk's own light sensor (IIO): unreadable, standing still, or dark when the sun is high is a fault.

Without it the brightness follows the sun; a sensor that fails never makes a panel brighter.
"""

from __future__ import annotations

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult, FaultCode

NAME = "light_sensor"
SAME_READINGS = 120
"""An hour of half minutes: a real sensor outdoors never stands still for so long, except in the dark."""
DARK_LUX = 1


class AmbientLight:
    """Remembers the last readings."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._same = 0
        self._was_read = False

    def check(self, look: Look) -> Finding:
        """Read the sensor in lux."""
        sensors = [path.parent for path in look.folders("sys/bus/iio/devices/iio:device*/in_illuminance_raw")]
        if not sensors:
            if self._was_read:
                return self._fault("the sensor is gone")
            return Finding(NAME, CheckResult.UNKNOWN, FaultCode.LIGHT_SENSOR, "there is no light sensor")
        self._was_read = True
        raw = look.number(sensors[0] / "in_illuminance_raw")
        if raw is None:
            return self._fault("the sensor does not answer")
        self._same = self._same + 1 if raw == self._last else 0
        self._last = raw
        if self._same >= SAME_READINGS and raw > DARK_LUX:
            return self._fault("the reading stands still")
        lux = _lux(raw, look.text(sensors[0] / "in_illuminance_scale"))
        if lux is None:
            return self._fault("the sensor's scale cannot be read")
        return Finding(NAME, CheckResult.OK, FaultCode.LIGHT_SENSOR, "", lux * 1000, "lx")

    def _fault(self, why: str) -> Finding:
        return Finding(NAME, CheckResult.FAULT, FaultCode.LIGHT_SENSOR, why)


def _lux(raw: int, scale: str | None) -> int | None:
    try:
        lux = raw * float(scale or "")
    except ValueError:
        return None
    return round(lux) if 0 <= lux < 1_000_000 else None

"""The processor's temperature (sysfs thermal zones, thousandths of a degree Celsius)."""

from __future__ import annotations

from pathlib import Path

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult, FaultCode

NAME = "cpu_temperature"
RAISE_MILLI = 80_000
CLEAR_MILLI = 75_000
PREFERRED = ("cpu-thermal", "x86_pkg_temp", "soc-thermal", "cpu_thermal")


def check(root: Path, *, hot: bool = False) -> Finding:
    """Read the processor's temperature; one that was too hot is fine again only below 75 °C."""
    zones = sorted(root.glob("sys/class/thermal/thermal_zone*"))
    read = {name: milli for zone in zones if (name := _text(zone / "type")) and (milli := _milli(zone)) is not None}
    chosen = next((name for name in PREFERRED if name in read), next(iter(read), None))
    if chosen is None:
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.CPU_TEMPERATURE, "no thermal zone can be read")
    milli = read[chosen]
    if milli >= (CLEAR_MILLI if hot else RAISE_MILLI):
        detail = f"{chosen} is at {milli / 1000:.1f} °C; the processor slows down above {RAISE_MILLI // 1000} °C"
        return Finding(NAME, CheckResult.FAULT, FaultCode.CPU_TEMPERATURE, detail, milli, "°C")
    return Finding(NAME, CheckResult.OK, FaultCode.CPU_TEMPERATURE, "", milli, "°C")


def _milli(zone: Path) -> int | None:
    text = _text(zone / "temp")
    try:
        milli = int(text or "")
    except ValueError:
        return None
    return milli if -50_000 < milli < 200_000 else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii")[:64].strip()
    except (OSError, UnicodeDecodeError):
        return None

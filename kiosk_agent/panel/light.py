"""A light sensor of the kiosk's own, as the kernel shows it (IIO)."""

from __future__ import annotations

from pathlib import Path


def kernel_lux(root: Path) -> int | None:
    """Return the ambient light in lux, or None where no sensor can be read."""
    for folder in sorted(root.glob("sys/bus/iio/devices/iio:device*")):
        try:
            raw = float((folder / "in_illuminance_raw").read_text(encoding="ascii")[:32])
            scale = float((folder / "in_illuminance_scale").read_text(encoding="ascii")[:32])
        except (OSError, ValueError):
            continue
        if 0 <= raw * scale < 1_000_000:
            return round(raw * scale)
    return None

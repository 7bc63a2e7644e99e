"""Memory that programs can still have (MemAvailable)."""

from __future__ import annotations

import re
from pathlib import Path

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult, FaultCode

NAME = "memory"
LEAST_PERMILLE = 80
_LINE = re.compile(r"^(MemTotal|MemAvailable):\s+(\d{1,12}) kB$", re.MULTILINE)


def check(root: Path) -> Finding:
    """Read the share of memory that is available; below 8 % is a fault."""
    try:
        text = (root / "proc/meminfo").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        text = ""
    kib = {name: int(number) for name, number in _LINE.findall(text)}
    total, available = kib.get("MemTotal", 0), kib.get("MemAvailable")
    if not total or available is None:
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.MEMORY_LOW, "the memory's use cannot be read")
    permille = available * 1000 // total
    if permille < LEAST_PERMILLE:
        detail = f"{available >> 10} MiB of {total >> 10} MiB are available"
        return Finding(NAME, CheckResult.FAULT, FaultCode.MEMORY_LOW, detail, permille * 100, "%")
    return Finding(NAME, CheckResult.OK, FaultCode.MEMORY_LOW, "", permille * 100, "%")

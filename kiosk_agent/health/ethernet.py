"""The network cable: link, speed, and how often the link goes (sysfs of the first wired interface)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look, number
from playlists.fault import CheckResult, FaultCode

NAME = "ethernet"
KEPT = "ethernet used"
SLOW_MBIT = 100
FLAPS, WINDOW_S = 6, 600.0
"""So many changes of the link within the window are a cable that is failing."""


class Ethernet:
    """Remembers the speed that the link had, and when it changed."""

    def __init__(self) -> None:
        self._changes: deque[tuple[float, int]] = deque()
        self._best_mbit = 0

    def check(self, look: Look) -> Iterable[Finding]:
        """Read the link. A cable that never had one is none that is missed."""
        folder = next((one.parent for one in look.folders("sys/class/net/*/carrier") if _is_wired(one.parent)), None)
        carrier = look.text(folder / "carrier") if folder is not None else None
        if folder is None:
            yield Finding(NAME, CheckResult.UNKNOWN, FaultCode.ETHERNET_DOWN, "there is no wired network interface")
            yield Finding(NAME, CheckResult.UNKNOWN, FaultCode.ETHERNET_WEAK, "there is no wired network interface")
            return
        if carrier != "1":
            used = look.kept.get(KEPT) == "1"
            result = CheckResult.FAULT if used else CheckResult.UNKNOWN
            detail = f"{folder.name} has no link" if used else f"{folder.name} never had a link here"
            yield Finding(NAME, result, FaultCode.ETHERNET_DOWN, detail)
            yield Finding(NAME, CheckResult.UNKNOWN, FaultCode.ETHERNET_WEAK, f"{folder.name} has no link")
            return
        look.kept.put(KEPT, "1")
        yield Finding(NAME, CheckResult.OK, FaultCode.ETHERNET_DOWN)
        yield self._judge(look, folder)

    def _judge(self, look: Look, folder: Path) -> Finding:
        mbit = look.number(folder / "speed")
        mbit = mbit if mbit is not None and mbit > 0 else None
        flaps = self._count(look, look.number(folder / "carrier_changes"))
        self._best_mbit = max(self._best_mbit, mbit or 0)
        why = []
        if mbit is not None and mbit <= SLOW_MBIT < self._best_mbit:
            why.append(f"{mbit} Mbit/s, it had {self._best_mbit}")
        if flaps >= FLAPS:
            why.append(f"the link changed {flaps} times within ten minutes")
        result = CheckResult.FAULT if why else CheckResult.OK
        value = mbit * 1000 if mbit is not None else None
        return Finding(NAME, result, FaultCode.ETHERNET_WEAK, "; ".join(why), value, "Mbit/s")

    def _count(self, look: Look, changes: int | None) -> int:
        if changes is None:
            return 0
        self._changes.append((look.mono_s, changes))
        while self._changes[0][0] < look.mono_s - WINDOW_S:
            self._changes.popleft()
        return changes - self._changes[0][1]


def _is_wired(folder: Path) -> bool:
    """Tell a plugged interface from the loopback, bridges, Wi-Fi and modems."""
    kind = folder / "type"
    try:
        is_ethernet = number(kind.read_text(encoding="ascii").strip()) == 1
    except (OSError, UnicodeDecodeError):
        return False
    wireless = (folder / "wireless").exists() or (folder / "phy80211").exists()
    return is_ethernet and not wireless and (folder / "device").exists() and not folder.name.startswith("wwan")

"""How far an eMMC is worn (JEDEC life time in tenths, and how much of its reserve is used). SD cards do not say."""

from __future__ import annotations

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look, number
from playlists.fault import CheckResult, FaultCode

NAME = "storage_wear"
WORN_TENTHS = 9
EXCEEDED = 0x0B
URGENT = {2: "80 % of its reserve blocks are used", 3: "nearly all of its reserve blocks are used"}


def check(look: Look) -> Finding:
    """Read the worst of all eMMCs; at 90 % of the life or with a used reserve is a fault."""
    worst, reason = None, ""
    for folder in look.folders("sys/block/mmcblk*/device"):
        tenths = [one for one in map(number, (look.text(folder / "life_time") or "").split()) if one]
        if tenths and max(tenths) <= EXCEEDED and max(tenths) > (worst or 0):
            worst = max(tenths)
        state = look.number(folder / "pre_eol_info")
        reason = URGENT.get(state, reason) if state is not None else reason
    if worst is None and not reason:
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.STORAGE_WORN, "this storage does not say how worn it is")
    percent = min(worst or 0, 10) * 10
    if reason or percent >= WORN_TENTHS * 10:
        detail = reason or f"up to {percent} % of its life is used"
        return Finding(NAME, CheckResult.FAULT, FaultCode.STORAGE_WORN, detail, percent * 1000, "%")
    return Finding(NAME, CheckResult.OK, FaultCode.STORAGE_WORN, "", percent * 1000, "%")

"""Whether the firmware slows the processor down (`vcgencmd get_throttled`, the bits of now).

The bits of "has occurred" (16 to 19) are cleared by the kernel's own polling and say nothing; bit 0 is the supply's
and is read where it does not get lost (`under_voltage`).
"""

from __future__ import annotations

import re

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult, FaultCode

NAME = "cpu_throttled"
_SAID = re.compile(r"throttled=0x([0-9a-fA-F]{1,8})\b")
_BITS = {1: "its speed is capped", 2: "it is throttled", 3: "the soft temperature limit is reached"}


def check(look: Look) -> Finding:
    """Read what slows the processor down now."""
    said = look.answers("vcgencmd get_throttled")
    found = _SAID.search(said) if said is not None else None
    if found is None:
        detail = "this computer does not say whether its processor is slowed down"
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.CPU_THROTTLED, detail)
    bits = int(found[1], 16)
    reasons = [words for bit, words in _BITS.items() if bits >> bit & 1]
    result = CheckResult.FAULT if reasons else CheckResult.OK
    return Finding(NAME, result, FaultCode.CPU_THROTTLED, ", ".join(reasons))

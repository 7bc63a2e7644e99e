"""The Wi-Fi's signal (`/proc/net/wireless`), where the kiosk uses Wi-Fi."""

from __future__ import annotations

import re

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult, FaultCode, Severity

NAME = "wifi"
WEAK_DBM, CLEAR_DBM, BAD_DBM = -75, -70, -82
_LINE = re.compile(r"^\s*(\w{1,15}):\s+\S+\s+[\d.]+\s+(-\d{1,3})\.?\s", re.MULTILINE)


class Wifi:
    """Remembers that the signal was weak: it is fine again only above -70 dBm."""

    def __init__(self) -> None:
        self._weak = False

    def check(self, look: Look) -> Finding:
        """Read the signal in dBm."""
        found = _LINE.search(look.text("proc/net/wireless") or "")
        if found is None:
            return Finding(NAME, CheckResult.UNKNOWN, FaultCode.WIFI_WEAK, "no Wi-Fi is in use")
        dbm = int(found[2])
        self._weak = dbm < (CLEAR_DBM if self._weak else WEAK_DBM)
        if not self._weak:
            return Finding(NAME, CheckResult.OK, FaultCode.WIFI_WEAK, "", dbm * 1000, "dBm")
        severity = Severity.MAJOR if dbm < BAD_DBM else None
        detail = f"{found[1]}: {dbm} dBm"
        return Finding(NAME, CheckResult.FAULT, FaultCode.WIFI_WEAK, detail, dbm * 1000, "dBm", severity=severity)

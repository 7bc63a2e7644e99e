"""The 4G modem as ModemManager sees it (`mmcli -m any -K`)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look, number
from playlists.fault import CheckResult, FaultCode

NAME = "mobile"
WEAK_PERCENT, CLEAR_PERCENT = 20, 30
_LINE = re.compile(r"^(modem[\w.\-\[\]]+)\s*:\s*(.*?)\s*$", re.MULTILINE)
_MISSING = "--"


class Mobile:
    """Remembers that the signal was weak: it is fine again only above 30 %."""

    def __init__(self) -> None:
        self._weak = False

    def check(self, look: Look) -> Iterable[Finding]:
        """Read registration, connection and signal."""
        said = dict(_LINE.findall(look.answers("mmcli -m any -K") or ""))
        state = said.get("modem.generic.state", _MISSING)
        if state == _MISSING:
            for code in (FaultCode.MOBILE_DOWN, FaultCode.MOBILE_WEAK):
                yield Finding(NAME, CheckResult.UNKNOWN, code, "no mobile modem is seen")
            return
        where = said.get("modem.3gpp.operator-name", _MISSING)
        if state != "connected":
            reason = said.get("modem.generic.state-failed-reason", _MISSING)
            registered = said.get("modem.3gpp.registration-state", _MISSING)
            why = ", ".join(one for one in (state, registered, reason) if one not in {_MISSING, "none"})
            yield Finding(NAME, CheckResult.FAULT, FaultCode.MOBILE_DOWN, f"the modem is not connected: {why}")
        else:
            yield Finding(NAME, CheckResult.OK, FaultCode.MOBILE_DOWN, "" if where == _MISSING else where)
        yield self._signal(said)

    def _signal(self, said: dict[str, str]) -> Finding:
        percent = number(said.get("modem.generic.signal-quality.value"))
        if percent is None or not 0 <= percent <= 100 or said.get("modem.generic.signal-quality.recent") == "no":
            return Finding(NAME, CheckResult.UNKNOWN, FaultCode.MOBILE_WEAK, "the signal was not measured lately")
        self._weak = percent < (CLEAR_PERCENT if self._weak else WEAK_PERCENT)
        result = CheckResult.FAULT if self._weak else CheckResult.OK
        detail = f"the signal is at {percent} %" if self._weak else ""
        return Finding(NAME, result, FaultCode.MOBILE_WEAK, detail, percent * 1000, "%")

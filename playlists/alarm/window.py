"""Times in which a fault is expected: planned work, an announced power cut, the panel's closed hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from playlists.alarm.rule import AlarmRule
from playlists.fault import FaultCode

NEVER_EXPECTED = frozenset({FaultCode.CABINET_SMOKE})


class WindowKind(StrEnum):
    """Why something is expected."""

    WORK = "work"
    """Somebody works at the place: everything but smoke."""
    POWER_CUT = "power_cut"
    """Announced by the power company: what a missing supply explains."""
    CLOSED = "closed"
    """Outside operating hours: what only matters when the panel should be lit."""


@dataclass(frozen=True, slots=True)
class Window:
    """From a time (included) to another."""

    kind: WindowKind
    from_at: datetime
    to_at: datetime

    def expects(self, code: str, rule: AlarmRule) -> bool:
        """Tell whether a fault of this code is expected while the window lasts."""
        if code in NEVER_EXPECTED:
            return False
        if self.kind is WindowKind.WORK:
            return True
        return rule.by_power if self.kind is WindowKind.POWER_CUT else rule.only_in_hours


def expected_until(windows: Iterable[Window], code: str, rule: AlarmRule, now: datetime) -> datetime | None:
    """Return until when a fault is expected, over windows that touch or overlap; None when it is not expected now."""
    until: datetime | None = None
    ours = sorted((one for one in windows if one.expects(code, rule)), key=lambda one: one.from_at)
    for one in ours:
        if one.from_at <= (until or now) < one.to_at:
            until = one.to_at
    return until

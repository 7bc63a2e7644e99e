"""When a bad reading becomes a fault, and when a good one ends it: counts and times, per code and part.

A pure memory. An unknown reading changes nothing: it neither raises nor clears.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from playlists.fault import FaultCode, Severity


class Rule(NamedTuple):
    """How long a condition must last: readings in a row, and seconds from the first of them."""

    raise_readings: int
    raise_s: float
    clear_s: float


RULES: dict[FaultCode, Rule] = {
    FaultCode.CONTROLLER_OFFLINE: Rule(3, 0.0, 0.0),
    FaultCode.CONTROLLER_CONTENDED: Rule(2, 0.0, 0.0),
    FaultCode.PANEL_SIGNAL_MISSING: Rule(2, 10.0, 5.0),
    FaultCode.PANEL_PORT_DOWN: Rule(2, 0.0, 0.0),
    FaultCode.PANEL_CARD_OFFLINE: Rule(3, 0.0, 0.0),
    FaultCode.PANEL_REDUNDANCY_ACTIVE: Rule(2, 10.0, 60.0),
    FaultCode.PANEL_RIBBON: Rule(2, 60.0, 60.0),
    FaultCode.PANEL_TEMPERATURE: Rule(2, 60.0, 60.0),
    FaultCode.PANEL_VOLTAGE_LOW: Rule(2, 30.0, 60.0),
    FaultCode.PANEL_VOLTAGE_HIGH: Rule(2, 30.0, 60.0),
    FaultCode.PANEL_BRIGHTNESS_MISMATCH: Rule(2, 0.0, 0.0),
    FaultCode.CABINET_SMOKE: Rule(1, 0.0, 60.0),
    FaultCode.CABINET_DOOR: Rule(1, 0.0, 5.0),
    FaultCode.CABINET_FAN: Rule(2, 60.0, 60.0),
    FaultCode.CABINET_HUMIDITY: Rule(2, 300.0, 300.0),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One condition of one part. Raised while `severity` is set."""

    severity: Severity | None = None
    detail: str = ""
    against: int = 0
    """Readings in a row that speak against what stands."""
    since_s: float = 0.0
    """When the first of them came."""


Memory = Mapping[tuple[FaultCode, str], Standing]
FINE = Standing()


def settle(before: Standing, rule: Rule, bad: Severity | None, detail: str, mono_s: float) -> Standing:
    """Return what stands after one reading; `bad` is how bad it is, None when all is well.

    A fault that gets better or worse without ending takes the new degree at once.
    """
    if before.severity is not None and bad is not None:
        return Standing(bad, detail)
    if before.severity is None and bad is None:
        return FINE
    against = before.against + 1
    since_s = before.since_s if before.against else mono_s
    lasted_s = mono_s - since_s
    if bad is not None:
        if against >= rule.raise_readings and lasted_s >= rule.raise_s:
            return Standing(bad, detail)
        return replace(before, against=against, since_s=since_s)
    return FINE if lasted_s >= rule.clear_s else replace(before, against=against, since_s=since_s)

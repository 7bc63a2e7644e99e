"""Where a reading becomes bad, by degrees, and how far it must come back: defaults that hold for any site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from playlists.fault import Severity

FAN_LEAST_PERCENT = 50
BRIGHTNESS_TOLERANCE = 2
LOW_BELOW_USUAL, LOWEST_USUAL, LOW_CLEAR = 300, 4000, 100
HARD_LOW = 3800
"""Millivolts: low is a third of a volt below what is usual, but never above 4.0 V; below 3.8 V it is critical."""


class Limit(NamedTuple):
    """A degree: bad from `raises` on, until the reading is below `clears`."""

    severity: Severity
    raises: int
    clears: int


HEAT_MILLI = (
    Limit(Severity.CRITICAL, 85_000, 80_000),
    Limit(Severity.MAJOR, 75_000, 70_000),
    Limit(Severity.WARNING, 65_000, 60_000),
)
DAMP_PERCENT = (Limit(Severity.MAJOR, 91, 90), Limit(Severity.WARNING, 81, 76))
HIGH_MILLIVOLTS = (Limit(Severity.MAJOR, 5501, 5401),)


def degree(value: int, limits: Sequence[Limit], standing: Severity | None) -> Severity | None:
    """Return how bad a value is; what stands stays until the value is below where it clears."""
    for limit in limits:
        holds = standing is not None and _rank(standing) <= _rank(limit.severity)
        if value >= (limit.clears if holds else limit.raises):
            return limit.severity
    return None


def low_voltage(millivolts: int, usual: int | None, standing: Severity | None) -> Severity | None:
    """Return how bad a low voltage is; without a usual value only the hard limit counts."""
    hard = HARD_LOW + (LOW_CLEAR if standing is Severity.CRITICAL else 0)
    if millivolts < hard:
        return Severity.CRITICAL
    if usual is None:
        return None
    soft = min(usual - LOW_BELOW_USUAL, LOWEST_USUAL) + (LOW_CLEAR if standing is not None else 0)
    return Severity.MAJOR if millivolts < soft else None


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)

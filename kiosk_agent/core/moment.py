"""The instant of a step, as a value: wall clock, monotonic clock and one random number."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Moment(NamedTuple):
    """When a step happens. Timers run on `mono_s`; only what people or the timeline read uses `wall`."""

    wall: datetime
    """UTC; may jump."""
    mono_s: float
    """Seconds that never go back within a run."""
    chance: float = 0.5
    """A fresh random number in [0, 1), so that jitter is an input and a run can be repeated."""

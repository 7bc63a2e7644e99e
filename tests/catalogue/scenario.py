"""A scenario: how a code's condition is made true at a device, and how it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.led.serving import Bus
from tests.catalogue.world import Device, World


@dataclass(frozen=True)
class Parts:
    """What a device is made of. `open_line` reaches the simulated LED controller at `bus`."""

    folder: Path
    bus: Bus
    open_line: Callable[[], Any]


@dataclass(frozen=True)
class Scenario:
    """`make` builds the device in good order; `breaks` and `mends` get the world in which it lives."""

    make: Callable[[Parts], Device]
    breaks: Callable[[World], object]
    mends: Callable[[World], object]
    settle_s: int = 5
    """How long the device lives in good order before it is broken."""

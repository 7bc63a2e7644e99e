"""Which registers of NovaStar's bus are read, and the few that may be written.

A write that is not in this table cannot be put together: saving to flash wears it out and a factory reset loses the
panel's wiring, so neither exists here. Addresses and values: RS232 Protocol for Nova M3 Control System V1.9.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from kiosk_agent.panel.survey import Place

ALL_PORTS, ALL_BOARDS = 0xFF, 0xFFFF


class Device(Enum):
    """Whom a frame is for; the value stands in the frame."""

    CONTROLLER = 0
    CARD = 1


class Read(NamedTuple):
    """A documented field: read from its base, whole, in one request."""

    device: Device
    register: int
    length: int


MODEL = Read(Device.CONTROLLER, 0x00000002, 2)
DVI_SIGNAL = Read(Device.CONTROLLER, 0x02000017, 1)
INPUT_SIGNALS = Read(Device.CONTROLLER, 0x0200004D, 1)
REDUNDANCY = Read(Device.CONTROLLER, 0x0200001E, 1)
LIGHT = Read(Device.CONTROLLER, 0x0200000F, 2)
AUTO_BRIGHTNESS = Read(Device.CONTROLLER, 0x0A000000, 1)
FIRMWARE = Read(Device.CONTROLLER, 0x04100004, 4)
CARD_IDENTITY = Read(Device.CARD, 0x00000000, 6)
CARD_BRIGHTNESS = Read(Device.CARD, 0x02000001, 1)
CARD_BLACKOUT = Read(Device.CARD, 0x02000100, 1)
CARD_PATTERN = Read(Device.CARD, 0x02000101, 1)
CARD_FREEZE = Read(Device.CARD, 0x02000102, 1)
MONITORING = Read(Device.CARD, 0x0A000000, 0x52)
"""Not longer: past 0x100 the controller gives other registers as if they were these."""


class Setting(Enum):
    """Every register of receiving cards that may be written."""

    BRIGHTNESS = 0x02000001
    BLACKOUT = 0x02000100
    PATTERN = 0x02000101
    FREEZE = 0x02000102

    def allows(self, level: int) -> bool:
        """Tell whether a value may be written."""
        return level in _ALLOWED[self]


_ALLOWED: dict[Setting, Collection[int]] = {
    Setting.BRIGHTNESS: range(0x100),
    Setting.BLACKOUT: (0x00, 0xFF),
    Setting.PATTERN: range(0x0A),
    Setting.FREEZE: (0x00,),  # only ever off: a frozen panel shows its last frame for ever
}


class Forbidden(ValueError):
    """A value that must not be written."""


@dataclass(frozen=True, slots=True)
class Write:
    """A permitted write to one card, or to all; any other cannot be made.

    Raises:
        ValueError: the setting is none of the table, or the value none that it allows (Forbidden).
    """

    setting: Setting
    level: int
    place: Place | None = None

    def __post_init__(self) -> None:
        if not Setting(self.setting).allows(self.level):
            raise Forbidden(f"{self.setting.name} is never set to {self.level}")
        if self.place is not None and not (0 <= self.place.port < ALL_PORTS and 0 <= self.place.card < ALL_BOARDS):
            raise Forbidden(f"there is no place {self.place}")

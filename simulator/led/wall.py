"""The hardware that is played: a controller, its output ports, the receiving cards along them, their monitoring cards.

Ports and cards count from 0 here, as on the wire; people count from 1 (see `script`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

HEALTHY_RIBBONS = bytes(16)


@dataclass
class MonitorCard:
    """What a monitoring card measures in its cabinet. A channel that is None says so; an unconnected one reads 0."""

    model: int = 0x0001
    firmware: bytes = bytes((4, 0, 0, 0))
    temperature_c: float | None = 30.0
    humidity: int | None = 50
    smoke: bool = False
    fans_rpm: list[int | None] = field(default_factory=lambda: [1500, 1500, 1500, 1500])
    volts: list[float | None] = field(default_factory=lambda: [4.9, *[0.0] * 8])
    doors_open: list[bool] = field(default_factory=lambda: [False, False])
    ribbons: bytes = HEALTHY_RIBBONS


@dataclass
class Card:
    """One receiving card and its cabinet."""

    plugged: bool = True
    model: int = 0x4105
    firmware: bytes = bytes((4, 2, 0, 1))
    temperature_c: float | None = 36.0
    voltage: float | None = 4.1
    brightness: bytearray = field(default_factory=lambda: bytearray(b"\xff" * 5))
    """Global, red, green, blue, virtual red."""
    gamma_tenths: int = 28
    calibration: int = 0
    blackout: int = 0
    pattern: int = 0
    freeze: int = 0
    monitor: MonitorCard | None = None


@dataclass
class Wall:
    """A controller with everything behind it."""

    ports: dict[int, list[Card]]
    model: int = 0x1107
    serial: bytes = bytes.fromhex("54B56E0012340001")
    firmware: bytes = bytes((4, 3, 0, 0))
    powered: bool = True
    signal_bits: int = 0b10
    """Bit 1 is HDMI, as in the printed frames: a set bit means a signal."""
    selected_input: int = 0x05
    backup_ports: int = 0
    """Two bits a port; binary 10: it runs as the backup."""
    light_lux: int | None = 112
    auto_brightness: int = 0xFF
    display_mode: int = 0
    ports_down: set[int] = field(default_factory=set)
    acknowledges_all: bool = True
    """Whether writes to all cards are acknowledged; some controllers do not."""
    flash_writes: int = 0
    forbidden: list[tuple[int, bytes]] = field(default_factory=list)
    """Register and bytes of every write that a signage program must never make."""
    writes: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def has_signal(self) -> bool:
        """Whether any input has a picture."""
        return self.signal_bits != 0

    def card(self, port: int, index: int) -> Card | None:
        """Return a card that would answer, or None."""
        cards = self.ports.get(port, [])
        if port in self.ports_down or not 0 <= index < len(cards) or not cards[index].plugged:
            return None
        return cards[index]

    def answering(self, port: int | None, index: int | None) -> Iterator[Card]:
        """Yield the cards that a write reaches; None stands for all."""
        for number, cards in self.ports.items():
            for place in range(len(cards)):
                card = self.card(number, place)
                if card is not None and port in (None, number) and index in (None, place):
                    yield card


def wall(ports: tuple[int, ...] = (4, 4), monitored: tuple[tuple[int, int], ...] = ((0, 0),)) -> Wall:
    """Make a wall: the number of cards at each port (0 leaves a gap), and which cards have a monitoring card."""
    made = Wall({number: [Card() for _ in range(count)] for number, count in enumerate(ports) if count})
    for port, index in monitored:
        made.ports[port][index].monitor = MonitorCard()
    return made

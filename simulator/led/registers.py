"""What the registers of controller and receiving card hold, and what writing them does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from simulator.led.wall import Card, MonitorCard, Wall

VALID = 0x80
MONITORING, ALIASED = 0x0A000000, 0x0A000100
"""Reading past the monitoring block's end gives the bytes of 02000000 and on."""
ALIAS_OF = 0x02000000
FACTORY_RESET, SAVE_TO_FLASH = 0x01000002, 0x01000011


@dataclass(frozen=True)
class Field:
    """A register field: where it begins, what it holds now, what a write does (None: nothing)."""

    base: int
    content: Callable[[], bytes]
    write: Callable[[bytes], None] | None = None


def read(fields: list[Field], register: int, length: int) -> bytes | None:
    """Return what a read gives, or None where nothing is implemented.

    A read that does not begin at a field's base is moved to the base of the field that it falls into.
    """
    for field in fields:
        content = field.content()
        if field.base <= register < field.base + len(content):
            return _from(fields, field.base, length)
    return None


def _from(fields: list[Field], register: int, length: int) -> bytes:
    got = b""
    while len(got) < length:
        address = register + len(got)
        if ALIASED <= address < ALIASED + 0x100:
            address = ALIAS_OF + address - ALIASED
        piece = next((one.content() for one in fields if one.base == address), None)
        got += piece or b"\x00"
    return got[:length]


def controller_fields(wall: Wall) -> list[Field]:
    """Return the controller's own registers."""

    def choose(content: bytes) -> None:
        wall.selected_input = content[0]

    def mode(content: bytes) -> None:
        wall.display_mode = content[0]

    def dim(content: bytes) -> None:
        wall.auto_brightness = content[0]

    lux = wall.light_lux
    light = 0 if lux is None else min(lux // 2, 0x7FFF) | VALID << 8
    return [
        Field(0x00000002, lambda: wall.model.to_bytes(2, "little")),
        Field(0x00000016, lambda: wall.serial),
        Field(0x02000001, lambda: b"\xff" * 5),  # never what the cards have
        Field(0x0200000F, lambda: light.to_bytes(2, "little")),
        Field(0x02000017, lambda: bytes((wall.has_signal,))),
        Field(0x0200001E, lambda: bytes((wall.backup_ports,))),
        Field(0x02000022, lambda: b"\x5a"),
        Field(0x02000023, lambda: bytes((wall.selected_input,)), choose),
        Field(0x0200004D, lambda: bytes((wall.signal_bits,))),
        Field(0x02200050, lambda: bytes((wall.display_mode,)), mode),
        Field(0x04100004, lambda: wall.firmware),
        Field(0x0A000000, lambda: bytes((wall.auto_brightness,)), dim),
    ]


def card_fields(card: Card) -> list[Field]:
    """Return a receiving card's registers."""

    def shine(content: bytes) -> None:
        card.brightness[: len(content)] = content[:5]

    def setting(name: str) -> Callable[[bytes], None]:
        return lambda content: setattr(card, name, content[0])

    block = monitoring_block(card)
    inside = [Field(MONITORING + start, partial(_rest, block, start)) for start in (0x42, 0x27, 0x20, 3, 2)]
    return [
        Field(0x00000000, lambda: card.model.to_bytes(2, "little") + card.firmware),
        Field(0x02000000, lambda: bytes((card.gamma_tenths,)), setting("gamma_tenths")),
        Field(0x02000001, lambda: bytes(card.brightness), shine),
        Field(0x02000051, lambda: bytes((card.calibration,)), setting("calibration")),
        Field(0x02000100, lambda: bytes((card.blackout,)), setting("blackout")),
        Field(0x02000101, lambda: bytes((card.pattern,)), setting("pattern")),
        Field(0x02000102, lambda: bytes((card.freeze,)), setting("freeze")),
        *inside,
        Field(MONITORING, lambda: block),
    ]


def factory_reset(card: Card) -> None:
    """Put a card back to how it left the factory."""
    card.brightness[:] = b"\xff" * 5
    card.blackout = card.pattern = card.freeze = card.calibration = 0


def monitoring_block(card: Card) -> bytes:
    """Return the 256 bytes at 0A000000 of a receiving card."""
    block = bytearray(256)
    block[0:2] = _temperature(card.temperature_c)
    block[3] = _tenths(card.voltage)
    if card.monitor is not None:
        block[0x20:0x52] = _monitor(card.monitor)
    return bytes(block)


def _rest(block: bytes, start: int) -> bytes:
    return block[start:]


def _monitor(monitor: MonitorCard) -> bytes:
    part = bytearray(0x32)
    part[0] = 0xFF
    part[1:3] = monitor.model.to_bytes(2, "little")
    part[3:7] = monitor.firmware
    part[7:9] = _temperature(monitor.temperature_c)
    part[9] = 0 if monitor.humidity is None else VALID | monitor.humidity
    part[0x0A] = VALID | monitor.smoke
    for number, rpm in enumerate(monitor.fans_rpm):
        part[0x0B + number] = 0 if rpm is None else VALID | min(rpm // 50, 0x7F)
    for number, volts in enumerate(monitor.volts):
        part[0x0F + number] = _tenths(volts)
    part[0x21] = monitor.doors_open[0] | monitor.doors_open[1] << 1
    part[0x22:0x32] = monitor.ribbons
    return bytes(part)


def _temperature(celsius: float | None) -> bytes:
    if celsius is None:
        return b"\x00\x00"
    return bytes((VALID | (celsius < 0), min(round(abs(celsius) * 2), 0xFF)))


def _tenths(volts: float | None) -> int:
    return 0 if volts is None else VALID | min(round(volts * 10), 0x7F)

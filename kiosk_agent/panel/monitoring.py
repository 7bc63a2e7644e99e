"""A receiving card's monitoring block (register 0A000000), read into facts."""

from __future__ import annotations

from kiosk_agent.panel.survey import NO_MONITOR, Cabinet, Card, Unknown

VALID = 0x80
FITTED = 0xFF
NO_SENSOR = Unknown("the card has no reading of it")
BLOCK_BYTES = 0x52


def parse(block: bytes) -> Card:
    """Return what the first 82 bytes of the block say; a shorter one says only that the card answers."""
    if len(block) < BLOCK_BYTES:
        short = Unknown(f"the card's answer has {len(block)} bytes instead of {BLOCK_BYTES}")
        return Card(True, short, short, short)
    cabinet = _cabinet(block) if block[0x20] == FITTED else NO_MONITOR
    return Card(True, _temperature(block[0], block[1]), _tenths(block[3]), cabinet)


def _cabinet(block: bytes) -> Cabinet:
    return Cabinet(
        temperature_milli=_temperature(block[0x27], block[0x28]),
        humidity_percent=block[0x29] & ~VALID if block[0x29] & VALID else NO_SENSOR,
        smoke=bool(block[0x2A] & 1),
        fans_rpm=tuple((one & ~VALID) * 50 if one & VALID else NO_SENSOR for one in block[0x2B:0x2F]),
        rails_milli=tuple(_tenths(one) for one in block[0x2F:0x38]),
        doors_open=(bool(block[0x41] & 1), bool(block[0x41] & 2)),
        ribbons_open=int.from_bytes(block[0x42:0x52], "little"),
    )


def _temperature(flags: int, half_degrees: int) -> int | Unknown:
    if not flags & VALID:
        return NO_SENSOR
    return half_degrees * (-500 if flags & 1 else 500)


def _tenths(value: int) -> int | Unknown:
    return (value & ~VALID) * 100 if value & VALID else NO_SENSOR

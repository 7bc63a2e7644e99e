"""NovaStar's frames as a client sees them: requests are put together, replies are found in a stream of bytes.

Form: RS232 Protocol for Nova M3 Control System V1.9, chapter 2. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from kiosk_agent.panel.registers import ALL_BOARDS, ALL_PORTS, Device, Read, Write
from kiosk_agent.panel.survey import Place

COMPUTER = 0xFE
OVERHEAD = 20
MOST_CONTENT = 4096
_REQUEST = struct.Struct("<HBBBBBBHBBIH")
_REPLY = struct.Struct("<HBBBBBBHBBIH")
_ASKS, _ANSWERS = 0xAA55, 0x55AA
_START = _ANSWERS.to_bytes(2, "little")


class Reply(NamedTuple):
    """One sound reply to this computer."""

    ack: int
    serial: int
    device: int
    is_write: bool
    register: int
    content: bytes


def read_request(serial: int, what: Read, place: Place | None = None) -> bytes:
    """Return the frame that reads a field of the controller, or of the card at a place."""
    port, board = place or (0, 0)
    head = _REQUEST.pack(
        _ASKS, 0, serial, COMPUTER, 0, what.device.value, port, board, 0, 0, what.register, what.length
    )
    return head + _checksum(head)


def write_request(serial: int, what: Write) -> bytes:
    """Return the frame of a permitted write; without a place it goes to all cards."""
    port, board = what.place or (ALL_PORTS, ALL_BOARDS)
    register = what.setting.value
    head = _REQUEST.pack(_ASKS, 0, serial, COMPUTER, 0, Device.CARD.value, port, board, 1, 0, register, 1)
    body = head + bytes((what.level,))
    return body + _checksum(body)


class Replies:
    """Finds replies in what comes in. Junk, damaged frames and those for others are passed over."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, piece: bytes) -> list[Reply]:
        """Return the replies that have become complete."""
        self._rest += piece
        found: list[Reply] = []
        while (start := self._rest.find(_START)) >= 0:
            del self._rest[:start]
            if len(self._rest) < OVERHEAD:
                return found
            total = _total(self._rest)
            if total > OVERHEAD + MOST_CONTENT:
                del self._rest[0]
                continue
            if len(self._rest) < total:
                # a length that was damaged would wait for ever: what follows may hold a whole reply
                return found + self._inside()
            frame = bytes(self._rest[:total])
            if frame[-2:] != _checksum(frame[:-2]):
                del self._rest[0]
                continue
            del self._rest[:total]
            found += _for_us(frame)
        del self._rest[: max(0, len(self._rest) - 1)]
        return found

    def _inside(self) -> list[Reply]:
        start = self._rest.find(_START, 1)
        while start >= 0:
            total = _total(self._rest[start:])
            frame = bytes(self._rest[start : start + total])
            if len(frame) == total and frame[-2:] == _checksum(frame[:-2]):
                del self._rest[: start + total]
                return _for_us(frame) + self.feed(b"")
            start = self._rest.find(_START, start + 1)
        return []


def _total(start: bytes | bytearray) -> int:
    """Return how long a frame is; a reply that tells of an error may name the length asked for and hold nothing."""
    is_error, bare = start[2:3] != b"\x00", bytes(start[:OVERHEAD])
    if is_error and len(bare) == OVERHEAD and bare[-2:] == _checksum(bare[:-2]):
        return OVERHEAD
    return OVERHEAD + int.from_bytes(start[16:18], "little")


def _for_us(frame: bytes) -> list[Reply]:
    _, ack, serial, _, destination, device, _, _, code, _, register, _ = _REPLY.unpack(frame[:18])
    if destination != COMPUTER:
        return []
    return [Reply(ack, serial, device, bool(code), register, frame[18:-2])]


def _checksum(frame: bytes) -> bytes:
    return ((sum(frame[2:]) + 0x5555) & 0xFFFF).to_bytes(2, "little")

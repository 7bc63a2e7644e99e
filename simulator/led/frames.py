"""NovaStar's frames as the controller sees them: requests are found in a stream of bytes, replies are put together.

Form: RS232 Protocol for Nova M3 Control System V1.9, chapter 2. Numbers are little-endian.
"""

from __future__ import annotations

from dataclasses import dataclass

REQUEST_HEAD = b"\x55\xaa"
REPLY_HEAD = b"\xaa\x55"
HEAD_BYTES = 18
LEAST_BYTES = 20
MOST_LENGTH = 2048
ALL_PORTS, ALL_BOARDS = 0xFF, 0xFFFF

OK, ABSENT, BAD_CHECKSUM, INVALID = 0, 1, 2, 4


@dataclass(frozen=True)
class Request:
    """One request."""

    serial: int
    source: int
    destination: int
    device: int
    port: int
    board: int
    writes: bool
    register: int
    length: int
    content: bytes
    sound: bool
    """Whether its checksum was right."""


def checksum(body: bytes) -> bytes:
    """Return the two bytes that end a frame; `body` is everything between the head and them."""
    return ((sum(body) + 0x5555) & 0xFFFF).to_bytes(2, "little")


class Listener:
    """Finds requests in what comes in, whatever the pieces; what is none is passed over byte by byte."""

    def __init__(self) -> None:
        self._waiting = b""

    def hear(self, piece: bytes) -> list[Request]:
        """Return the requests that are complete now."""
        self._waiting += piece
        found: list[Request] = []
        while True:
            start = self._waiting.find(REQUEST_HEAD)
            if start < 0:
                self._waiting = self._waiting[-1:] if self._waiting.endswith(REQUEST_HEAD[:1]) else b""
                return found
            self._waiting = self._waiting[start:]
            if len(self._waiting) < LEAST_BYTES:
                return found
            length = int.from_bytes(self._waiting[16:18], "little")
            if length > MOST_LENGTH:
                self._waiting = self._waiting[1:]
                continue
            total = LEAST_BYTES + (length if self._waiting[10] else 0)
            if len(self._waiting) < total:
                return found
            found.append(_request(self._waiting[:total], length))
            self._waiting = self._waiting[total:]


def reply(request: Request, ack: int, content: bytes = b"", *, port: int | None = None) -> bytes:
    """Return the reply to a request; `port` where it does not echo the request's."""
    body = bytes(
        (
            ack,
            request.serial,
            request.destination,
            request.source,
            request.device,
            request.port if port is None else port,
        )
    )
    body += request.board.to_bytes(2, "little") + bytes((request.writes, 0)) + request.register.to_bytes(4, "little")
    body += len(content).to_bytes(2, "little") + content
    return REPLY_HEAD + body + checksum(body)


def _request(frame: bytes, length: int) -> Request:
    return Request(
        serial=frame[3],
        source=frame[4],
        destination=frame[5],
        device=frame[6],
        port=frame[7],
        board=int.from_bytes(frame[8:10], "little"),
        writes=bool(frame[10]),
        register=int.from_bytes(frame[12:16], "little"),
        length=length,
        content=frame[HEAD_BYTES:-2],
        sound=frame[-2:] == checksum(frame[2:-2]),
    )

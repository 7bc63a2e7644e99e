"""What goes wrong between a controller and the program that asks it: late, lost, doubled, torn, foreign, cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

JUNK = b"\x00\xaa\x55\xaa\x55\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\xaa"


@dataclass(frozen=True)
class Piece:
    """Bytes to send after a wait; None cuts the connection instead."""

    content: bytes | None
    after_s: float = 0.0


@dataclass
class Wire:
    """Counts of what the next replies suffer, and what all of them do."""

    drop: int = 0
    duplicate: int = 0
    wrong_serial: int = 0
    reset: int = 0
    junk: int = 0
    delay_s: float = 0.0
    split_at: int | None = None
    """Every reply goes out in two pieces, the first so many bytes long."""
    contended: bool = False
    """Another program fights for the session: every connection is cut when it asks something."""

    def send(self, reply: bytes) -> Iterator[Piece]:
        """Yield what is sent instead of a reply."""
        if self.contended or self._take("reset"):
            yield Piece(None)
            return
        if self._take("drop"):
            return
        wait_s = self.delay_s
        if self._take("junk"):
            yield Piece(JUNK)
        if self._take("wrong_serial"):
            yield Piece(_other_serial(reply))
        for _ in range(2 if self._take("duplicate") else 1):
            cut = min(self.split_at or 0, len(reply))
            if cut:
                yield Piece(reply[:cut], wait_s)
                wait_s = 0.0
            yield Piece(reply[cut:], wait_s + (0.002 if cut else 0.0))
            wait_s = 0.0

    def _take(self, name: str) -> bool:
        left = int(getattr(self, name))
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


def _other_serial(reply: bytes) -> bytes:
    body = reply[2:3] + bytes(((reply[3] + 7) & 0xFF,)) + reply[4:-2]
    return reply[:2] + body + ((sum(body) + 0x5555) & 0xFFFF).to_bytes(2, "little")

"""A seal: what a file's bytes were when they were verified, piece by piece (V12).

Each piece is checked anew when it is read for display, so that there is no moment between check and use. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

LEAST_PIECE = 64 << 10
MOST_PIECES = 256
"""So that a seal stays below 9 KiB, however large the file is."""
DIGITS = 32
"""Hexadecimal digits kept of each piece's SHA-256: 128 bits, for nobody may look for a second file that fits."""


class Seal(NamedTuple):
    """A file's size, the size of its pieces (the last may be shorter), and their digests one after the other."""

    size: int
    piece: int
    digests: str

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return -(-self.size // self.piece)

    def length(self, number: int) -> int:
        """Return how many bytes a piece has."""
        return min(self.piece, self.size - number * self.piece)

    def holds(self, number: int, content: bytes) -> bool:
        """Tell whether a piece is what it was."""
        return _digest(content) == self.digests[number * DIGITS : (number + 1) * DIGITS]


class Verified(NamedTuple):
    """A file whose digest was verified, with the seal that was taken in the same pass."""

    path: Path
    seal: Seal


def piece_of(size: int) -> int:
    """Return the size of the pieces of a file."""
    return max(LEAST_PIECE, -(-size // MOST_PIECES))


def seal(size: int, pieces: Iterable[bytes]) -> tuple[str, Seal]:
    """Return a file's SHA-256 and its seal from its pieces of `piece_of(size)` bytes, in one pass."""
    whole, digests, total = hashlib.sha256(), [], 0
    for content in pieces:
        whole.update(content)
        digests.append(_digest(content))
        total += len(content)
    return whole.hexdigest(), Seal(total, piece_of(size), "".join(digests))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]

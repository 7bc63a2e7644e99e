"""The verdict on the picture: what the panel's pixels turned out to be, beside what was planned."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a player says of its picture; `unknown` neither raises nor clears a fault."""

    UNKNOWN = "unknown"
    FINE = "fine"
    FROZEN = "frozen"
    BLACK = "black"
    WRONG = "wrong"
    WRONG_SIZE = "wrong_size"
    OUTPUT_MISSING = "output_missing"

"""What happens to a fault: the condition's edges, and what people do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Word(StrEnum):
    """What happened."""

    RAISED = "raised"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    STARTED = "started"
    """Somebody works on it."""
    SHELVED = "shelved"
    """Hidden until a time that is said."""
    UNSHELVED = "unshelved"
    ESCALATED = "escalated"
    """It was acknowledged and nothing came of it: it is new again."""
    RESET = "reset"
    """Somebody looked and lets a latched alarm go."""


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One entry of a fault's log; entries are read by time, then by id (UUIDv7), in whatever order they came."""

    at: datetime
    id: UUID
    word: Word
    until: datetime | None = None
    """Of SHELVED only."""

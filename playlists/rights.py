"""Where a medium comes from, who made it, and by which right it is shown: what an office must be able to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_SOURCE = 300
MOST_AUTHOR = 160
MOST_NOTE = 300


class RightOfUse(StrEnum):
    """By which right a medium is shown."""

    UNKNOWN = "unknown"
    OWN = "own"
    """Made by the agency's own people."""
    LICENSED = "licensed"
    """By contract or with written consent; the note names it."""
    FREE = "free"
    """Under a free licence; the note names it."""
    OFFICIAL = "official"
    """A document or sign of the state, which everybody may use."""


@dataclass(frozen=True, slots=True)
class Rights:
    """The origin of a medium; `until` is the last local day of the right of use, None for one without an end."""

    source: str = ""
    author: str = ""
    right: RightOfUse = RightOfUse.UNKNOWN
    note: str = ""
    until: date | None = None

    def are_missing(self, today: date) -> bool:
        """Tell whether somebody must still say something about it, or the right of use is over."""
        named = bool(self.source.strip() and self.author.strip())
        return not named or self.right is RightOfUse.UNKNOWN or self.has_ended(today)

    def has_ended(self, today: date) -> bool:
        """Tell whether the last day of the right of use is past."""
        return self.until is not None and self.until < today

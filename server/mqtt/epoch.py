"""Whether the broker still remembers: a mark that the server leaves in it, retained, and reads back.

This only gathers what the broker says; whether that is the mark of the database is decided by who publishes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from playlists.wire.messages import Epoch, Malformed, decode

GRACE_S = 2.0
"""How long after the subscription the retained mark may take to arrive; a false alarm only publishes again."""


class EpochWatch:
    """Gathers, once for each connection, the marks that the broker holds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deadline: float | None = None
        self._marks: set[UUID] = set()

    def subscribed(self) -> None:
        """Begin to wait for the retained mark of a new connection."""
        self._deadline = self._clock() + GRACE_S
        self._marks.clear()

    def hear(self, payload: bytes) -> None:
        """Take what stands on the mark's topic; what is malformed is no mark of ours."""
        try:
            self._marks.add(decode(Epoch, payload).epoch)
        except Malformed:
            return

    def found(self) -> frozenset[UUID] | None:
        """Return the broker's marks (none: it forgot) once they can be known, once for each connection; else None."""
        if self._deadline is None or (not self._marks and self._clock() < self._deadline):
            return None
        self._deadline = None
        return frozenset(self._marks)

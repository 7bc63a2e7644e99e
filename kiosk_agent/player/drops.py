"""How many of the frames of the last half minute were not shown in time."""

from __future__ import annotations

from collections import deque

WINDOW_S = 30.0


class Drops:
    """Counts over a window; a new process of the player begins at zero again."""

    def __init__(self) -> None:
        self._counts: deque[tuple[float, int, int]] = deque()

    def note(self, mono_s: float, shown: int, lost: int) -> int | None:
        """Take what a process has shown and lost since it began; return the lost ones in thousandths of the window.

        None until the window is full.
        """
        if self._counts and (shown < self._counts[-1][1] or lost < self._counts[-1][2]):
            self._counts.clear()
        self._counts.append((mono_s, shown, lost))
        while len(self._counts) > 1 and self._counts[1][0] <= mono_s - WINDOW_S:
            self._counts.popleft()
        began_s, shown_before, lost_before = self._counts[0]
        if mono_s - began_s < WINDOW_S:
            return None
        dropped, seen = lost - lost_before, shown - shown_before
        return dropped * 1000 // (dropped + seen) if dropped + seen else 0

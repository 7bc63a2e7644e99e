"""How long to wait before the next try: full jitter under a doubling ceiling."""

from __future__ import annotations

import random
from collections.abc import Callable


class FullJitter:
    """Waits drawn evenly from zero to a ceiling that doubles with each failure, so that a crowd spreads out.

    See "Exponential Backoff And Jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
    """

    def __init__(self, first_s: float = 0.5, most_s: float = 30.0, draw: Callable[[], float] = random.random) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._draw = draw
        self._failures = 0

    def next_s(self) -> float:
        """Return the next wait in seconds, and count one failure."""
        ceiling = min(self._most_s, self._first_s * 2 ** min(self._failures, 32))
        self._failures += 1
        return float(ceiling * self._draw())

    def reset(self) -> None:
        """Begin anew after a success."""
        self._failures = 0

"""Full jitter: waits drawn evenly from zero to a ceiling that doubles with each failure, so a crowd spreads out."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_S = 1.0
MOST_S = 300.0


@dataclass(frozen=True, slots=True)
class Retry:
    """Failures in a row, and the monotonic second before which nothing is tried again."""

    failures: int = 0
    not_before_s: float = 0.0

    def failed(self, mono_s: float, chance: float, least_s: float = 0.0) -> Retry:
        """Return the wait after one more failure; `least_s` is what the server asked for (Retry-After)."""
        wait_s = max(full_jitter_s(self.failures, chance), min(least_s, MOST_S))
        return Retry(self.failures + 1, mono_s + wait_s)

    def due(self, mono_s: float) -> bool:
        """Tell whether it may be tried now."""
        return mono_s >= self.not_before_s


RESTED = Retry()


def full_jitter_s(failures: int, chance: float, most_s: float = MOST_S) -> float:
    """Return seconds to wait after so many earlier failures; `chance` is a random number in [0, 1)."""
    return float(chance * min(most_s, FIRST_S * 2.0 ** min(failures, 32)))

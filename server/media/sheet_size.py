"""How large a contact sheet is: what the server and the confined child that draws it both need to know."""

from __future__ import annotations

PAGE_S = 30
"""Seconds of the clip on one page."""
COLUMNS = 6
CELL_PX = 240
"""The longer side of a picture."""
GAP_PX = 4


def pages(duration_ms: int) -> int:
    """Return how many pages a clip has."""
    return max(1, -(-duration_ms // (1000 * PAGE_S)))

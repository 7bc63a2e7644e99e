"""Where the cabinets of a panel are, in few words: what a kiosk says with its readings, and what draws the panel.

A text is runs of `PORT CARD ROW COLUMN DOWN RIGHT COUNT` with `;` between them: so many cards of a port one after
another, each so many rows down and columns right of the one before. Everything counts from 1, seen from the front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

CHECK = "panel_map"
MOST_CABINETS, MOST_LINE, MOST_TEXT = 2000, 200, 300
_RUN = re.compile(r"(\d{1,2}) (\d{1,4}) (\d{1,3}) (\d{1,3}) (-?\d{1,3}) (-?\d{1,3}) (\d{1,4})", re.ASCII)


class Cabinet(NamedTuple):
    """One cabinet: whose card it has, and where it is."""

    port: int
    card: int
    row: int
    column: int


def write(cabinets: Iterable[Cabinet]) -> str | None:
    """Return cabinets as a text, or None where they are too irregular for a short one."""
    runs: list[list[Cabinet]] = []
    for one in sorted(cabinets):
        if runs and _goes_on(runs[-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    text = ";".join(map(_written, runs))
    return text if len(text) <= MOST_TEXT else None


def read(text: str) -> list[Cabinet]:
    """Read a text.

    Raises:
        ValueError: it is none, has too many cabinets, or puts two at one place or one card at two.
    """
    if len(text) > MOST_TEXT:
        raise ValueError("the text is too long")
    found: list[Cabinet] = []
    for run in text.split(";"):
        matched = _RUN.fullmatch(run)
        if matched is None:
            raise ValueError(f"'{run[:40]}' is no run of cabinets")
        port, card, row, column, down, right, count = map(int, matched.groups())
        if len(found) + count > MOST_CABINETS:
            raise ValueError(f"a panel has at most {MOST_CABINETS} cabinets")
        found += [Cabinet(port, card + n, row + down * n, column + right * n) for n in range(count)]
    if any(not (1 <= one.row <= MOST_LINE and 1 <= one.column <= MOST_LINE) for one in found):
        raise ValueError(f"rows and columns count from 1 to {MOST_LINE}")
    for seen in ({one[:2] for one in found}, {one[2:] for one in found}):
        if len(seen) != len(found):
            raise ValueError("a card or a place stands twice")
    return found


def _goes_on(run: list[Cabinet], one: Cabinet) -> bool:
    last = run[-1]
    if (one.port, one.card) != (last.port, last.card + 1):
        return False
    return len(run) == 1 or _step(last, one) == _step(run[0], run[1])


def _step(one: Cabinet, other: Cabinet) -> tuple[int, int]:
    return other.row - one.row, other.column - one.column


def _written(run: list[Cabinet]) -> str:
    down, right = _step(run[0], run[1]) if len(run) > 1 else (0, 0)
    return " ".join(map(str, (*run[0], down, right, len(run))))

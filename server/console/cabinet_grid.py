"""A panel's cabinets as a drawing: which are in order, which are not, and why, in words beside the marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from playlists import cabinets
from playlists.cabinets import Cabinet
from playlists.fault import Severity
from playlists.wire.messages import Health
from server.console import words
from server.console.texts import Texts
from server.tables import Alarm, KioskStatus

CELL_WIDTH, CELL_HEIGHT = 64, 40
_PORT, _CARD = re.compile(r"^port (\d{1,2})\b"), re.compile(r"^port \d{1,2} card (\d{1,4})\b")
_RANKS = list(Severity)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cabinet in the drawing. `mark` says by a sign what `tone` says by a colour."""

    x: int
    y: int
    name: str
    part: str
    tone: str
    mark: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """All cabinets; lengths are units of the drawing."""

    width: int
    height: int
    cells: list[Cell]

    @property
    def broken(self) -> list[Cell]:
        """Those that are not in order."""
        return [one for one in self.cells if one.faults]


def map_of(status: KioskStatus | None) -> list[Cabinet]:
    """Return where the cabinets are, as the kiosk last said; none where it says nothing that can be read."""
    if status is None:
        return []
    try:
        readings = Health.model_validate(status.health).readings
    except ValidationError:
        return []
    text = next((one.detail for one in readings if one.check == cabinets.CHECK), "")
    try:
        return cabinets.read(text)
    except ValueError:
        return []


def draw(texts: Texts, places: Sequence[Cabinet], alarms: Iterable[Alarm]) -> Grid | None:
    """Draw cabinets, seen from the front, with the alarms of each; None where nobody knows where they are."""
    if not places:
        return None
    found = _by_cabinet(places, alarms)
    cells = [_cell(texts, one, found.get(one, [])) for one in sorted(places, key=lambda one: (one.row, one.column))]
    columns, rows = max(one.column for one in places), max(one.row for one in places)
    return Grid(columns * CELL_WIDTH, rows * CELL_HEIGHT, cells)


def _by_cabinet(places: Sequence[Cabinet], alarms: Iterable[Alarm]) -> Mapping[Cabinet, list[Alarm]]:
    found: dict[Cabinet, list[Alarm]] = {}
    for row in alarms:
        port, card = _PORT.match(row.subject), _CARD.match(row.subject)
        if port is None:
            continue
        for one in places:
            if one.port == int(port[1]) and (card is None or one.card == int(card[1])):
                found.setdefault(one, []).append(row)
    return found


def _cell(texts: Texts, one: Cabinet, alarms: Sequence[Alarm]) -> Cell:
    name = texts.say(
        "row %(row)s, column %(column)s: port %(port)s, card %(card)s",
        row=one.row, column=one.column, port=one.port, card=one.card,
    )  # fmt: skip
    worst: Any = min((row.severity for row in alarms), key=_rank, default=None)
    tone = words.severity_tone(worst) if worst is not None else "good"
    faults = tuple(words.fault_name(texts, row.code) for row in sorted(alarms, key=lambda row: _rank(row.severity)))
    mark = "" if worst is None else "✕" if tone == "bad" else "!"
    return Cell(
        (one.column - 1) * CELL_WIDTH,
        (one.row - 1) * CELL_HEIGHT,
        name,
        f"port {one.port} card {one.card}",
        str(tone),
        mark,
        faults,
    )


def _rank(severity: str) -> int:
    return _RANKS.index(Severity(severity)) if severity in set(Severity) else len(_RANKS)

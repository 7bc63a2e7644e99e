"""A status board for tests: a gate with opening hours, lanes, waiting minutes, temperature, clock and the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.board import Board, Box, Face, OnStale, Place, Slot, SlotKind, tiles_of
from playlists.board_values import Values
from playlists.daypart import DayException, Locality, Week, WeeklyWindow
from playlists.language import SegmentLanguage

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
HERE = Locality(TZ)
BOARD = UUID("01980000-0000-7000-8000-0000000000b0")
WEEK = Week(
    windows=(WeeklyWindow(weekdays=(1, 2, 3, 4, 5, 6, 7), start="07:00", end="19:00"),),
    exceptions=(DayException(date=date(2026, 11, 29), windows=()),),
)
GATE = Slot(
    name="gate",
    kind=SlotKind.PHRASE,
    phrases=("open", "closed", "limited"),
    hours=WEEK,
    open_phrase="open",
    closed_phrase="closed",
)
UNTIL = Slot(name="gate_until", kind=SlotKind.UNTIL, of="gate")
LANES = Slot(name="lanes", kind=SlotKind.DIGITS, least=0, most=12)
WAIT = Slot(name="wait", kind=SlotKind.DIGITS, least=0, most=240)
HEAT = Slot(name="heat", kind=SlotKind.TEMPERATURE, least=-20, most=60)
CLOCK = Slot(name="clock", kind=SlotKind.CLOCK)
LEFT = Slot(name="left", kind=SlotKind.COUNTDOWN, deadline=date(2026, 12, 25))
AS_OF = Slot(name="as_of", kind=SlotKind.AS_OF)
ALL = (GATE, UNTIL, LANES, WAIT, HEAT, CLOCK, LEFT, AS_OF)
CALM = (GATE, UNTIL, WAIT, AS_OF)
"""Without what changes by the minute."""
BASE, SHEET = "ba" * 32, "5e" * 32


def local(text: str) -> datetime:
    """Return the UTC time of a local one, written `2026-11-26 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=TZ).astimezone(UTC)


NOW = local("2026-11-26 08:00")


def face(slots: tuple[Slot, ...], base: str = BASE, sheet: str = SHEET) -> Face:
    """Return a face whose tiles are 10x20 px and lie in one row for each slot."""
    places = {}
    for row, slot in enumerate(slots):
        cells = {tile: Box(10 * column, 20 * row, 10, 20) for column, tile in enumerate(sorted(tiles_of(slot)))}
        places[slot.name] = Place(box=Box(100, 20 * row, 200, 20), cells=cells)
    return Face(
        language=SegmentLanguage.VI,
        base=base,
        sheet=sheet,
        sheet_size=900,
        places=places,
        plate=Box(0, 400, 200, 100),
        plate_at=Box(100, 0, 200, 100),
    )


def board(slots: tuple[Slot, ...] = CALM, *, on_stale: OnStale = OnStale.KEEP, max_age_s: int | None = 3600) -> Board:
    return Board(id=BOARD, name="Trà Lĩnh", slots=slots, faces=(face(slots),), max_age_s=max_age_s, on_stale=on_stale)


def stated(
    seq: int = 1, at: datetime = NOW, hours: float = 10, until: dict[str, datetime] | None = None, **values: Any
) -> Values:
    return Values(
        board=BOARD, seq=seq, set_at=at, expires_at=at + timedelta(hours=hours), values=values, until=until or {}
    )

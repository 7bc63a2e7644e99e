"""What a status board shows at a time: a pure function of the board, its values and the time.

Stated values go first while they last; after their end the calendar of a slot speaks again, and what nobody has said
is not known. Everything holds with the link cut. With a clock that is not trusted nothing that depends on the time is
claimed: neither the calendar nor the clock, and values count as stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from playlists.board import AS_OF, DEGREES, UNKNOWN, UNTIL, Board, OnStale, Slot, SlotKind
from playlists.board_values import Value, Values
from playlists.daypart import Locality, Week, midnight_of

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
Tiles = tuple[str, ...]


class Standing(StrEnum):
    """How a board stands."""

    CURRENT = "current"
    STALE = "stale"
    """Something is old or not known, and is shown as such."""
    PLATE = "plate"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a board shows in [since, until), UTC: the tiles of each slot in order.

    With the standing `plate` there are no tiles, and with `dropped` the board is not on air at all.
    """

    standing: Standing
    tiles: tuple[tuple[str, Tiles], ...]
    since: datetime
    until: datetime
    seq: int = 0
    """The number of the values that count, 0 for none."""


def shown(board: Board, values: Values | None, at: datetime, locality: Locality, *, clock_trusted: bool) -> Shown:
    """Return what a board shows at an aware time; `values` are its newest valid ones."""
    edges = sorted(_edges(board, values, at, locality))
    since = max(edge for edge in edges if edge <= at)
    until = min(edge for edge in edges if edge > at)
    said = values if values is not None and (at < values.expires_at or not clock_trusted) else None
    seq = said.seq if said is not None else 0
    is_stale = any(not _is_current(board, slot, said, at, clock_trusted) for slot in board.slots)
    if is_stale and board.on_stale is not OnStale.KEEP:
        standing = Standing.DROPPED if board.on_stale is OnStale.DROP else Standing.PLATE
        return Shown(standing, (), since, until, seq)
    tiles = tuple((slot.name, _tiles(board, slot, said, at, locality, clock_trusted)) for slot in board.slots)
    return Shown(Standing.STALE if is_stale else Standing.CURRENT, tiles, since, until, seq)


def absent(
    boards: Iterable[Board], values: Mapping[str, Values], at: datetime, locality: Locality, *, clock_trusted: bool
) -> tuple[frozenset[str], datetime, datetime] | None:
    """Return the base segments of boards that are dropped at a time, and the bounds within which that does not change.

    `values` are by the board's id as text. None when no board can ever be dropped.
    """
    dropping = [board for board in boards if board.on_stale is OnStale.DROP]
    if not dropping:
        return None
    gone: frozenset[str] = frozenset()
    since, until = at - _DAY, at + _DAY
    for board in dropping:
        said = values.get(str(board.id))
        found = shown(board, said, at, locality, clock_trusted=clock_trusted)
        ends = sorted(edge for edge in _drops(board, said) if clock_trusted)
        since = max([since, *(edge for edge in ends if edge <= at)])
        until = min([until, *(edge for edge in ends if edge > at)])
        if found.standing is Standing.DROPPED:
            gone |= board.bases
    return gone, since, until


def stated(slot: Slot, values: Values | None, at: datetime, *, clock_trusted: bool) -> Value | None:
    """Return what a person or another system has stated for a slot and what still counts at a time."""
    if values is None:
        return None
    return values.stated(slot.name, at) if clock_trusted else values.values.get(slot.name)


def _is_current(board: Board, slot: Slot, values: Values | None, at: datetime, clock_trusted: bool) -> bool:
    """Tell whether what a slot shows is known and young enough."""
    if not slot.kind.is_settable:
        return clock_trusted or slot.kind in (SlotKind.AS_OF, SlotKind.UNTIL)
    if not clock_trusted:
        return False
    if stated(slot, values, at, clock_trusted=True) is None:
        return slot.hours is not None
    if values is None or board.max_age_s is None or slot.hours is not None:
        return True
    return at < values.said_at(slot.name) + timedelta(seconds=board.max_age_s)


def _tiles(
    board: Board, slot: Slot, values: Values | None, at: datetime, locality: Locality, clock_trusted: bool
) -> Tiles:
    said = stated(slot, values, at, clock_trusted=clock_trusted)
    match slot.kind:
        case SlotKind.PHRASE:
            return (said if isinstance(said, str) else _of_calendar(slot, at, locality, clock_trusted),)
        case SlotKind.DIGITS:
            return tuple(str(said)) if said is not None else (UNKNOWN,)
        case SlotKind.TEMPERATURE:
            return (*str(said), DEGREES) if said is not None else (UNKNOWN,)
        case SlotKind.AS_OF:
            oldest = _oldest(board, values, at, clock_trusted)
            return (AS_OF, " ", *_time(oldest, at, locality, clock_trusted)) if oldest is not None else ()
        case SlotKind.UNTIL:
            return _until(board, slot, values, at, locality, clock_trusted)
    if not clock_trusted:
        return (UNKNOWN,)
    local = at.astimezone(locality.tz)
    if slot.kind is SlotKind.CLOCK:
        return tuple(local.strftime("%H:%M"))
    return tuple(str(max(0, (slot.deadline - local.date()).days))) if slot.deadline is not None else (UNKNOWN,)


def _oldest(board: Board, values: Values | None, at: datetime, clock_trusted: bool) -> datetime | None:
    """Return when the oldest value on the board was stated; one that only departs from a calendar is as good as new."""
    said = [slot for slot in board.slots if stated(slot, values, at, clock_trusted=clock_trusted) is not None]
    if values is None or not said:
        return None
    ageing = [slot for slot in said if slot.hours is None]
    return min((values.said_at(slot.name) for slot in ageing), default=values.set_at)


def _of_calendar(slot: Slot, at: datetime, locality: Locality, clock_trusted: bool) -> str:
    if slot.hours is None or not clock_trusted:
        return UNKNOWN
    phrase = slot.open_phrase if _is_open(slot.hours, at, locality) else slot.closed_phrase
    return phrase or UNKNOWN


def _until(
    board: Board, slot: Slot, values: Values | None, at: datetime, locality: Locality, clock_trusted: bool
) -> Tiles:
    target = next((one for one in board.slots if one.name == slot.of), None)
    if target is None or values is None or target.name not in values.until:
        return ()
    if stated(target, values, at, clock_trusted=clock_trusted) is None:
        return ()
    return UNTIL, " ", *_time(values.until[target.name], at, locality, clock_trusted)


def _time(moment: datetime, at: datetime, locality: Locality, clock_trusted: bool) -> Tiles:
    """Return hours and minutes, with the day before them when it is not that of `at`, or that is not known."""
    local = moment.astimezone(locality.tz)
    is_today = clock_trusted and local.date() == at.astimezone(locality.tz).date()
    return tuple(local.strftime("%H:%M" if is_today else "%d/%m %H:%M"))


def _is_open(week: Week, at: datetime, locality: Locality) -> bool:
    return any(start <= at < end for start, end in _spans(week, at, locality))


def _spans(week: Week, at: datetime, locality: Locality) -> Iterator[tuple[datetime, datetime]]:
    day = at.astimezone(locality.tz).date()
    for near in (day - _DAY, day, day + _DAY):
        yield from week.on(near, locality)


def _edges(board: Board, values: Values | None, at: datetime, locality: Locality) -> Iterator[datetime]:
    """Yield the times around `at` at which anything may change; at least the local midnights around it."""
    day = at.astimezone(locality.tz).date()
    yield midnight_of(day, locality.tz)
    yield midnight_of(day + _DAY, locality.tz)
    yield at - _DAY
    if any(slot.kind is SlotKind.CLOCK for slot in board.slots):
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        yield minute
        yield minute + _MINUTE
    for slot in board.slots:
        if slot.hours is not None:
            for span in _spans(slot.hours, at, locality):
                yield from span
    yield from _drops(board, values)


def _drops(board: Board, values: Values | None) -> Iterator[datetime]:
    """Yield the times at which values begin, end or grow stale."""
    if values is None:
        return
    yield values.set_at
    yield values.expires_at
    yield from values.until.values()
    if board.max_age_s is not None:
        for slot in values.values:
            yield values.said_at(slot) + timedelta(seconds=board.max_age_s)

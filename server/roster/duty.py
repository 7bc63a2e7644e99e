"""Decides who is asked at a time, who next, and when too few can be reached; in values, without a database.

A shift says who is asked from one time to another, and in which order. Whoever is absent is left out; their
replacement stands in their place, unless that one is absent too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

LEAST_REACHABLE = 2
"""People who can sign at any time of a weekend; below this somebody is told."""
THURSDAY, SATURDAY = 4, 6
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift: who, in which order, from when to when (aware, UTC)."""

    shift_id: UUID
    user_id: UUID
    rank: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which somebody is not asked, and who is asked instead."""

    user_id: UUID
    starts_at: datetime
    ends_at: datetime
    replacement_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked: by which shift, until when, and for whom when it is not their own."""

    user_id: UUID
    shift_id: UUID
    rank: int
    until_at: datetime
    instead_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which fewer people can be reached than are needed."""

    starts_at: datetime
    ends_at: datetime
    people: int


def asked(turns: Iterable[Turn], away: Sequence[Away], at: datetime) -> list[Asked]:
    """Return who is asked at a time, first one first, each person once."""
    running = [turn for turn in turns if turn.starts_at <= at < turn.ends_at]
    found: dict[UUID, Asked] = {}
    for turn in sorted(running, key=lambda one: (one.rank, one.starts_at, one.shift_id)):
        absence = _absence(away, turn.user_id, at)
        if absence is None:
            found.setdefault(turn.user_id, Asked(turn.user_id, turn.shift_id, turn.rank, turn.ends_at))
            continue
        stand_in = absence.replacement_id
        if stand_in is not None and _absence(away, stand_in, at) is None:
            until = min(turn.ends_at, absence.ends_at)
            found.setdefault(stand_in, Asked(stand_in, turn.shift_id, turn.rank, until, turn.user_id))
    return list(found.values())


def reached(order: Sequence[Asked], since: datetime, at: datetime, next_after: timedelta) -> list[Asked]:
    """Return who has been asked by now: the first at once, one more after each `next_after` without an answer."""
    if not order:
        return []
    steps = max(at - since, timedelta(0)) // next_after if next_after > timedelta(0) else len(order)
    return list(order[: 1 + steps])


def next_asked_at(order: Sequence[Asked], since: datetime, at: datetime, next_after: timedelta) -> datetime | None:
    """Return when the next one will be asked too; None when everybody has been."""
    already = len(reached(order, since, at, next_after))
    return since + already * next_after if 0 < already < len(order) else None


def gaps(
    turns: Sequence[Turn], away: Sequence[Away], start: datetime, end: datetime, least: int = LEAST_REACHABLE
) -> list[Gap]:
    """Return the times between two instants in which fewer than `least` people are asked, joined where they touch."""
    spans = [(one.starts_at, one.ends_at) for one in turns] + [(one.starts_at, one.ends_at) for one in away]
    edges = sorted({start, end} | {edge for span in spans for edge in span if start < edge < end})
    found: list[Gap] = []
    for begin, finish in pairwise(edges):
        people = len(asked(turns, away, begin))
        if people >= least:
            continue
        if found and found[-1].ends_at == begin and found[-1].people == people:
            found[-1] = Gap(found[-1].starts_at, finish, people)
        else:
            found.append(Gap(begin, finish, people))
    return found


def weekend_ahead(at: datetime, tz: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return the weekend that is looked at from its Thursday on, as local Saturday 00:00 to Monday 00:00, in UTC.

    None from Monday to Wednesday. During the weekend only what is left of it is returned.
    """
    local = at.astimezone(tz)
    weekday = local.isoweekday()
    if weekday < THURSDAY:
        return None
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    saturday = midnight + timedelta(days=SATURDAY - weekday)
    start = saturday.replace(tzinfo=tz).astimezone(at.tzinfo)
    end = (saturday + timedelta(days=2)).replace(tzinfo=tz).astimezone(at.tzinfo)
    return max(start, at), end


def moved(turn: Turn, weeks: int, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a shift's times some weeks later at the same local time of day."""

    def later(moment: datetime) -> datetime:
        local = moment.astimezone(tz).replace(tzinfo=None) + timedelta(days=WEEK_DAYS * weeks)
        return local.replace(tzinfo=tz).astimezone(moment.tzinfo)

    return later(turn.starts_at), later(turn.ends_at)


def _absence(away: Iterable[Away], user_id: UUID, at: datetime) -> Away | None:
    return next((one for one in away if one.user_id == user_id and one.starts_at <= at < one.ends_at), None)

"""Statements: how a person's or a system's word becomes the next values document of a board. Pure.

A statement says some slots and leaves the others as they are. What has ended by itself is not carried on, and what is
carried on keeps the time at which it was really stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.board_values import LONGEST, Value, Values
from playlists.daypart import midnight_of
from playlists.instant import to_millis

LEAST = timedelta(seconds=60)
_DAY = timedelta(days=1)


class Unsaid(ValueError):
    """A statement that cannot be; the text is a sentence."""


def next_seq(before: int, now: datetime) -> int:
    """Return the number of the next document: the time in milliseconds, so that a restored database goes on above."""
    return max(before + 1, to_millis(now))


def day_end(now: datetime, tz: ZoneInfo) -> datetime:
    """Return the end of the local day (UTC), or of the next one when this one is over within the hour."""
    today = now.astimezone(tz).date()
    end = midnight_of(today + _DAY, tz)
    return end if end - now > timedelta(hours=1) else midnight_of(today + 2 * _DAY, tz)


def state(
    board: UUID,
    held: Values | None,
    said: Mapping[str, Value | None],
    now: datetime,
    *,
    seq: int,
    tz: ZoneInfo,
    until: datetime | None = None,
) -> Values:
    """Return the document after a statement; `None` takes a value back, `until` ends all that is said (UTC).

    Without an end the values count until the local day ends.

    Raises:
        Unsaid: the end lies in the past, in less than a minute, or after more than 31 days.
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if until is not None and not LEAST <= until - now <= LONGEST:
        raise Unsaid(
            f"A value lasts at least {LEAST.seconds} seconds and at most {LONGEST.days} days; give another end."
        )
    kept = _kept(held, said, now)
    values = kept | {slot: value for slot, value in said.items() if value is not None}
    fallback = day_end(now, tz)
    ends = {slot: held.until.get(slot, held.expires_at) for slot in kept} if held is not None else {}
    ends |= {slot: until or fallback for slot, value in said.items() if value is not None}
    stated_at = {slot: held.said_at(slot) for slot in kept} if held is not None else {}
    named = {slot for slot in kept if held is not None and slot in held.until}
    named |= {slot for slot, value in said.items() if value is not None} if until is not None else set()
    expires_at = min(max(ends.values(), default=fallback), now + LONGEST)
    return Values(
        board=board,
        seq=seq,
        set_at=now,
        expires_at=expires_at,
        values=values,
        until={slot: min(ends[slot], expires_at) for slot in values if slot in named or ends[slot] < expires_at},
        stated_at=stated_at,
    )


def _kept(held: Values | None, said: Mapping[str, Value | None], now: datetime) -> dict[str, Value]:
    if held is None:
        return {}
    still = {slot: held.stated(slot, now) for slot in held.values if slot not in said}
    return {slot: value for slot, value in still.items() if value is not None}

"""Logs for tests, in seconds from a beginning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from playlists.alarm.event import Event, Word
from playlists.alarm.judge import Standing, judge
from playlists.alarm.rule import AlarmRule

BEGIN = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
RULE = AlarmRule(on_delay_s=30, off_delay_s=10)


def at(second: float) -> datetime:
    """Return the time so many seconds from the beginning."""
    return BEGIN + timedelta(seconds=second)


def log(*entries: tuple[float, Word] | tuple[float, Word, float]) -> list[Event]:
    """Return a log; a third number is the second until which something is shelved."""
    return [
        Event(at(entry[0]), UUID(int=number), entry[1], at(entry[2]) if len(entry) == 3 else None)
        for number, entry in enumerate(entries)
    ]


def stands(second: float, *entries: tuple[float, Word] | tuple[float, Word, float], rule: AlarmRule = RULE) -> Standing:
    """Return where a log stands after so many seconds."""
    return judge(log(*entries), rule, at(second))

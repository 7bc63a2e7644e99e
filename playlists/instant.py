"""Instants: aware, in UTC, on the wire RFC 3339 with milliseconds and `Z`; naive times are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_utc(value: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        ValueError: the time is naive (it names no instant).
    """
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a time needs a time zone, for example 2026-11-23T08:00:00Z")
    return value.astimezone(UTC)


def format_instant(value: datetime) -> str:
    """Write an aware time as `2026-11-23T01:02:03.004Z` (UTC, milliseconds, cut not rounded)."""
    return to_utc(value).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 time with an offset and return it in UTC.

    Raises:
        ValueError: the text is not such a time, or carries no offset.
    """
    return to_utc(datetime.fromisoformat(text))


def to_micros(value: datetime) -> int:
    """Return whole microseconds since 1970-01-01T00:00:00Z of an aware time."""
    return (to_utc(value) - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the UTC time that lies so many microseconds after 1970-01-01T00:00:00Z."""
    return EPOCH + timedelta(microseconds=micros)


def to_millis(value: datetime) -> int:
    """Return whole milliseconds since 1970-01-01T00:00:00Z of an aware time."""
    return to_micros(value) // 1000


def from_millis(millis: int) -> datetime:
    """Return the UTC time that lies so many milliseconds after 1970-01-01T00:00:00Z."""
    return EPOCH + timedelta(milliseconds=millis)


Instant = Annotated[
    datetime, AfterValidator(to_utc), PlainSerializer(format_instant, return_type=str, when_used="json")
]
"""A pydantic field type: aware in, UTC inside, RFC 3339 with milliseconds and `Z` out."""

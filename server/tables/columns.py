"""Column shapes that every table shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.db import UtcMicros, new_id, now


def primary_key() -> Any:
    """A UUIDv7 made by the program."""
    return Field(default_factory=new_id, primary_key=True)


def made_at() -> Any:
    """When the row was made."""
    return Field(default_factory=now, sa_type=UtcMicros)


def instant() -> Any:
    """A time that must be given."""
    return Field(sa_type=UtcMicros)


def maybe_instant(*, index: bool = False) -> Any:
    """A time that may be missing."""
    return Field(default=None, sa_type=UtcMicros, index=index)


def reference(column: str, *, index: bool = True) -> Any:
    """A foreign key that must be given."""
    return Field(foreign_key=column, index=index)


def maybe_reference(column: str, *, index: bool = True) -> Any:
    """A foreign key that may be missing."""
    return Field(default=None, foreign_key=column, index=index)


def big_number(default: int | None = 0) -> Any:
    """A whole number of up to 63 bits: session numbers, sequence numbers, sizes in bytes."""
    return Field(default=default, sa_type=BigInteger)


def json_column(default: Any = dict) -> Any:
    """A JSON document."""
    return Field(default_factory=default, sa_type=JSON)


def maybe_json() -> Any:
    """A JSON document that may be missing: SQL NULL, not the JSON word null."""
    return Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)


__all__ = [
    "UUID",
    "big_number",
    "datetime",
    "instant",
    "json_column",
    "made_at",
    "maybe_instant",
    "maybe_json",
    "maybe_reference",
    "primary_key",
    "reference",
]

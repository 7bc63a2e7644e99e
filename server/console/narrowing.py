"""What narrows a list, as the address of its page says it: a value that is not known narrows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import urlencode
from uuid import UUID

Closed = TypeVar("Closed", bound=StrEnum)


class Listed(Protocol):
    """A row of a list that goes on."""

    @property
    def id(self) -> UUID:
        """By which the next rows are asked for."""


def address(path: str, query: Mapping[str, str]) -> str:
    """Return a page's address with what is given of a query.

    >>> address("/media", {"q": "thác", "kind": ""})
    '/media?q=th%C3%A1c'
    """
    asked = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(asked)}" if asked else path


def following(path: str, query: Mapping[str, str], rows: Sequence[Listed], most: int) -> str | None:
    """Return the address of the rows after the first `most`, or None where there are none."""
    return address(path, {**query, "before": str(rows[most - 1].id)}) if len(rows) > most else None


def known(closed: type[Closed], value: str) -> Closed | None:
    """Return the member of a closed set that a value names."""
    return closed(value) if value in set(closed) else None


def named(value: str) -> UUID | None:
    """Return the id that a value is."""
    try:
        return UUID(value)
    except ValueError:
        return None

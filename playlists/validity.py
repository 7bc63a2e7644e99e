"""The validity of items: outside of it they are not shown, also when nobody can reach the kiosk any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when an item may be shown, [start, end); None: no bound."""

    item: str
    start: datetime | None
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        """Tell whether the item may be shown at a time."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


class Dated(Protocol):
    """An item that may be shown in [valid_from, valid_until) only."""

    @property
    def id(self) -> object:
        """What names it."""

    @property
    def valid_from(self) -> datetime | None:
        """From when on."""

    @property
    def valid_until(self) -> datetime | None:
        """Until when."""


class Listed(Protocol):
    """What has items in order: a playlist of a manifest or of a document."""

    @property
    def items(self) -> Sequence[Dated]:
        """The items."""


def validities(playlists: Iterable[Listed]) -> tuple[Validity, ...]:
    """Return the validity of every item that has one."""
    return tuple(
        Validity(str(item.id), item.valid_from, item.valid_until)
        for playlist in playlists
        for item in playlist.items
        if item.valid_from is not None or item.valid_until is not None
    )


def outside(
    held: Sequence[Validity], at: datetime, *, clock_trusted: bool
) -> tuple[frozenset[str], datetime, datetime]:
    """Return the items that are not valid at a time, and bounds around it within which that does not change.

    While the clock is not trusted, nothing that has a date is shown. The bounds lie at most a day away.
    """
    if not clock_trusted:
        return frozenset(one.item for one in held), at - _DAY, at + _DAY
    edges = [edge for one in held for edge in (one.start, one.end) if edge is not None]
    since = max((edge for edge in edges if edge <= at), default=at - _DAY)
    until = min((edge for edge in edges if edge > at), default=at + _DAY)
    gone = frozenset(one.item for one in held if not one.holds(at))
    return gone, max(since, at - _DAY), min(until, at + _DAY)

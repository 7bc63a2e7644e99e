"""What a person sees, as a condition of queries: whole agencies, and single sites of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.orm import Mapped


@dataclass(frozen=True)
class Seen:
    """`agencies` are seen as a whole (None: every one), `places` are (agency, site) of which only that site is."""

    agencies: frozenset[UUID] | None
    places: frozenset[tuple[UUID, UUID]] = frozenset()

    def of(self, agency: Mapped[Any]) -> ColumnElement[bool]:
        """Return the condition that something without a place is seen; `agency` is the column of its owner."""
        if self.agencies is None:
            return true()
        return agency.in_(self.agencies | {one for one, _ in self.places})

    def at(self, agency: Mapped[Any], site: Mapped[Any]) -> ColumnElement[bool]:
        """Return the condition that something at a site is seen; both are its columns."""
        if self.agencies is None:
            return true()
        return or_(agency.in_(self.agencies), *(and_(agency == one, site == place) for one, place in self.places))

    def only(self, agency_id: UUID | None) -> Seen:
        """Return this, narrowed to one agency; None narrows nothing."""
        if agency_id is None:
            return self
        if self.agencies is None or agency_id in self.agencies:
            return Seen(frozenset({agency_id}))
        return Seen(frozenset(), frozenset(place for place in self.places if place[0] == agency_id))


EVERYTHING = Seen(None)


def seen_of(agency_id: UUID | None) -> Seen:
    """Return one whole agency, or with None everything."""
    return EVERYTHING if agency_id is None else Seen(frozenset({agency_id}))

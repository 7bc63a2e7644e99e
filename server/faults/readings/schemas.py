"""The shapes of kept readings over HTTP."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from playlists.instant import Instant


class PointShown(BaseModel):
    """A reading in a span of `grain_s` seconds from a time; thousandths of the unit."""

    begin_at: Instant
    least_milli: int
    mean_milli: int
    most_milli: int


class SeriesShown(BaseModel):
    """One reading. Spans in which it was not read, or unknown, are missing."""

    name: str
    unit: str
    grain_s: int
    points: list[PointShown]


class ReadingsShown(BaseModel):
    """What was measured at a panel in a period, by reading."""

    panel_id: UUID
    from_at: Instant
    to_at: Instant
    items: list[SeriesShown]

"""Playlists as a manifest carries them: ordered items, each a notice in one or more languages for a time on air."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.ids import Sha256
from playlists.language import SegmentLanguage

LEAST_ON_AIR_MS = 3_000
MOST_ON_AIR_MS = 3_600_000
OnAirMs = Annotated[int, Field(ge=LEAST_ON_AIR_MS, le=MOST_ON_AIR_MS, multiple_of=1000)]
"""Milliseconds on air: whole seconds, because a segment's closed group of pictures lasts one second."""


class Take(BaseModel):
    """One language of an item: the segment that shows it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: SegmentLanguage
    sha256: Sha256


class Item(BaseModel):
    """A notice on air: its takes follow one another, each for `on_air_ms` (language rotation `per_item`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    notice_id: UUID
    title: str
    on_air_ms: OnAirMs
    takes: tuple[Take, ...]


class Playlist(BaseModel):
    """An ordered list of items."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    name: str
    items: tuple[Item, ...]

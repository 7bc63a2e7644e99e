"""Playlists as a manifest carries them: ordered items, each a notice in one or more languages for a time on air."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.ids import Sha256
from playlists.instant import Instant
from playlists.language import SegmentLanguage
from playlists.notice import ContentClass
from playlists.rotation import LanguageWeights, Rotation

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
    """A notice on air: a take for each language, on air for `on_air_ms`; how they follow is the playlist's rotation."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    notice_id: UUID
    title: str
    on_air_ms: OnAirMs
    takes: tuple[Take, ...]
    content_class: ContentClass = ContentClass.SERVICE
    festive: bool = False
    animated: bool = False
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    """Outside of [valid_from, valid_until) it is not shown."""
    revision: Annotated[int, Field(ge=1)] | None = None
    """The number of the notice's revision that it shows."""


class Playlist(BaseModel):
    """An ordered list of items. `language_weights` count for the rotation `weighted` only."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    name: str
    rotation: Rotation = Rotation.PER_ITEM
    language_weights: LanguageWeights = Field(default_factory=dict)
    items: tuple[Item, ...]

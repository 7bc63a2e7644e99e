"""Shapes of the API about playlists."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from playlists.instant import Instant
from playlists.language import SegmentLanguage, clean_name
from playlists.playlist import OnAirMs
from playlists.rotation import LanguageWeights, Rotation

MOST_ITEMS = 200
_AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"


def _name(text: str) -> str:
    cleaned = clean_name(text)
    if not cleaned:
        raise ValueError("a name needs at least one visible character")
    return cleaned


Name = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_name)]


class Asked(BaseModel):
    """A request's body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ItemAsked(Asked):
    """A notice in a playlist: its languages follow one another, each for `on_air_ms`."""

    id: UUID | None = None
    """The item's id when it is kept from before; a new one has none."""
    notice_id: UUID
    languages: Annotated[list[SegmentLanguage], Field(min_length=1, max_length=4)]
    on_air_ms: OnAirMs

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        if len(set(self.languages)) != len(self.languages):
            raise ValueError("a language stands twice in one item")
        return self


Items = Annotated[list[ItemAsked], Field(max_length=MOST_ITEMS)]
_ITEM: JsonDict = {"notice_id": _AN_ID, "languages": ["vi", "en", "zh"], "on_air_ms": 8000}


class PlaylistNew(Asked):
    """A new playlist; without `agency_id` it belongs to the caller's agency."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ngày thường", "items": [_ITEM]}]})

    name: Name
    agency_id: UUID | None = None
    items: Items = []
    rotation: Rotation = Rotation.PER_ITEM
    language_weights: LanguageWeights = Field(default_factory=dict)


class PlaylistChange(Asked):
    """A playlist's name and all of its items, in order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ngày thường", "items": [_ITEM]}]})

    name: Name | None = None
    items: Items
    rotation: Rotation | None = None
    language_weights: LanguageWeights | None = None


class ItemShown(BaseModel):
    """An item of a playlist."""

    id: UUID
    notice_id: UUID
    notice_title: str
    languages: list[SegmentLanguage]
    on_air_ms: int


class PlaylistLine(BaseModel):
    """A playlist in a list. `round_ms`: how long one round lasts in which each item is on once in each language."""

    id: UUID
    agency_id: UUID
    name: str
    rotation: Rotation
    language_weights: LanguageWeights
    item_count: int
    round_ms: int
    created_at: Instant
    archived_at: Instant | None
    rev: int


class PlaylistShown(PlaylistLine):
    """A playlist with its items in order."""

    items: list[ItemShown]

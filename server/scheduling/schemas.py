"""Shapes of the API about playlists and a panel's week."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from playlists.daypart import LocalTime, WeeklyWindow
from playlists.instant import Instant
from playlists.language import SegmentLanguage, clean_name
from playlists.playlist import OnAirMs

MOST_ITEMS = 200
MOST_ENTRIES = 100
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


class PlaylistChange(Asked):
    """A playlist's name and all of its items, in order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ngày thường", "items": [_ITEM]}]})

    name: Name | None = None
    items: Items


class ItemShown(BaseModel):
    """An item of a playlist."""

    id: UUID
    notice_id: UUID
    notice_title: str
    languages: list[SegmentLanguage]
    on_air_ms: int


class PlaylistLine(BaseModel):
    """A playlist in a list. `round_ms`: how long one round of all items lasts."""

    id: UUID
    agency_id: UUID
    name: str
    item_count: int
    round_ms: int
    created_at: Instant
    archived_at: Instant | None
    rev: int


class PlaylistShown(PlaylistLine):
    """A playlist with its items in order."""

    items: list[ItemShown]


class EntryAsked(Asked):
    """A playlist in a weekly window of the site's local time; the highest priority wins, equal ones share the time."""

    id: UUID | None = None
    playlist_id: UUID
    weekdays: Annotated[list[int], Field(min_length=1, max_length=7)]
    start: LocalTime
    end: LocalTime
    priority: Annotated[int, Field(ge=0, le=100)] = 50

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        WeeklyWindow(weekdays=tuple(self.weekdays), start=self.start, end=self.end)
        return self


class ScheduleAsked(Asked):
    """A panel's whole week."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "default_playlist_id": _AN_ID,
                    "entries": [
                        {"playlist_id": _AN_ID, "weekdays": [6, 7], "start": "07:00", "end": "17:30", "priority": 60}
                    ],
                }
            ]
        }
    )

    default_playlist_id: UUID | None = None
    entries: Annotated[list[EntryAsked], Field(max_length=MOST_ENTRIES)] = []


class EntryShown(BaseModel):
    """An entry of a panel's week."""

    id: UUID
    playlist_id: UUID
    playlist_name: str
    weekdays: list[int]
    start: str
    end: str
    priority: int


class ScheduleShown(BaseModel):
    """A panel's week. `rev` is the panel's."""

    panel_id: UUID
    time_zone: str
    default_playlist_id: UUID | None
    default_playlist_name: str | None
    entries: list[EntryShown]
    rev: int

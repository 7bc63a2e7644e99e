"""Shapes of the API about a panel's plain week."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.daypart import LocalTime, WeeklyWindow
from server.accounts.schemas import Asked

MOST_ENTRIES = 100
_AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"


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
    entries: Annotated[list[EntryAsked], Field(max_length=MOST_ENTRIES)] = Field(default_factory=list)


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

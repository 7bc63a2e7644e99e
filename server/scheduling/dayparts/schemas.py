"""Shapes of the API about dayparts."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from playlists.daypart import DayException, DayWindow, Week, WeeklyWindow
from playlists.instant import Instant
from server.accounts.schemas import Asked, Name

_WORK: JsonDict = {
    "name": "Giờ làm việc",
    "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "07:00", "end": "17:00"}],
    "exceptions": [{"date": "2027-04-30", "windows": []}],
}
Windows = Annotated[list[WeeklyWindow], Field(max_length=100)]
DayOffWindows = Annotated[list[DayWindow], Field(max_length=48)]
Exceptions = Annotated[list[DayException], Field(max_length=500)]


class DaypartChange(Asked):
    """A daypart's name, windows and exceptions: an exception replaces all windows of its date, none means closed.

    With a calendar of special days its days off have `day_off_windows`; none means closed.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_WORK]})

    name: Name
    windows: Windows
    exceptions: Exceptions = Field(default_factory=list)
    calendar_id: UUID | None = None
    day_off_windows: DayOffWindows = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> Self:
        Week(
            windows=tuple(self.windows),
            exceptions=tuple(self.exceptions),
            calendar_id=str(self.calendar_id) if self.calendar_id is not None else None,
            day_off_windows=tuple(self.day_off_windows),
        )
        return self


class DaypartNew(DaypartChange):
    """A new daypart; without `agency_id` it belongs to the caller's agency."""

    agency_id: UUID | None = None


class DaypartShown(BaseModel):
    """A daypart."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    agency_id: UUID
    name: str
    windows: list[WeeklyWindow]
    exceptions: list[DayException]
    calendar_id: UUID | None
    day_off_windows: list[DayWindow]
    created_at: Instant
    archived_at: Instant | None
    rev: int


class EntryUsing(BaseModel):
    """A schedule entry that uses a daypart."""

    entry_id: UUID
    playlist_id: UUID
    playlist_name: str


class UsesShown(BaseModel):
    """Which entries use a daypart."""

    entries: list[EntryUsing]

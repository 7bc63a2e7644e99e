"""Shapes of the API about imports."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.airtime import MOST_WEIGHT
from playlists.special_day import DayKind, SpecialDate
from server.accounts.schemas import Asked
from server.scheduling.entries.schemas import AN_ID, Sentences
from server.scheduling.ical.reading import MOST_BYTES
from server.scheduling.special_days.schemas import Year
from server.scheduling.targets.schemas import Targets

_ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
    "DTSTART;VALUE=DATE:20270206\r\nSUMMARY:Tết Nguyên Đán\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
Ics = Annotated[str, Field(min_length=1, max_length=MOST_BYTES, description="the text of an .ics file")]


class ImportAsked(Asked):
    """Events that become entries of one playlist. `dry_run` tells what would be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "playlist_id": AN_ID,
                    "targets": {"panels": [AN_ID], "tags": [], "sites": []},
                    "ics": _ICS,
                    "dry_run": True,
                }
            ]
        }
    )

    agency_id: UUID | None = None
    playlist_id: UUID
    targets: Targets
    ics: Ics
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    weight: Annotated[int, Field(ge=1, le=MOST_WEIGHT)] = 1
    dry_run: bool = True


class ComplaintShown(BaseModel):
    """What was not understood, or taken otherwise than written: a component, its first line (0: none), and why."""

    model_config = ConfigDict(from_attributes=True)

    component: str
    line: int
    why: str
    taken: bool


class ImportedEntry(BaseModel):
    """An entry that is, or would be, made out of the event that begins on a line."""

    entry_id: UUID | None
    title: str
    line: int
    sentences: Sentences


class ImportShown(BaseModel):
    """What an import made, or would make."""

    dry_run: bool
    name: str
    entries: list[ImportedEntry]
    complaints: list[ComplaintShown]


class DaysImportAsked(Asked):
    """Events whose days become special days of a calendar; a date that is there already stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"ics": _ICS, "first_year": 2027, "last_year": 2027, "kind": "day_off", "dry_run": True}]
        }
    )

    ics: Ics
    first_year: Year
    last_year: Year
    kind: DayKind = DayKind.DAY_OFF
    dry_run: bool = True

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not 0 <= self.last_year - self.first_year <= 10:
            raise ValueError("last_year is first_year or later, at most 10 years are read at a time")
        return self


class DaysImportShown(BaseModel):
    """Which special days were, or would be, added. The years that they are in wait to be confirmed again."""

    dry_run: bool
    added: list[SpecialDate]
    years: list[int]
    complaints: list[ComplaintShown]

"""Shapes of the API about special days."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.instant import Instant
from playlists.special_day import Calendar, SpecialDate
from server.accounts.schemas import Asked, Name
from server.scheduling.special_days.proposals import FIRST_YEAR, LAST_YEAR

MOST_DATES_A_YEAR = 366
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class Country(StrEnum):
    """A country for which days can be proposed."""

    VN = "VN"
    CN = "CN"


class CalendarNew(Asked):
    """A new calendar; with a country its years are proposed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ngày nghỉ lễ Việt Nam", "country": "VN"}]})

    name: Name
    country: Country | None = None


class CalendarChange(Asked):
    """Another name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Lễ, Tết Việt Nam"}]})

    name: Name


class YearChange(Asked):
    """All special days of a year. They count for plans once `confirmed`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dates": [
                        {"date": "2027-02-06", "name": "Tết Nguyên Đán", "kind": "day_off"},
                        {"date": "2027-02-13", "name": "Làm bù", "kind": "working_day", "as_weekday": 1},
                    ],
                    "confirmed": True,
                }
            ]
        }
    )

    dates: Annotated[list[SpecialDate], Field(max_length=MOST_DATES_A_YEAR)]
    confirmed: bool

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        Calendar(id="a-year", dates=tuple(self.dates))
        return self


class YearLine(BaseModel):
    """A year of a calendar in a list."""

    year: int
    confirmed: bool


class CalendarShown(BaseModel):
    """A calendar of special days, and which years were written down."""

    id: UUID
    name: str
    country: Country | None
    years: list[YearLine]
    created_at: Instant
    rev: int


class YearShown(BaseModel):
    """A year's special days. `is_proposal`: nobody wrote them down yet; `rev` is 0 then."""

    calendar_id: UUID
    year: int
    dates: list[SpecialDate]
    is_proposal: bool
    confirmed_at: Instant | None
    confirmed_by: UUID | None
    rev: int

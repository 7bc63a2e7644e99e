"""Special days: calendars of days off, officially swapped working days and observances, as an administrator keeps them.

Whether a date is one is data, never a rule in code: Tết and the swaps of a year are decided by decree.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.ids import Name

MOST_DATES = 1_000
MONDAY = 1


class DayKind(StrEnum):
    """What a special day is."""

    DAY_OFF = "day_off"
    WORKING_DAY = "working_day"
    """A day of the weekend that is worked, because another was swapped for it."""
    OBSERVANCE = "observance"
    """A day with a name that is worked as usual."""


class SpecialDate(BaseModel):
    """One date of a calendar."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    date: date
    name: Annotated[str, Field(max_length=120)] = ""
    kind: DayKind = DayKind.DAY_OFF
    as_weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    """Of a working day: the weekday (1 is Monday) whose windows apply; Monday's when not said."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.as_weekday is not None and self.kind is not DayKind.WORKING_DAY:
            raise ValueError("as_weekday is for a working_day; leave it out")
        return self


class Calendar(BaseModel):
    """A named list of special days that dayparts, operating hours and entries refer to."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Name
    name: Annotated[str, Field(max_length=120)] = ""
    dates: Annotated[tuple[SpecialDate, ...], Field(max_length=MOST_DATES)] = ()

    @model_validator(mode="after")
    def _one_line_a_date(self) -> Self:
        if len({one.date for one in self.dates}) != len(self.dates):
            raise ValueError("a date stands twice in the calendar; keep one line for it")
        return self

    def on(self, day: date) -> SpecialDate | None:
        """Return what a local date is in this calendar."""
        return next((one for one in self.dates if one.date == day), None)


class SpecialDaysRule(StrEnum):
    """Which side of a calendar an entry plays on."""

    ONLY = "only"
    EXCEPT = "except"


class SpecialDays(BaseModel):
    """An entry's tie to a calendar: it starts only on such days, or never on them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    calendar_id: Name
    rule: SpecialDaysRule
    kinds: Annotated[tuple[DayKind, ...], Field(min_length=1, max_length=3)] = (DayKind.DAY_OFF,)

    def hold(self, calendar: Calendar, day: date) -> bool:
        """Tell whether an instance may start on a local date."""
        found = calendar.on(day)
        return (found is not None and found.kind in self.kinds) is (self.rule is SpecialDaysRule.ONLY)

"""Shapes of the API about the duty roster."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.instant import Instant
from server.accounts.schemas import Asked

AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
Note = Annotated[str, Field(max_length=200)]
MOST_WEEKS = 26


class DutyRole(StrEnum):
    """Roles that are asked; the words are those of the roles that people have."""

    APPROVER = "approver"
    DUTY_OFFICER = "duty-officer"
    STATUS_OFFICER = "status-officer"
    LANGUAGE_REVIEWER = "language-reviewer"
    TECHNICIAN = "technician"


class Times(Asked):
    """From one time to a later one."""

    starts_at: datetime
    ends_at: datetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("times carry an offset or Z")
        if not self.starts_at < self.ends_at:
            raise ValueError("ends_at lies after starts_at")
        return self


class ShiftNew(Times):
    """A new shift. `rank` 1 is asked first, 2 next."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "site_id": AN_ID,
                    "role": "approver",
                    "user_id": AN_ID,
                    "starts_at": "2026-11-28T00:00:00Z",
                    "ends_at": "2026-11-28T12:00:00Z",
                    "rank": 1,
                }
            ]
        }
    )

    site_id: UUID
    role: DutyRole
    user_id: UUID
    rank: Annotated[int, Field(ge=1, le=9)] = 1
    note: Note = ""


class ShiftChange(Asked):
    """Other times, another person, another place in the order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rank": 2}]})

    user_id: UUID | None = None
    rank: Annotated[int, Field(ge=1, le=9)] | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: Note | None = None


class Handover(Asked):
    """Who takes a running or coming shift over, from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user_id": AN_ID}]})

    user_id: UUID


class WeekCopy(Asked):
    """A week (named by a local date in it) whose shifts are repeated in the weeks after it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_id": AN_ID, "week": "2026-11-23", "weeks": 4}]})

    site_id: UUID
    week: date
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS)] = 1


class AbsenceNew(Times):
    """A time in which somebody is not asked. Without `user_id`, the caller."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"starts_at": "2026-11-28T00:00:00Z", "ends_at": "2026-11-30T00:00:00Z", "replacement_id": AN_ID}
            ]
        }
    )

    user_id: UUID | None = None
    replacement_id: UUID | None = None
    note: Note = ""


class RuleChange(Asked):
    """How many minutes the first one has before the next one is asked too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"next_after_min": 15}]})

    next_after_min: Annotated[int, Field(ge=1, le=1440)]


class FeedNew(Asked):
    """A calendar address: of a site's roster, or without one of the caller's own shifts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_id": AN_ID}, {}]})

    site_id: UUID | None = None


class ShiftShown(BaseModel):
    """A shift with its person's name."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    site_id: UUID
    role: DutyRole
    user_id: UUID
    name: str
    rank: int
    starts_at: Instant
    ends_at: Instant
    note: str
    taken_over_from: UUID | None
    rev: int


class AbsenceShown(BaseModel):
    """An absence with the names of both."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    name: str
    replacement_id: UUID | None
    replacement_name: str | None
    starts_at: Instant
    ends_at: Instant
    note: str
    rev: int


class OnDutyShown(BaseModel):
    """Somebody who is asked now."""

    user_id: UUID
    username: str
    name: str
    shift_id: UUID
    rank: int
    until_at: Instant
    instead_of: UUID | None


class GapShown(BaseModel):
    """A time of the weekend in which fewer people than two can sign."""

    site_id: UUID
    site_name: str
    role: DutyRole
    starts_at: Instant
    ends_at: Instant
    people: int


class RuleShown(BaseModel):
    """How long the first one has."""

    site_id: UUID
    role: DutyRole
    next_after_min: int


class FeedShown(BaseModel):
    """A calendar address without its secret part."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    site_id: UUID | None
    user_id: UUID | None
    created_at: Instant


class FeedMade(FeedShown):
    """A new calendar address, shown this once. Whoever has it can read the roster."""

    url: str

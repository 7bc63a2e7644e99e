"""Shapes of what becomes of agencies."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.ids import Slug
from playlists.instant import Instant
from server.accounts.schemas import Asked, Name
from server.tables.agencies import PlanKind

MOST_PARTS = 2000
On = Annotated[
    date | None, Field(description="The day it happens, from midnight in Vietnam on; null or a past day: at once")
]
Confirm = Annotated[
    str, Field(max_length=40, description="The agency's short name, typed again: this cannot be undone")
]
Parts = Annotated[list[UUID], Field(max_length=MOST_PARTS)]


class RenameAsked(Asked):
    """A new name; records of the past keep the old one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Ban quản lý Khu kinh tế tỉnh", "on": "2027-01-01"}]}
    )

    name: Name
    on: On = None


class MergeAsked(Asked):
    """Another agency that takes over everything."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"into_id": "01936f5e-8a2b-7cde-9f01-23456789abcd", "on": "2027-01-01", "confirm": "tra-linh-gate"}
            ]
        }
    )

    into_id: UUID
    on: On = None
    confirm: Confirm


class AgencyBorn(Asked):
    """The new agency that a part goes to."""

    slug: Slug
    name: Name


class SplitAsked(Asked):
    """Parts that go to another agency: an existing one, or a new one. Panels and boards go with their site."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "new": {"slug": "ban-gioc", "name": "Ban quản lý khu du lịch thác Bản Giốc"},
                    "sites": ["01936f5e-8a2b-7cde-9f01-23456789abcd"],
                    "confirm": "tra-linh-gate",
                }
            ]
        }
    )

    into_id: UUID | None = None
    new: AgencyBorn | None = None
    users: Parts = Field(default_factory=list)
    sites: Parts = Field(default_factory=list)
    notices: Parts = Field(default_factory=list)
    playlists: Parts = Field(default_factory=list)
    on: On = None
    confirm: Confirm


class CloseAsked(Asked):
    """The day on which an agency ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2027-01-01"}]})

    on: On = None


class PlanShown(BaseModel):
    """Something that was done to an agency, or is planned."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: PlanKind
    agency_id: UUID
    into_id: UUID | None
    detail: dict[str, object]
    due_at: Instant
    made_at: Instant
    done_at: Instant | None
    cancelled_at: Instant | None
    trouble: str | None


class FormerName(BaseModel):
    """A name until a time."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    until_at: Instant


class Related(BaseModel):
    """Another agency."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str
    closed_at: Instant | None


class AgencyStory(BaseModel):
    """What became of an agency."""

    id: UUID
    slug: str
    name: str
    closed_at: Instant | None
    former_names: list[FormerName]
    successor: Related | None
    merged: list[Related]
    """The agencies that went into this one."""
    plans: list[PlanShown]


class Hindrance(BaseModel):
    """Why a merger or a split cannot be done yet: what it is about, and which ones."""

    code: str
    names: list[str]


class MergePreview(BaseModel):
    """What a merger would move, by kind, and what stands in its way."""

    agency: Related
    into: Related
    counts: dict[str, int]
    hindrances: list[Hindrance]

"""Shapes of the API about overrides."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.scheduling.targets.schemas import Targets

AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
_STORM: JsonDict = {
    "playlist_id": AN_ID,
    "targets": {"panels": [AN_ID], "tags": [], "sites": []},
    "starts_at": "2099-11-23T08:00:00Z",
    "ends_at": "2099-11-23T12:00:00Z",
    "reason": "Mưa lũ, đường tạm đóng",
    "priority": 50,
}


class OverrideNew(Asked):
    """A playlist above the schedule until `ends_at`; without `starts_at` it begins at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [_STORM]})

    agency_id: UUID | None = None
    playlist_id: UUID
    targets: Targets
    starts_at: Instant | None = None
    ends_at: Instant
    reason: Annotated[str, Field(max_length=400)] = ""
    priority: Annotated[int, Field(ge=0, le=100)] = 50


class OverrideChange(Asked):
    """An earlier or later end."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ends_at": "2099-11-23T11:00:00Z"}]})

    ends_at: Instant


class OverrideState(StrEnum):
    """Where an override is in its life."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"


class OverrideShown(BaseModel):
    """An override. `ended_at`: somebody ended it, or called it off before it began."""

    id: UUID
    agency_id: UUID
    playlist_id: UUID
    playlist_name: str
    targets: Targets
    reason: str
    starts_at: Instant
    ends_at: Instant
    priority: int
    state: OverrideState
    created_by: UUID
    created_at: Instant
    ended_by: UUID | None
    ended_at: Instant | None
    rev: int

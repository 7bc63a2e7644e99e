"""Shapes of the API about rules that choose routes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.ids import Name
from playlists.instant import Instant
from playlists.notice import ContentClass


class RuleNew(BaseModel):
    """A rule. What is not said means all: sites, agencies, classes. It takes the place of one for the same three."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"content_class": "essential", "route": "notice", "basis": "12/QĐ-UBND, 02/11/2026"}]
        },
    )

    site_id: UUID | None = None
    agency_id: UUID | None = None
    content_class: ContentClass | None = None
    route: Name
    basis: Annotated[str, Field(min_length=1, max_length=400)]


class RuleShown(BaseModel):
    """A rule, with whether it holds."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    site_id: UUID | None
    agency_id: UUID | None
    content_class: ContentClass | None
    route: str
    basis: str
    created_by: UUID
    created_at: Instant
    ended_at: Instant | None

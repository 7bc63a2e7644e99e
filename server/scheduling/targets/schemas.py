"""Shapes of the API about targets."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from server.accounts.schemas import Asked
from server.fleet.schemas import Tag

MOST_TARGETS = 1000


class Targets(Asked):
    """Panels, panels with a tag, panels of a site; nothing named means every panel that the agency may use."""

    panels: Annotated[list[UUID], Field(max_length=MOST_TARGETS)] = Field(default_factory=list)
    tags: Annotated[list[Tag], Field(max_length=MOST_TARGETS)] = Field(default_factory=list)
    sites: Annotated[list[UUID], Field(max_length=MOST_TARGETS)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        self.panels = list(dict.fromkeys(self.panels))
        self.tags = list(dict.fromkeys(self.tags))
        self.sites = list(dict.fromkeys(self.sites))
        return self

    @property
    def is_everywhere(self) -> bool:
        """Whether nothing is named."""
        return not (self.panels or self.tags or self.sites)


class TargetPanel(BaseModel):
    """A panel that the caller may schedule on. `is_guest`: another agency's, by a quota."""

    id: UUID
    name: str
    site_id: UUID
    agency_id: UUID
    tags: list[str]
    is_guest: bool


class TargetSite(BaseModel):
    """A site with panels that the caller may schedule on."""

    id: UUID
    name: str
    time_zone: str


class TargetsOffered(BaseModel):
    """All that an entry of an agency may be meant for."""

    panels: list[TargetPanel]
    sites: list[TargetSite]
    tags: list[str]

"""Shapes of the API about calendar feeds."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.scheduling.entries.schemas import AN_ID


class FeedNew(Asked):
    """A new feed of one panel or of one site."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"panel_id": AN_ID, "name": "Lịch của phòng văn hóa"}]})

    panel_id: UUID | None = None
    site_id: UUID | None = None
    name: Annotated[str, Field(max_length=120)] = ""
    """Who reads it, so that it can be told apart when it is to be revoked."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.panel_id is None) == (self.site_id is None):
            raise ValueError("a feed is of one panel or of one site; name exactly one of panel_id and site_id")
        return self


class FeedShown(BaseModel):
    """A feed; its address is not kept, only its digest."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    panel_id: UUID | None
    site_id: UUID | None
    name: str
    created_by: UUID
    created_at: Instant
    revoked_at: Instant | None
    rev: int


class FeedMade(FeedShown):
    """A new feed with its address, shown this once. Whoever has it can read the schedule."""

    url: str

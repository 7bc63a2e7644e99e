"""Shapes of the API about holds."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.tables.holds import OffReason

Note = Annotated[str, Field(max_length=400)]


class HoldAsked(Asked):
    """Take a notice off the air. Without `site_ids`, at every site where it is released and the caller may hold."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "wrong-fact", "note": "Sai giờ mở cửa"}]})

    reason: OffReason
    note: Note = ""
    site_ids: Annotated[list[UUID], Field(max_length=200)] | None = None


class PanelStanding(BaseModel):
    """A panel that a hold or a withdrawal concerns, and whether its kiosk said that it has heard."""

    panel_id: UUID
    name: str
    site_name: str
    heard: bool
    online: bool
    since_at: Instant | None
    """When its kiosk last said something; None: it never did."""


class HoldShown(BaseModel):
    """A hold: who, why, since when, and the panels that may still show the notice."""

    id: UUID
    notice_id: UUID
    title: str
    site_id: UUID
    site_name: str
    reason: OffReason
    note: str
    held_by: str
    held_at: Instant
    lifted_by: str | None
    lifted_at: Instant | None
    panels: list[PanelStanding]

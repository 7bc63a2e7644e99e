"""Shapes of the API about the switch to essential notices."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from playlists.instant import Instant
from playlists.notice import ContentClass
from playlists.schedule import MOST_REASON
from server.accounts.schemas import Asked
from server.scheduling.overrides.schemas import AN_ID, OverrideState

_MOURNING: JsonDict = {
    "site_ids": [AN_ID],
    "starts_at": "2099-11-23T08:00:00Z",
    "ends_at": "2099-11-25T08:00:00Z",
    "reason": "Quốc tang",
}
SiteIds = Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class EssentialOnlyNew(Asked):
    """Show essential notices only on sites until `ends_at`; without `starts_at` at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MOURNING]})

    site_ids: SiteIds
    starts_at: Instant | None = None
    ends_at: Instant
    reason: Annotated[str, Field(min_length=3, max_length=MOST_REASON)]


class EssentialOnlyChange(Asked):
    """An earlier or later end."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ends_at": "2099-11-24T08:00:00Z"}]})

    ends_at: Instant


class EssentialOnlyAsked(Asked):
    """Sites of which somebody wants to know what would remain."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_ids": [AN_ID]}]})

    site_ids: SiteIds


class EssentialOnlyShown(BaseModel):
    """A time of essential notices only."""

    id: UUID
    site_ids: list[UUID]
    reason: str
    starts_at: Instant
    ends_at: Instant
    state: OverrideState
    created_by: UUID
    created_at: Instant
    ended_by: UUID | None
    ended_at: Instant | None
    rev: int


class NoticeJudged(BaseModel):
    """A notice of a panel's plan: why it goes while only essential notices are shown, or that it stays."""

    notice_id: UUID
    title: str
    content_class: ContentClass
    festive: bool
    animated: bool


class PanelRemains(BaseModel):
    """What remains on a panel. With nothing left it shows the kiosk's safe loop."""

    panel_id: UUID
    panel_name: str
    site_id: UUID
    stays: list[NoticeJudged]
    goes: list[NoticeJudged]


class Remains(BaseModel):
    """What remains on each panel of the chosen sites, of all that is planned from now on."""

    panels: list[PanelRemains]

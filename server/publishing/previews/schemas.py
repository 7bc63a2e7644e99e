"""Shapes of the API about previews."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from playlists.instant import Instant
from playlists.language import SegmentLanguage
from playlists.timeline import Layer
from server.publishing.resting import Why


class Source(StrEnum):
    """What a preview is made of: the schedule as it would be published now, or what the kiosk was assigned."""

    DRAFT = "draft"
    ASSIGNED = "assigned"


class PlaylistNamed(BaseModel):
    """A playlist in a preview."""

    id: UUID
    name: str


class Asking(BaseModel):
    """Who asks for the panel: entries or an override (`ids`), or the default playlist."""

    layer: Layer
    ids: list[UUID]
    playlists: list[PlaylistNamed]
    why: str


class SpanShown(Asking):
    """A time within one local day in which the same share the panel, and what they displace."""

    starts_at: Instant
    ends_at: Instant
    local_start: str
    local_end: str
    essential_only: UUID | None
    """The time of essential notices only that holds here, if one does."""
    displaced: list[Asking]


class AiringShown(BaseModel):
    """One item in one language on air."""

    starts_at: Instant
    ends_at: Instant
    layer: Layer
    entry_id: UUID | None
    playlist_id: UUID | None
    item_id: UUID | None
    title: str | None
    language: SegmentLanguage | None
    why: str


class RestingShown(BaseModel):
    """An item that is planned and does not play, because its notice is held or was withdrawn."""

    item_id: UUID
    notice_id: UUID
    title: str
    playlist: str
    why: Why


class PreviewShown(BaseModel):
    """What a panel shows between two times. `complete` is false when there were more spans or airings than listed."""

    panel_id: UUID
    source: Source
    zone: str
    tzdata: str
    spans: list[SpanShown]
    airings: list[AiringShown]
    complete: bool
    resting: list[RestingShown] = []


class ExplanationShown(BaseModel):
    """What a panel shows at one time, why, and what it displaces; None before the first manifest."""

    panel_id: UUID
    source: Source
    zone: str
    span: SpanShown | None
    airing: AiringShown | None

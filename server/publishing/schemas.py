"""Shapes of the API about publications and what panels show."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from playlists.language import Language, SegmentLanguage
from playlists.timeline import Layer, Showing
from playlists.wire.messages import OnScreen, Phase
from server.tables.publishing import PublicationState

MOST_PANELS = 2000
Sentences = dict[Language, str]


class PublicationAsked(BaseModel):
    """Which panels to publish; without `panel_ids`, all that are the caller's."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"panel_ids": ["01936f5e-8a2b-7cde-9f01-23456789abcd"]}, {}]}
    )

    panel_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_PANELS)] | None = None


class PublicationShown(BaseModel):
    """A publication and how far it is."""

    id: UUID
    state: PublicationState
    panel_ids: list[UUID]
    job_id: UUID | None
    progress_permille: int
    message: str
    error: str | None
    sentences: dict[str, str]
    """The error in every language, where it is known."""
    warnings: list[dict[str, str]]
    """What was left out, or is not as it should be: sentences by language."""
    created_at: Instant
    assigned_at: Instant | None


class Receipt(StrEnum):
    """How far the newest assigned manifest has come on its kiosk."""

    NONE = "none"
    ASSIGNED = "assigned"
    STORED = "stored"
    PLAYING = "playing"
    SEEN = "seen"
    REJECTED = "rejected"


class PlannedShown(BaseModel):
    """What the timeline says."""

    model_config = ConfigDict(from_attributes=True)

    layer: Layer
    starts_at: Instant
    ends_at: Instant
    why: str
    playlist_id: UUID | None
    item_id: UUID | None
    notice_id: UUID | None
    title: str | None
    language: SegmentLanguage | None
    sha256: str | None

    @classmethod
    def of(cls, showing: Showing) -> PlannedShown:
        """Return the API's picture of an airing."""
        return cls.model_validate(showing)


class InstalledShown(BaseModel):
    """What the kiosk says that it holds."""

    seq: int
    sha256: str | None
    phase: Phase
    stored_segments: int
    wanted_segments: int
    stored_bytes: int
    wanted_bytes: int
    error: str | None
    clock_trusted: bool
    player: str
    said_at: Instant


class NowShown(BaseModel):
    """What a panel shows now: as planned, and as its kiosk reports. `words`: the same as sentences."""

    panel_id: UUID
    at: Instant
    kiosk_id: UUID | None
    online: bool
    since_at: Instant | None
    heard_at: Instant | None
    planned: PlannedShown | None
    on_screen: OnScreen | None
    installed: InstalledShown | None
    assigned_seq: int
    assigned_sha256: str | None
    installed_seq: int
    receipt: Receipt
    words: Sentences
    authenticated: bool
    """Whether what the kiosk says is proven to be its own; false with the embedded broker."""


class TimelineShown(BaseModel):
    """The airings of a panel between two times; `complete` is false when there were too many to list."""

    panel_id: UUID
    airings: list[PlannedShown]
    complete: bool


class WatchAnswer(BaseModel):
    """A kiosk was asked to send captures."""

    command_id: UUID
    until_at: Instant


class WallPanel(BaseModel):
    """A panel on the wall."""

    panel_id: UUID
    slug: str
    name: str
    site_id: UUID
    site_name: str
    agency_id: UUID
    agency_name: str
    width: int
    height: int
    kiosk_id: UUID | None
    enrolled: bool
    online: bool
    since_at: Instant | None
    planned: PlannedShown | None
    on_screen: OnScreen | None
    receipt: Receipt
    assigned_seq: int
    installed_seq: int
    open_faults: int
    words: Sentences
    expected_url: str
    capture_url: str | None
    capture_at: Instant | None

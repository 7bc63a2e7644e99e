"""Shapes of the API about media."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from playlists.instant import Instant
from playlists.language import Language
from playlists.notice import MediaKind


class MediaShown(BaseModel):
    """A file that was taken. `remarks` are sentences by language about what the uploader should know."""

    id: UUID
    agency_id: UUID
    name: str
    kind: MediaKind
    width: int
    height: int
    duration_ms: int | None
    has_sound: bool
    size: int
    sha256: str
    uploaded_by: UUID
    created_at: Instant
    remarks: list[dict[Language, str]] = Field(default_factory=list)

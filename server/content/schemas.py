"""Shapes of the API about media."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from playlists.instant import Instant
from playlists.language import Language
from playlists.notice import MediaKind


class StoredMedia(BaseModel):
    """What is known of a file that was taken: sides in pixels, duration in milliseconds, size in bytes."""

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


class MediaShown(StoredMedia):
    """A file that was taken. `remarks` are sentences by language about what the uploader should know."""

    remarks: list[dict[Language, str]] = Field(default_factory=list)

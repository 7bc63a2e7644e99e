"""Shapes of the API about uploads in pieces."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from playlists.instant import Instant
from playlists.language import Language
from playlists.rights import RightOfUse
from server.tables.uploads import UploadState


class UploadShown(BaseModel):
    """An upload in pieces: how far it has come, and what became of it.

    `sentences` say why it was refused, or that the agency had the same before; `remarks` what the uploader should know.
    """

    id: UUID
    agency_id: UUID
    name: str
    length: int
    offset: int
    """Bytes that are safely here."""
    state: UploadState
    progress_permille: int
    """Of the check."""
    reason: str | None
    sentences: dict[Language, str] = Field(default_factory=dict)
    remarks: list[dict[Language, str]] = Field(default_factory=list)
    media_id: UUID | None
    media_name: str | None
    is_new: bool
    source: str
    author: str
    right_of_use: RightOfUse
    right_note: str
    rights_until: date | None
    tags: list[str]
    created_at: Instant
    expires_at: Instant | None
    """When an upload that stands still is given up."""
    finished_at: Instant | None

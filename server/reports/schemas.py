"""Shapes of the API about plays."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from playlists.instant import Instant


class PlayShown(BaseModel):
    """One item begun and ended. `seen`: a capture taken while it was due matched the expected picture."""

    kiosk_id: UUID
    seq: int
    item_id: UUID | None
    notice_id: UUID | None
    notice_title: str | None
    agency_name: str | None
    """What the notice's agency was called when it was played."""
    language: str
    sha256: str
    started_at: Instant
    ended_at: Instant
    seen: bool


class PlaysShown(BaseModel):
    """A page of plays, oldest first; `next_cursor` is missing on the last one."""

    items: list[PlayShown]
    next_cursor: str | None

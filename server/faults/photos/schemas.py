"""The shapes of photos over HTTP."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from playlists.instant import Instant


class Moment(StrEnum):
    """When a photo was taken, as the record sorts it."""

    BEFORE = "before"
    AFTER = "after"
    OTHER = "other"


class PhotoShown(BaseModel):
    """A photo of a work order; `may_remove` is the caller's."""

    id: UUID
    moment: Moment
    note: str
    width: int
    height: int
    size: int
    sha256: str
    taken_by: UUID
    taken_by_name: str
    at: Instant
    may_remove: bool


class PhotoList(BaseModel):
    """The photos of a work order: before, after, other, each oldest first."""

    items: list[PhotoShown]

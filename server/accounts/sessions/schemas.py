"""Shapes of the API about logins and known devices."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from playlists.instant import Instant


class LoginListed(BaseModel):
    """Where somebody is logged in."""

    id: UUID
    device: str
    """What the browser calls itself, in a few words."""
    address: str
    created_at: Instant
    last_seen_at: Instant
    is_this: bool


class DeviceListed(BaseModel):
    """A browser that need not give a second factor, where the role allows that."""

    id: UUID
    device: str
    address: str
    created_at: Instant
    last_used_at: Instant
    expires_at: Instant
    is_this: bool


class Ended(BaseModel):
    """How many there were."""

    count: int

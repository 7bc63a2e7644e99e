"""Shapes of the API about tokens for programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from server.accounts.permissions import Permission
from server.accounts.schemas import Asked, Name


class TokenNew(Asked):
    """A new token: what it is for, what it may do, and for how many days."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Phần mềm hàng chờ", "scopes": ["see"], "days": 90}]}
    )

    name: Name
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=40)]
    """Permissions; what the person may not do, the token may not either, today or later."""
    days: Annotated[int, Field(ge=1, le=365)] = 90


class TokenShown(BaseModel):
    """A token without its secret."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    last_address: str | None


class TokenMade(BaseModel):
    """A new token with its secret, shown this once."""

    token: str
    shown: TokenShown

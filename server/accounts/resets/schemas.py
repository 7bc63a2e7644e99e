"""Shapes of the API about resets."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from server.accounts.schemas import Asked


class ResetNew(Asked):
    """Why a person begins anew; both administrators see it, and the log keeps it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Mất điện thoại, đã gặp trực tiếp và xem giấy tờ."}]}
    )

    reason: Annotated[str, Field(min_length=3, max_length=400)]


class ResetShown(BaseModel):
    """A reset that waits for another administrator."""

    id: UUID
    user_id: UUID
    username: str
    display_name: str
    reason: str
    asked_by: UUID
    asked_by_name: str
    created_at: Instant
    expires_at: Instant

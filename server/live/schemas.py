"""Shapes of the API about jobs and changes."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from playlists.instant import Instant
from server.tables.jobs import JobState


class JobShown(BaseModel):
    """How far a piece of work is; `message` and `error` are sentences for people."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    state: JobState
    progress_permille: int
    message: str
    attempts: int
    error: str | None
    created_at: Instant
    finished_at: Instant | None

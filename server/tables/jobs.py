"""Leased jobs: long work that survives the death of the process that does it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import json_column, made_at, maybe_instant, maybe_reference, primary_key


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(SQLModel, table=True):
    """One piece of work. A running job whose lease has passed is taken up again by anybody."""

    id: UUID = primary_key()
    kind: str = Field(max_length=40, index=True)
    agency_id: UUID | None = maybe_reference("agency.id")
    """Whose people may see it; None: everybody who is logged in."""
    arguments: dict[str, Any] = json_column()
    state: str = Field(default=JobState.QUEUED, max_length=16, index=True)
    progress_permille: int = 0
    message: str = ""
    attempts: int = 0
    urgency: int = 0
    """Waiting jobs of a higher urgency are taken first: a short step must not wait behind an hour of rendering."""
    run_after: datetime = made_at()
    lease_owner: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = maybe_instant()
    error: str | None = None
    created_at: datetime = made_at()
    finished_at: datetime | None = maybe_instant()

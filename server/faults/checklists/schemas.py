"""The shapes of checklists over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from playlists.instant import Instant
from playlists.language import Language


class Tick(BaseModel):
    """One step is done, or after all not. `client_id` makes a form that was kept without a link count once."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"step": "plays_right", "is_done": True}]}
    )

    step: Annotated[str, StringConstraints(max_length=40)]
    is_done: bool
    client_id: UUID | None = None


class StepOfList(BaseModel):
    """A step, and who said last whether it is done; nobody yet where `at` is missing."""

    step: str
    sentences: dict[Language, str]
    is_done: bool
    by_name: str
    at: Instant | None


class Checklist(BaseModel):
    """The steps of a work order in the order of work."""

    items: list[StepOfList]
    left: int
    """How many are not done."""

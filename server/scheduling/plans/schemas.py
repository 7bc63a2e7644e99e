"""Shapes of the API about what a change would do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from playlists.change import EffectKind
from playlists.instant import Instant
from server.scheduling.entries.schemas import EXAMPLE, EntryNew, Sentences


class EntryCheck(EntryNew):
    """An entry before it is saved; with `id`, a change of that one."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID | None = None


class Occurrence(BaseModel):
    """A time in which an entry asks for a panel."""

    panel_id: UUID
    starts_at: Instant
    ends_at: Instant
    local_start: str
    local_end: str


class Conflict(BaseModel):
    """What a change takes from an entry or override on one panel. Times are those of the first of `count` cases."""

    kind: EffectKind
    panel_id: UUID
    panel_name: str
    id: UUID
    playlist_id: UUID
    playlist_name: str
    starts_at: Instant
    ends_at: Instant
    count: int
    sentences: Sentences


class Hint(BaseModel):
    """Something that the author may not have meant; `fix` holds the fields that would mend it."""

    code: str
    sentences: Sentences
    fix: dict[str, Any] | None = None


class CheckShown(BaseModel):
    """What a change would do in the next four weeks. `panels_left_out`: how many panels were not looked at."""

    sentences: Sentences
    next: list[Occurrence]
    conflicts: list[Conflict]
    hints: list[Hint]
    panels: int
    panels_left_out: int

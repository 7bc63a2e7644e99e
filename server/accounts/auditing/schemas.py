"""Shapes of the audit log."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.ids import Sha256
from playlists.instant import Instant
from server.accounts.schemas import Asked


class EntryShown(BaseModel):
    """One thing that somebody did; names are those of that time."""

    number: int
    at: Instant
    user_id: UUID | None
    username: str
    display_name: str
    agency_name: str
    address: str
    action: str
    object_kind: str
    object_id: str
    object_name: str
    digest: str
    before: Any
    after: Any
    sha256: str
    """SHA-256(hash of the entry before || this entry as canonical JSON)."""


class EntriesShown(BaseModel):
    """A part of the log, newest first; `next_before` is missing at its beginning."""

    items: list[EntryShown]
    next_before: int | None = None


class HeadShown(BaseModel):
    """The newest entry's number and hash, which stand for the whole log; keep it to see later that nothing is gone."""

    number: int
    sha256: str
    words: str
    """The hash in six words, to be compared by telephone."""
    at: Instant
    envelope: str
    """The same as a DSSE envelope under the server's key."""


class HeadKept(Asked):
    """A head that somebody kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": 1284, "sha256": "0" * 64}]})

    number: Annotated[int, Field(ge=1, le=1 << 53)]
    sha256: Sha256


class HeadCompared(BaseModel):
    """Whether the log still holds what a kept head says, and why not."""

    holds: bool
    why: str | None
    number: int
    """How many entries the log has now."""

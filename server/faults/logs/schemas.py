"""The shapes of kiosks' logs over HTTP."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from playlists.instant import Instant
from playlists.wire.messages import LogLevel


class LineShown(BaseModel):
    """One line; `left_out` counts the lines between the one before and this one that did not arrive."""

    at: Instant
    level: LogLevel
    text: str
    left_out: int = 0


class LogShown(BaseModel):
    """The newest lines of a panel's log, oldest first; `running_until` is missing when nothing is being sent."""

    panel_id: UUID
    running_until: Instant | None
    items: list[LineShown]

"""Shapes of the API about faults and readings."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from playlists.fault import CheckResult, Severity
from playlists.instant import Instant
from playlists.language import Language
from server.tables.faults import FaultSource, FaultWord

MOST_NOTE = 500


class FaultShown(BaseModel):
    """A fault: what, where, since when, and what to do first."""

    id: UUID
    code: str
    subject: str
    severity: Severity
    detail: str
    source: FaultSource
    since_at: Instant
    cleared_at: Instant | None
    kiosk_id: UUID
    panel_id: UUID | None
    panel_name: str | None
    site_name: str | None
    names: dict[Language, str]
    meanings: dict[Language, str]
    first_steps: dict[Language, str]
    rev: int


class EventShown(BaseModel):
    """One step in a fault's history."""

    at: Instant
    what: FaultWord


class FaultStory(FaultShown):
    """A fault with its history, oldest first."""

    history: list[EventShown]


class ReadingShown(BaseModel):
    """One health reading; `value_milli` counts thousandths of `unit`."""

    check: str
    result: CheckResult
    value_milli: int | None = None
    unit: str = ""
    detail: str = ""
    subject: str = ""
    """The part that it concerns; a part that is in order has no line."""


class HealthShown(BaseModel):
    """A panel's newest readings; `read_at` is missing before the first."""

    panel_id: UUID
    online: bool
    since_at: Instant | None
    read_at: Instant | None
    readings: list[ReadingShown]

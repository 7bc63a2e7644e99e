"""The shapes of alarms over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.alarm.event import Word
from playlists.alarm.judge import Phase, Shown
from playlists.alarm.rule import MOST_DELAY_S
from playlists.fault import FaultCode
from playlists.instant import Instant
from playlists.language import Language

MOST_NOTE = 500
LONGEST_SHELF = timedelta(days=30)


class AlarmShown(BaseModel):
    """A fault that needs a person. Words are in the three languages."""

    id: UUID
    code: str
    subject: str
    severity: str
    detail: str
    state: Shown
    """new, taken, in_repair, done or hidden: the words that a phone shows."""
    phase: Phase
    is_raised: bool
    since_at: Instant
    active_at: Instant | None
    acknowledged_at: Instant | None
    acknowledged_by_name: str | None
    started_at: Instant | None
    returned_at: Instant | None
    ended_at: Instant | None
    raises: int
    is_chattering: bool
    shelved_until: Instant | None
    expected_until: Instant | None
    cause_id: UUID | None
    kiosk_id: UUID | None
    panel_id: UUID | None
    panel_name: str | None
    site_id: UUID
    site_name: str
    names: dict[Language, str]
    meanings: dict[Language, str]
    first_steps: dict[Language, str]
    rev: int


class EntryShown(BaseModel):
    """One entry of an alarm's log."""

    at: Instant
    word: Word
    until: Instant | None
    user_name: str | None
    note: str


class AlarmStory(AlarmShown):
    """An alarm with its log, oldest first, and what follows from it."""

    history: list[EntryShown]
    following: list[AlarmShown]


class NoteAsked(BaseModel):
    """A note for colleagues."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Đã gọi điện lực, chờ xử lý"}]})

    note: Annotated[str, Field(max_length=MOST_NOTE)] = ""


class ShelveAsked(BaseModel):
    """Until when an alarm is hidden, and why; at most thirty days."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"until": "2026-11-30T10:00:00.000Z", "note": "Chờ phụ tùng"}]},
    )

    until: Instant
    note: Annotated[str, Field(min_length=1, max_length=MOST_NOTE)]


class Delays(BaseModel):
    """How long a condition stands before it is an alarm, and how long it is gone before the alarm returns."""

    model_config = ConfigDict(extra="forbid")

    on_delay_s: Annotated[int, Field(ge=0, le=MOST_DELAY_S)]
    off_delay_s: Annotated[int, Field(ge=0, le=MOST_DELAY_S)]


class SiteDelays(BaseModel):
    """The codes whose delays at a site are not the usual ones."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"delays": {"kiosk_offline": {"on_delay_s": 120, "off_delay_s": 10}}}]},
    )

    delays: dict[FaultCode, Delays]


class CodeShown(BaseModel):
    """A code of the catalogue."""

    code: str
    severity: str
    x733_event_type: str
    ntcip1203_bit: int
    on_delay_s: int
    off_delay_s: int
    names: dict[Language, str]
    meanings: dict[Language, str]
    first_steps: dict[Language, str]

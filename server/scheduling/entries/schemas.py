"""Shapes of the API about schedule entries; the same words as a timeline document's (docs/timeline.md)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from playlists.airtime import MOST_WEIGHT
from playlists.daypart import WeeklyWindow
from playlists.instant import Instant
from playlists.language import Language
from playlists.recurrence import MOST_DATES, MOST_RULE_CHARACTERS
from playlists.schedule import MOST_DURATION_S
from playlists.special_day import DayKind, SpecialDaysRule
from server.accounts.schemas import Asked
from server.scheduling.targets.schemas import Targets

AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
LocalText = Annotated[str, Field(max_length=19, examples=["2026-11-23", "2026-11-23T07:00"])]
"""A local date or wall time, checked with the rest of the entry."""
Kinds = Annotated[list[DayKind], Field(min_length=1, max_length=3)]
Sentences = dict[Language, str]
EXAMPLE: JsonDict = {
    "playlist_id": AN_ID,
    "targets": {"panels": [AN_ID], "tags": [], "sites": []},
    "recurrence": {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
    "duration_s": 10800,
    "valid_until": "2026-12-31",
    "priority": 50,
    "weight": 1,
}


class RecurrenceAsked(Asked):
    """RFC 5545 on local wall time. Read with the entry, so that a refusal can say what would fit."""

    dtstart: LocalText
    rrule: Annotated[str, Field(max_length=MOST_RULE_CHARACTERS)] | None = None
    rdate: Annotated[list[LocalText], Field(max_length=MOST_DATES)] = Field(default_factory=list)
    exdate: Annotated[list[LocalText], Field(max_length=MOST_DATES)] = Field(default_factory=list)


class SpecialDaysAsked(Asked):
    """A tie to a calendar: starts only on such days, or never on them."""

    calendar_id: UUID
    rule: SpecialDaysRule
    kinds: Kinds = Field(default_factory=lambda: [DayKind.DAY_OFF])


class EntryChange(Asked):
    """A whole entry: on air by a daypart, by a weekly `window` of its own, or by a recurrence with `duration_s`.

    With a daypart or window a recurrence names the days on which they hold.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    playlist_id: UUID
    targets: Targets
    note: Annotated[str, Field(max_length=120)] = ""
    daypart_id: UUID | None = None
    window: WeeklyWindow | None = None
    recurrence: RecurrenceAsked | None = None
    duration_s: Annotated[int, Field(ge=3, le=MOST_DURATION_S)] | None = None
    special_days: SpecialDaysAsked | None = None
    valid_from: LocalText | None = None
    valid_until: LocalText | None = None
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    weight: Annotated[int, Field(ge=1, le=MOST_WEIGHT)] = 1


class EntryNew(EntryChange):
    """A new entry; without `agency_id` it belongs to the caller's agency, or to the playlist's."""

    agency_id: UUID | None = None


class RecurrenceShown(BaseModel):
    """RFC 5545 on local wall time."""

    dtstart: str
    rrule: str | None
    rdate: list[str]
    exdate: list[str]


class EntryShown(BaseModel):
    """A schedule entry. `last_on`: the last local date on which it can be on air; None has no end."""

    id: UUID
    agency_id: UUID
    playlist_id: UUID
    playlist_name: str
    targets: Targets
    note: str
    daypart_id: UUID | None
    daypart_name: str | None
    window: WeeklyWindow | None
    recurrence: RecurrenceShown | None
    duration_s: int | None
    special_days: SpecialDaysAsked | None
    valid_from: str | None
    valid_until: str | None
    last_on: str | None
    sentences: Sentences
    """When it is on air."""
    priority: int
    weight: int
    created_by: UUID
    created_at: Instant
    changed_by: UUID
    changed_at: Instant
    deleted_at: Instant | None
    rev: int

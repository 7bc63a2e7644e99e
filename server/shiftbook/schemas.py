"""Shapes of the API about the shift book."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from server.accounts.schemas import Asked

AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"


class Sort(StrEnum):
    """What can be open when a shift ends."""

    EMERGENCY = "emergency"
    ALARM = "alarm"
    HOLD = "hold"
    APPROVAL = "approval"
    ORDER = "order"


class OpenThing(BaseModel):
    """Something that the next shift has to know of. `title` of an alarm is its code, `detail` its part."""

    sort: Sort
    id: UUID
    title: str
    detail: str = ""
    where: str = ""
    state: str
    """Of an alarm playlists.alarm.judge.Shown, of the others their own state."""
    severity: str = ""
    since_at: Instant


class NoteNew(Asked):
    """A line for those who come after."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"site_id": AN_ID, "text": "Chìa khoá tủ số 2 ở phòng trực."}]}
    )

    site_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=1000)]


class HandoverNew(Asked):
    """A shift ends; whoever comes next takes over."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_id": AN_ID, "note": "Chờ thợ điện lúc 9 giờ."}]})

    site_id: UUID
    note: Annotated[str, Field(max_length=1000)] = ""


class NoteShown(BaseModel):
    """A line with its writer."""

    id: UUID
    name: str
    written_at: Instant
    text: str


class HandoverShown(BaseModel):
    """A handover with what was open at that time."""

    id: UUID
    given_by: UUID
    given_name: str
    given_at: Instant
    note: str
    open_things: list[OpenThing]
    taken_by: UUID | None
    taken_name: str | None
    taken_at: Instant | None


class ShiftBook(BaseModel):
    """The book of a site as it stands now."""

    site_id: UUID
    site_name: str
    open_things: list[OpenThing]
    notes: list[NoteShown]
    """Newest first."""
    handovers: list[HandoverShown]
    """Newest first; one that nobody has taken yet comes first."""

"""The shapes of work orders over HTTP."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from playlists.instant import Instant
from server.faults.alarms.schemas import AlarmShown

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Serial = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class OrderState(StrEnum):
    """How far a work order has come."""

    OPEN = "open"
    STARTED = "started"
    WAITING = "waiting"
    """For parts, a decision or somebody else."""
    REPAIRED = "repaired"
    """Whoever did it says so; the system has not confirmed it."""
    VERIFIED = "verified"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What was done about a work order."""

    MADE = "made"
    ASSIGNED = "assigned"
    STARTED = "started"
    WAITED = "waited"
    REPAIRED = "repaired"
    VERIFIED = "verified"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NOTED = "noted"
    PART = "part"
    PHOTO = "photo"
    PHOTO_REMOVED = "photo_removed"


class OrderNew(BaseModel):
    """A work order for alarms of one panel; without a title it is called as the first alarm."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"panel_id": "01936d5a-7e1b-7c3a-9d52-0f6c5c3a1b11", "alarm_ids": [], "title": "Thay quạt"}]
        },
    )

    panel_id: UUID
    alarm_ids: Annotated[list[UUID], Field(max_length=100)] = []
    title: Line = ""
    assigned_to: UUID | None = None


class OrderChange(BaseModel):
    """What can be written into a work order; a field that is missing stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"contractor": "Công ty LED", "estimate_vnd": 3_500_000}]}
    )

    title: Line | None = None
    assigned_to: UUID | None = None
    expected_at: Instant | None = None
    contractor: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] | None = None
    warranty_until: date | None = None
    estimate_vnd: Annotated[int, Field(ge=0, le=10**13)] | None = None
    decision_number: Serial | None = None
    cause: Text | None = None


class NoteAsked(BaseModel):
    """Words for the history. `client_id` makes a form that was kept without a link count once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Đã đo 4,9 V tại card"}]})

    note: Text = ""
    client_id: UUID | None = None


class WaitAsked(BaseModel):
    """What the work waits for, and until when; its alarms are hidden until then."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"waiting_for": "Mô-đun P4 cùng lô", "until": "2026-12-01T01:00:00.000Z"}]},
    )

    waiting_for: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    until: Instant
    client_id: UUID | None = None


class PartNew(BaseModel):
    """A part that was changed; with `spare_part_id` the stock goes down by one."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Quạt 120 mm", "new_serial": "F-2231"}]}
    )

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    spare_part_id: UUID | None = None
    old_serial: Serial = ""
    new_serial: Serial = ""
    batch: Serial = ""
    client_id: UUID | None = None


class PartShown(BaseModel):
    """A part that was changed."""

    id: UUID
    name: str
    old_serial: str
    new_serial: str
    batch: str
    at: Instant


class Checked(BaseModel):
    """One thing that the system looked at to verify a repair; `what` is an alarm's code and part."""

    what: str
    is_well: bool
    detail: str


class Verification(BaseModel):
    """Whether the system confirms a repair, and by what."""

    is_well: bool
    at: Instant
    checks: list[Checked]


class StepShown(BaseModel):
    """One step in the history."""

    at: Instant
    what: Step
    user_name: str
    note: str


class OrderShown(BaseModel):
    """A work order."""

    id: UUID
    number: int
    site_id: UUID
    site_name: str
    panel_id: UUID
    panel_name: str
    title: str
    state: OrderState
    assigned_to: UUID | None
    assigned_to_name: str | None
    expected_at: Instant | None
    waiting_for: str
    waiting_until: Instant | None
    contractor: str
    warranty_until: date | None
    estimate_vnd: int | None
    decision_number: str
    cause: str
    created_at: Instant
    started_at: Instant | None
    repaired_at: Instant | None
    verified_at: Instant | None
    closed_at: Instant | None
    rev: int


class OrderStory(OrderShown):
    """A work order with its alarms, its parts, what the system says now, and its history, oldest first."""

    alarms: list[AlarmShown]
    parts: list[PartShown]
    verification: Verification
    """As of now; when the order was verified, as of then."""
    history: list[StepShown]

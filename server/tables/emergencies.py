"""Emergencies: prepared templates, warnings with their signed steps, and which kiosk shows which since when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class Purpose(StrEnum):
    """What a template is for."""

    WARNING = "warning"
    ALL_CLEAR = "all-clear"
    CORRECTION = "correction"


class WarningTemplate(SQLModel, table=True):
    """A notice that is prepared for emergencies. It is shown only by one, once a release with its word stands."""

    __tablename__ = "warning_template"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    notice_id: UUID = Field(foreign_key="notice.id", unique=True)
    word: str = Field(max_length=40, index=True)
    """By which releases, emergencies and alerts (`bangtin:template`) name it."""
    purpose: str = Field(max_length=16)
    """A Purpose."""
    severity: str = Field(max_length=16)
    urgency: str = Field(max_length=16)
    minutes: int = 60
    """How long it is shown unless somebody says otherwise."""
    added_by: UUID = reference("user_account.id", index=False)
    added_at: datetime = made_at()
    retired_at: datetime | None = maybe_instant()
    rev: int = 1


class EmergencyState(StrEnum):
    """How far an emergency has come."""

    PREPARING = "preparing"
    """The pictures of free words are drawn."""
    ASKING = "asking"
    """It waits for signatures; no panel knows of it."""
    RUNNING = "running"
    ENDED = "ended"
    """Somebody ended it."""
    REPLACED = "replaced"
    """Another one took its place."""
    OVER = "over"
    """Its time came."""
    GIVEN_UP = "given-up"
    """It was never signed, or its pictures could not be drawn."""


class EmergencyRow(SQLModel, table=True):
    """One warning; in signed documents its name is its id. Sites and panels are lists of ids."""

    __tablename__ = "emergency"

    id: UUID = primary_key()
    agency_id: UUID | None = maybe_reference("agency.id")
    """Whose officer raised it; None: the whole installation's."""
    state: str = Field(max_length=16, index=True)
    """An EmergencyState."""
    sites: list[str] = json_column(list)
    panels: list[str] = json_column(list)
    purpose: str = Field(default=Purpose.WARNING, max_length=16)
    status: str = Field(max_length=16)
    """A playlists.trust.emergency.Status."""
    text: str = Field(max_length=16)
    """A playlists.trust.emergency.Text."""
    by: str = Field(default="duty", max_length=16)
    """The role that signs: duty or cap."""
    word: str | None = Field(default=None, max_length=40)
    release: str | None = Field(default=None, max_length=64)
    words: dict[str, Any] = json_column()
    """What it says by language: title and body."""
    level: str = Field(default="warning", max_length=16)
    """A playlists.card.Level of free words."""
    segments: list[str] = json_column(list)
    """Ids of the segments of free words."""
    severity: str = Field(max_length=16)
    urgency: str = Field(max_length=16)
    minutes: int
    replaces: list[str] = json_column(list)
    """Ids of the emergencies whose place it takes."""
    alert_id: UUID | None = maybe_reference("incoming_alert.id")
    reason: str = Field(default="", max_length=400)
    trouble: str = Field(default="", max_length=400)
    """Why it was given up, or why an alert did not reach panels by itself."""
    raised_by: UUID | None = maybe_reference("user_account.id", index=False)
    """None: the server by itself, for an alert."""
    idempotency_key: str | None = Field(default=None, unique=True, max_length=160)
    created_at: datetime = made_at()
    began_at: datetime | None = maybe_instant()
    expires_at: datetime | None = maybe_instant(index=True)
    """When it ends on panels by itself."""
    ended_at: datetime | None = maybe_instant()
    ended_by: UUID | None = maybe_reference("user_account.id", index=False)
    rev: int = 1


class StepKind(StrEnum):
    """What a signed document of an emergency does."""

    RAISE = "raise"
    EXTEND = "extend"
    END = "end"


class EmergencyStep(SQLModel, table=True):
    """One signed document of an emergency."""

    __tablename__ = "emergency_step"
    __table_args__ = (UniqueConstraint("emergency_id", "number"),)

    id: UUID = primary_key()
    emergency_id: UUID = reference("emergency.id")
    number: int
    kind: str = Field(max_length=16)
    """A StepKind."""
    document_id: UUID = Field(foreign_key="signed_document.id", unique=True)
    made_by: UUID | None = maybe_reference("user_account.id", index=False)
    reason: str = Field(default="", max_length=400)
    expires_at: datetime | None = maybe_instant()
    done_at: datetime | None = maybe_instant()
    """When it was sealed and reached the bundles of kiosks; None while it waits or was given up."""


class EmergencyAck(SQLModel, table=True):
    """What a kiosk says of an emergency."""

    __tablename__ = "emergency_ack"

    emergency_id: UUID = Field(primary_key=True, foreign_key="emergency.id")
    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id", index=True)
    seq: int = big_number(0)
    accepted_at: datetime | None = maybe_instant()
    """When the kiosk was first heard to hold it."""
    shown_since_at: datetime | None = maybe_instant()
    gone_at: datetime | None = maybe_instant()
    """When the kiosk was first heard to hold it no more."""
    refused: str = Field(default="", max_length=8)
    """The rule by which the kiosk refused it."""

"""Faults with their history, and plays."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from server.db import UtcMicros
from server.tables.columns import (
    instant,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class FaultSource(StrEnum):
    """Who raised a fault."""

    KIOSK = "kiosk"
    SERVER = "server"
    PERSON = "person"
    """Somebody saw it; it stands until somebody declares it mended."""


class Fault(SQLModel, table=True):
    """A condition from raise to clear. At most one open fault for a kiosk, code and subject."""

    __table_args__ = (
        Index(
            "uq_fault_open",
            "kiosk_id",
            "code",
            "subject",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )

    id: UUID = primary_key()
    kiosk_id: UUID = reference("kiosk.id")
    panel_id: UUID | None = maybe_reference("panel.id")
    code: str = Field(max_length=40)
    subject: str = Field(default="", max_length=120)
    severity: str = Field(max_length=16)
    detail: str = ""
    source: str = Field(max_length=8)
    since_at: datetime = instant()
    cleared_at: datetime | None = maybe_instant(index=True)
    rev: int = 1


class FaultWord(StrEnum):
    """What happened to a fault."""

    RAISED = "raised"
    CLEARED = "cleared"


class FaultEvent(SQLModel, table=True):
    """One step in a fault's history."""

    __tablename__ = "fault_event"

    id: UUID = primary_key()
    fault_id: UUID = reference("fault.id")
    at: datetime = made_at()
    what: str = Field(max_length=16)


class PowerCut(SQLModel, table=True):
    """A time in which a kiosk had no power, as it found out at its next start."""

    __tablename__ = "power_cut"

    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id")
    from_at: datetime = Field(primary_key=True, sa_type=UtcMicros)
    panel_id: UUID | None = maybe_reference("panel.id")
    to_at: datetime = instant()


class ReadingSpan(SQLModel, table=True):
    """What one kiosk measured in one span of time: by reading least, most, sum, count (thousandths) and unit."""

    __tablename__ = "reading_span"
    __table_args__ = (Index("ix_reading_span_panel", "panel_id", "grain_s", "begin_at"),)

    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id")
    grain_s: int = Field(primary_key=True)
    begin_at: datetime = Field(primary_key=True, sa_type=UtcMicros)
    panel_id: UUID | None = Field(default=None, foreign_key="panel.id")
    readings: dict[str, Any] = json_column()


class PlayRow(SQLModel, table=True):
    """One play of one item on one panel; the kiosk's sequence number makes it unique."""

    __tablename__ = "play"

    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id")
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    panel_id: UUID | None = maybe_reference("panel.id")
    item_id: UUID | None = None
    notice_id: UUID | None = Field(default=None, index=True)
    sha256: str = Field(max_length=64)
    language: str = Field(max_length=3)
    started_at: datetime = instant()
    ended_at: datetime = instant()
    seen: bool = False

"""What becomes of agencies: names at a time, who owned what until when, and changes that are planned for a date."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.db import UtcMicros
from server.tables.columns import instant, json_column, made_at, maybe_instant, maybe_reference, primary_key, reference


class PlanKind(StrEnum):
    """What can happen to an agency."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    CLOSE = "close"


class AgencyName(SQLModel, table=True):
    """A name that an agency had until a time; its name now stands in the agency itself."""

    __tablename__ = "agency_name"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    name: str = Field(max_length=120)
    until_at: datetime = instant()


class FormerOwner(SQLModel, table=True):
    """An agency that something belonged to until a time; what is written of it before keeps that agency's name."""

    __tablename__ = "former_owner"

    kind: str = Field(primary_key=True, max_length=40)
    """The table's name."""
    object_id: UUID = Field(primary_key=True)
    until_at: datetime = Field(primary_key=True, sa_type=UtcMicros)
    agency_id: UUID = reference("agency.id")


class AgencyPlan(SQLModel, table=True):
    """A change of an agency: done at once, or planned for a date; a done one cannot be undone."""

    __tablename__ = "agency_plan"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    kind: str = Field(max_length=16)
    """A PlanKind."""
    into_id: UUID | None = maybe_reference("agency.id")
    """The successor of a merger, the other agency of a split."""
    detail: dict[str, Any] = json_column()
    """Of a rename `name`; of a split lists of ids by kind; of a done merger the numbers moved by kind."""
    due_at: datetime = Field(sa_type=UtcMicros, index=True)
    made_by: UUID | None = maybe_reference("user_account.id", index=False)
    made_at: datetime = made_at()
    done_at: datetime | None = maybe_instant(index=True)
    cancelled_at: datetime | None = maybe_instant()
    trouble: str | None = None
    """Why it could not be done on its date."""

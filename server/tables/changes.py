"""What live pages read, and small marks of the installation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel

from server.tables.columns import made_at


class Change(SQLModel, table=True):
    """Something that a live page may show has changed; the id is the event stream's Last-Event-ID."""

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    at: datetime = made_at()
    topic: str = Field(max_length=40)
    """For example panel, fault, job, publication, notice, playlist."""
    subject_id: UUID


class Mark(SQLModel, table=True):
    """A named value of the installation, for example the broker's epoch."""

    name: str = Field(primary_key=True, max_length=40)
    value: str

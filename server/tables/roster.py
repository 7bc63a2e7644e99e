"""Who is asked when: shifts, absences, how long one waits, and the calendar addresses of the roster."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    instant,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class DutyShift(SQLModel, table=True):
    """A person who is asked in a role at a site from one time to another; `rank` 1 is asked first."""

    __tablename__ = "duty_shift"

    id: UUID = primary_key()
    site_id: UUID = reference("site.id")
    role: str = Field(max_length=24, index=True)
    user_id: UUID = reference("user_account.id")
    rank: int = 1
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    note: str = Field(default="", max_length=200)
    taken_over_from: UUID | None = maybe_reference("user_account.id", index=False)
    """Who handed this shift over while it ran."""
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    deleted_at: datetime | None = maybe_instant(index=True)
    rev: int = 1


class DutyAbsence(SQLModel, table=True):
    """A time in which a person is not asked, and who is asked instead."""

    __tablename__ = "duty_absence"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    replacement_id: UUID | None = maybe_reference("user_account.id")
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    note: str = Field(default="", max_length=200)
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    deleted_at: datetime | None = maybe_instant(index=True)
    rev: int = 1


class DutyRule(SQLModel, table=True):
    """How many minutes the first one has before the next one is asked too, for a role at a site."""

    __tablename__ = "duty_rule"
    __table_args__ = (UniqueConstraint("site_id", "role"),)

    id: UUID = primary_key()
    site_id: UUID = reference("site.id")
    role: str = Field(max_length=24)
    next_after_min: int


class DutyFeed(SQLModel, table=True):
    """An iCalendar address of one person's shifts or of a site's; kept as SHA-256 only."""

    __tablename__ = "duty_feed"

    id: UUID = primary_key()
    token_sha256: str = Field(unique=True, max_length=64)
    site_id: UUID | None = maybe_reference("site.id")
    user_id: UUID | None = maybe_reference("user_account.id")
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    revoked_at: datetime | None = maybe_instant()

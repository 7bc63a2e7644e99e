"""The shift book: notes of those on duty, and who handed over to whom with what open."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from server.tables.columns import json_column, made_at, maybe_instant, maybe_reference, primary_key, reference


class ShiftNote(SQLModel, table=True):
    """A line that somebody wrote for those who come after."""

    __tablename__ = "shift_note"

    id: UUID = primary_key()
    site_id: UUID = reference("site.id")
    user_id: UUID = reference("user_account.id", index=False)
    written_at: datetime = made_at()
    text: str = Field(max_length=1000)


class ShiftHandover(SQLModel, table=True):
    """A handover: what was open when it was given, and who took it; at most one of a site waits to be taken."""

    __tablename__ = "shift_handover"
    __table_args__ = (
        Index(
            "uq_shift_handover_waiting",
            "site_id",
            unique=True,
            sqlite_where=text("taken_at IS NULL"),
            postgresql_where=text("taken_at IS NULL"),
        ),
    )

    id: UUID = primary_key()
    site_id: UUID = reference("site.id")
    given_by: UUID = reference("user_account.id", index=False)
    given_at: datetime = made_at()
    note: str = Field(default="", max_length=1000)
    open_things: list[dict[str, Any]] = json_column(list)
    """As server.shiftbook.schemas.OpenThing, at that time."""
    taken_by: UUID | None = maybe_reference("user_account.id", index=False)
    taken_at: datetime | None = maybe_instant()

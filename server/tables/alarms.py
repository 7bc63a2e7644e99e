"""Alarms with their logs, and the times in which faults are expected."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from server.tables.columns import instant, made_at, maybe_instant, maybe_reference, primary_key, reference


class Alarm(SQLModel, table=True):
    """One fault as people see it; at most one that has not ended for a place, a code and a part.

    What stands here from `phase` on is what a replay of its log says (playlists.alarm.judge), kept for queries.
    """

    __table_args__ = (
        Index(
            "uq_alarm_open",
            "place_id",
            "code",
            "subject",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = primary_key()
    place_id: UUID
    """The kiosk, or the site for what concerns it as a whole."""
    site_id: UUID = reference("site.id")
    kiosk_id: UUID | None = maybe_reference("kiosk.id")
    panel_id: UUID | None = maybe_reference("panel.id")
    code: str = Field(max_length=40)
    subject: str = Field(default="", max_length=120)
    severity: str = Field(max_length=16)
    detail: str = ""
    phase: str = Field(max_length=16)
    is_raised: bool = True
    since_at: datetime = instant()
    active_at: datetime | None = maybe_instant(index=True)
    acknowledged_at: datetime | None = maybe_instant()
    acknowledged_by: UUID | None = maybe_reference("user_account.id")
    started_at: datetime | None = maybe_instant()
    returned_at: datetime | None = maybe_instant()
    ended_at: datetime | None = maybe_instant(index=True)
    raises: int = 1
    is_chattering: bool = False
    shelved_until: datetime | None = maybe_instant()
    next_at: datetime | None = maybe_instant(index=True)
    cause_id: UUID | None = maybe_reference("alarm.id")
    """The alarm that this one follows from."""
    expected_until: datetime | None = maybe_instant()
    """A window in which it is expected lasts so long."""
    settled_at: datetime | None = maybe_instant()
    """When it was first looked at together with the others of its site; before that nobody is told."""
    changed_at: datetime = made_at()
    """When its log or the time last changed it."""
    rev: int = 1


class AlarmEvent(SQLModel, table=True):
    """One entry of an alarm's log (playlists.alarm.event)."""

    __tablename__ = "alarm_event"

    id: UUID = primary_key()
    alarm_id: UUID = reference("alarm.id")
    at: datetime = instant()
    word: str = Field(max_length=16)
    until: datetime | None = maybe_instant()
    user_id: UUID | None = maybe_reference("user_account.id")
    note: str = ""


class ExpectedWindow(SQLModel, table=True):
    """A time in which faults are expected at a site or at one of its panels (playlists.alarm.window)."""

    __tablename__ = "expected_window"

    id: UUID = primary_key()
    site_id: UUID = reference("site.id")
    panel_id: UUID | None = maybe_reference("panel.id")
    """None: the whole site."""
    kind: str = Field(max_length=16)
    from_at: datetime = instant()
    to_at: datetime = instant()
    reason: str = Field(max_length=200)
    made_by: UUID = reference("user_account.id")
    created_at: datetime = made_at()
    rev: int = 1

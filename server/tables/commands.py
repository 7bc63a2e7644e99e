"""What kiosks were asked to do by people, what they answered, and the lines of their logs that somebody asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from server.tables.columns import instant, json_column, made_at, maybe_instant, primary_key, reference


class KioskCommand(SQLModel, table=True):
    """One command; its id is that of the message, so that the kiosk does it once and answers by it."""

    __tablename__ = "kiosk_command"

    id: UUID = primary_key()
    kiosk_id: UUID = reference("kiosk.id")
    panel_id: UUID = reference("panel.id")
    name: str = Field(max_length=24)
    arguments: dict[str, Any] = json_column()
    asked_by: UUID = reference("user_account.id")
    asked_at: datetime = made_at()
    expires_at: datetime = instant()
    state: str = Field(max_length=12)
    detail: str = ""
    """Why it failed, in the kiosk's words."""
    answered_at: datetime | None = maybe_instant()


class KioskLog(SQLModel, table=True):
    """Lines of a kiosk's log as they came, one row for each message: number, time in microseconds, level, text."""

    __tablename__ = "kiosk_log"
    __table_args__ = (Index("ix_kiosk_log_panel", "panel_id", "id"),)

    id: UUID = primary_key()
    command_id: UUID = reference("kiosk_command.id")
    panel_id: UUID = Field(foreign_key="panel.id")
    taken_at: datetime = instant()
    lines: list[Any] = json_column(list)

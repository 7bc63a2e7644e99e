"""Playlists and weekly schedule entries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import json_column, made_at, maybe_instant, primary_key, reference


class PlaylistRow(SQLModel, table=True):
    """An ordered list of items, owned by an agency."""

    __tablename__ = "playlist"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    name: str = Field(max_length=120)
    name_folded: str = Field(index=True)
    created_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    rev: int = 1


class PlaylistItemRow(SQLModel, table=True):
    """A notice in a playlist: its languages in order, and milliseconds on air for each."""

    __tablename__ = "playlist_item"

    id: UUID = primary_key()
    playlist_id: UUID = reference("playlist.id")
    position: int
    notice_id: UUID = reference("notice.id")
    languages: list[str] = json_column(list)
    on_air_ms: int


class ScheduleEntryRow(SQLModel, table=True):
    """A playlist on one panel in a weekly local-time window ("HH:MM", ISO weekdays)."""

    __tablename__ = "schedule_entry"

    id: UUID = primary_key()
    panel_id: UUID = reference("panel.id")
    playlist_id: UUID = reference("playlist.id")
    weekdays: list[int] = json_column(list)
    start: str = Field(max_length=5)
    end: str = Field(max_length=5)
    priority: int = 50

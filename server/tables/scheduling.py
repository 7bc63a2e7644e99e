"""Playlists, dayparts, schedule entries, overrides, quotas, special days and calendar feeds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    instant,
    json_column,
    made_at,
    maybe_instant,
    maybe_json,
    maybe_reference,
    primary_key,
    reference,
)


class PlaylistRow(SQLModel, table=True):
    """An ordered list of items, owned by an agency. `rotation` and `language_weights` as in playlists.playlist."""

    __tablename__ = "playlist"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    name: str = Field(max_length=120)
    name_folded: str = Field(index=True)
    rotation: str = Field(default="per_item", max_length=16)
    language_weights: dict[str, int] = json_column()
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


class DaypartRow(SQLModel, table=True):
    """Named local windows with exceptions, owned by an agency; the shapes are those of playlists.daypart."""

    __tablename__ = "daypart"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    name: str = Field(max_length=120)
    name_folded: str = Field(index=True)
    windows: list[dict[str, Any]] = json_column(list)
    exceptions: list[dict[str, Any]] = json_column(list)
    calendar_id: UUID | None = maybe_reference("special_calendar.id")
    day_off_windows: list[dict[str, Any]] = json_column(list)
    created_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    rev: int = 1


class TargetKind(StrEnum):
    """What an entry or override is meant for."""

    EVERYWHERE = "everywhere"
    PANEL = "panel"
    SITE = "site"
    TAG = "tag"


class ScheduleEntryRow(SQLModel, table=True):
    """A playlist, when and with which standing: by a daypart, a weekly window of its own, or starts with a duration.

    Local dates and times are ISO text. `last_on` is the last local date on which it can be on air; None: no end.
    """

    __tablename__ = "schedule_entry"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    playlist_id: UUID = reference("playlist.id")
    note: str = Field(default="", max_length=120)
    note_folded: str = ""
    daypart_id: UUID | None = maybe_reference("daypart.id")
    own_window: dict[str, Any] | None = maybe_json()
    recurrence: dict[str, Any] | None = maybe_json()
    duration_s: int | None = None
    special_days: dict[str, Any] | None = maybe_json()
    """A playlists.special_day rule: calendar_id, only or except, kinds."""
    valid_from: str | None = Field(default=None, max_length=19)
    valid_until: str | None = Field(default=None, max_length=19)
    last_on: str | None = Field(default=None, index=True, max_length=10)
    priority: int = 50
    weight: int = 1
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    changed_by: UUID = reference("user_account.id", index=False)
    changed_at: datetime = made_at()
    deleted_at: datetime | None = maybe_instant(index=True)
    rev: int = 1


class EntryTarget(SQLModel, table=True):
    """One thing that an entry is meant for."""

    __tablename__ = "entry_target"

    id: UUID = primary_key()
    entry_id: UUID = reference("schedule_entry.id")
    kind: str = Field(max_length=16, index=True)
    panel_id: UUID | None = maybe_reference("panel.id")
    site_id: UUID | None = maybe_reference("site.id")
    tag: str | None = Field(default=None, index=True, max_length=40)


class OverrideRow(SQLModel, table=True):
    """An urgent playlist above the schedule, always with an end. `ended_at`: somebody ended or called it off early."""

    __tablename__ = "schedule_override"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    playlist_id: UUID = reference("playlist.id")
    reason: str = Field(default="", max_length=400)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    priority: int = 50
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    ended_by: UUID | None = maybe_reference("user_account.id", index=False)
    ended_at: datetime | None = maybe_instant()
    rev: int = 1


class OverrideTarget(SQLModel, table=True):
    """One thing that an override is meant for."""

    __tablename__ = "override_target"

    id: UUID = primary_key()
    override_id: UUID = reference("schedule_override.id")
    kind: str = Field(max_length=16, index=True)
    panel_id: UUID | None = maybe_reference("panel.id")
    site_id: UUID | None = maybe_reference("site.id")
    tag: str | None = Field(default=None, index=True, max_length=40)


class EssentialOnlyRow(SQLModel, table=True):
    """A time in which chosen sites show essential notices only, with its reason."""

    __tablename__ = "essential_only"

    id: UUID = primary_key()
    reason: str = Field(max_length=400)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    ended_by: UUID | None = maybe_reference("user_account.id", index=False)
    ended_at: datetime | None = maybe_instant()
    rev: int = 1


class EssentialOnlySite(SQLModel, table=True):
    """A site that shows essential notices only."""

    __tablename__ = "essential_only_site"

    essential_only_id: UUID = Field(primary_key=True, foreign_key="essential_only.id")
    site_id: UUID = Field(primary_key=True, foreign_key="site.id", index=True)


class PanelQuota(SQLModel, table=True):
    """The part of a panel's scheduled airtime that an agency has, in thousandths.

    A quota of another agency than the panel's own also lets that agency schedule on the panel.
    """

    __tablename__ = "panel_quota"

    panel_id: UUID = Field(primary_key=True, foreign_key="panel.id")
    agency_id: UUID = Field(primary_key=True, foreign_key="agency.id", index=True)
    permille: int


class SpecialCalendar(SQLModel, table=True):
    """A calendar of special days, of a country or imported; dayparts, hours and entries refer to it."""

    __tablename__ = "special_calendar"

    id: UUID = primary_key()
    name: str = Field(max_length=120)
    name_folded: str = Field(index=True)
    country: str | None = Field(default=None, max_length=2)
    """An ISO 3166 code where years can be proposed."""
    created_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    rev: int = 1


class SpecialYear(SQLModel, table=True):
    """A year of a calendar. `dates` are playlists.special_day dates; they count once the year is confirmed."""

    __tablename__ = "special_year"
    __table_args__ = (UniqueConstraint("calendar_id", "year"),)

    id: UUID = primary_key()
    calendar_id: UUID = reference("special_calendar.id")
    year: int
    dates: list[dict[str, Any]] = json_column(list)
    confirmed_by: UUID | None = maybe_reference("user_account.id", index=False)
    confirmed_at: datetime | None = maybe_instant()
    rev: int = 1


class CalendarFeed(SQLModel, table=True):
    """An iCalendar address of one panel or site; whoever has the address may read it. Kept as SHA-256 only."""

    __tablename__ = "calendar_feed"

    id: UUID = primary_key()
    token_sha256: str = Field(unique=True, max_length=64)
    panel_id: UUID | None = maybe_reference("panel.id")
    site_id: UUID | None = maybe_reference("site.id")
    name: str = Field(default="", max_length=120)
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    revoked_at: datetime | None = maybe_instant()
    rev: int = 1

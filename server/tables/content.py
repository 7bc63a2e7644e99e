"""Notices with immutable revisions, and the segments rendered from them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import big_number, made_at, maybe_instant, primary_key, reference


class Notice(SQLModel, table=True):
    """One trilingual content object; what it shows stands in its newest revision."""

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    title: str = Field(max_length=120)
    title_folded: str = Field(index=True)
    kind: str = Field(max_length=16)
    content_class: str = Field(default="service", max_length=16)
    """A playlists.notice.ContentClass."""
    festive: bool = False
    created_by: UUID = reference("user_account.id")
    created_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    rev: int = 1


class Revision(SQLModel, table=True):
    """An immutable state of a notice; numbers count from 1."""

    __table_args__ = (UniqueConstraint("notice_id", "number"),)

    id: UUID = primary_key()
    notice_id: UUID = reference("notice.id")
    number: int
    created_by: UUID = reference("user_account.id")
    created_at: datetime = made_at()


class Variant(SQLModel, table=True):
    """A revision in one language: the media that shows it."""

    __table_args__ = (UniqueConstraint("revision_id", "language"),)

    id: UUID = primary_key()
    revision_id: UUID = reference("revision.id")
    language: str = Field(max_length=3)
    media_id: UUID = reference("media.id")


class SegmentState(StrEnum):
    """How far a segment has come."""

    WAITING = "waiting"
    RENDERING = "rendering"
    READY = "ready"
    FAILED = "failed"


class Segment(SQLModel, table=True):
    """A variant rendered for one profile. `render_key` is unique and the first writer wins: rendered once."""

    id: UUID = primary_key()
    render_key: str = Field(unique=True, max_length=64)
    media_id: UUID = reference("media.id")
    language: str = Field(max_length=3)
    profile: str = Field(max_length=32)
    state: str = Field(default=SegmentState.WAITING, max_length=16, index=True)
    progress_permille: int = 0
    sha256: str | None = Field(default=None, index=True, max_length=64)
    size: int | None = big_number(None)
    duration_ms: int | None = None
    error: str | None = None
    created_at: datetime = made_at()

"""Uploads that come in pieces, and the tags of media."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class UploadState(StrEnum):
    """How far an upload has come."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    DONE = "done"
    REFUSED = "refused"


class UploadSession(SQLModel, table=True):
    """An upload in pieces. How many bytes are there is the file's business, `<data>/incoming/<id>.part`."""

    __tablename__ = "upload_session"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    uploaded_by: UUID = reference("user_account.id")
    name: str = Field(max_length=120)
    """The file's name, cleaned for display."""
    length: int = big_number()
    """Bytes that were announced."""
    metadata_sent: str = Field(default="", max_length=4096)
    """The header Upload-Metadata as it came."""
    state: str = Field(default=UploadState.RECEIVING, max_length=16, index=True)
    progress_permille: int = 0
    """Of the check."""
    reason: str | None = Field(default=None, max_length=40)
    """A server.media.refusal.Refusal."""
    facts: dict[str, Any] = json_column()
    remarks: list[str] = json_column(list)
    media_id: UUID | None = maybe_reference("media.id")
    is_new: bool = True
    """False: the agency had this already."""
    upload_sha256: str | None = Field(default=None, max_length=64)
    source: str = Field(default="", max_length=300)
    author: str = Field(default="", max_length=160)
    right_of_use: str = Field(default="unknown", max_length=16)
    right_note: str = Field(default="", max_length=300)
    rights_until: date | None = None
    tags: list[str] = json_column(list)
    created_at: datetime = made_at()
    finished_at: datetime | None = maybe_instant()


class MediaTag(SQLModel, table=True):
    """A word that people gave a medium, to find it again."""

    __tablename__ = "media_tag"
    __table_args__ = (UniqueConstraint("media_id", "folded"),)

    id: UUID = primary_key()
    media_id: UUID = reference("media.id")
    tag: str = Field(max_length=40)
    folded: str = Field(max_length=40, index=True)

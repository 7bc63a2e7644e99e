"""Uploaded files: what they are, whose they are and by what right they are shown."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import made_at, maybe_instant, maybe_reference, primary_key, reference


class Media(SQLModel, table=True):
    """One uploaded file after checking and re-encoding, named by the SHA-256 of the re-encoded bytes."""

    __table_args__ = (UniqueConstraint("first_agency_id", "sha256"),)

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    first_agency_id: UUID | None = maybe_reference("agency.id", index=False)
    """Whose it was at upload: it has the same bytes once, while a merged agency may bring in bytes that are there."""
    sha256: str = Field(index=True, max_length=64)
    upload_sha256: str = Field(index=True, max_length=64)
    """Of the bytes as they were uploaded, so that the same file again is known before it is checked."""
    name: str = Field(max_length=120)
    """The uploader's file name, cleaned for display; never a path."""
    name_folded: str = Field(default="", index=True)
    """Name, author and source as search compares them."""
    kind: str = Field(max_length=16)
    """A playlists.notice.MediaKind."""
    width: int
    height: int
    duration_ms: int | None = None
    has_sound: bool = False
    flashes: int | None = None
    """Of a clip: general flashes in its worst second, which begins at `flashes_at_ms`."""
    flashes_at_ms: int | None = None
    size: int = Field(sa_type=BigInteger)
    source: str = Field(default="", max_length=300)
    author: str = Field(default="", max_length=160)
    right_of_use: str = Field(default="unknown", max_length=16, index=True)
    """A playlists.rights.RightOfUse."""
    right_note: str = Field(default="", max_length=300)
    """The licence, or the contract's number."""
    rights_until: date | None = None
    """The last local day of the right of use."""
    uploaded_by: UUID = reference("user_account.id")
    created_at: datetime = made_at()
    deleted_at: datetime | None = maybe_instant(index=True)
    """Since when it lies in the trash."""
    deleted_by: UUID | None = maybe_reference("user_account.id", index=False)
    rev: int = 1

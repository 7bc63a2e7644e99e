"""Publications, the manifests they assign, and what else the broker should hold for each kiosk."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
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


class PublicationState(StrEnum):
    """How far a publication has come."""

    RENDERING = "rendering"
    ASSIGNED = "assigned"
    FAILED = "failed"


class Publication(SQLModel, table=True):
    """One press of "Publish": the panels it means, and the job that carries it out."""

    id: UUID = primary_key()
    requested_by: UUID = reference("user_account.id")
    panel_ids: list[str] = json_column(list)
    state: str = Field(default=PublicationState.RENDERING, max_length=16)
    idempotency_key: str | None = Field(default=None, unique=True, max_length=120)
    job_id: UUID | None = maybe_reference("job.id")
    error: str | None = None
    sentences: dict[str, str] = json_column()
    """The error in every language, where it is known."""
    warnings: list[dict[str, str]] = json_column(list)
    """What was left out or is not as it should be: sentences by language."""
    created_at: datetime = made_at()
    assigned_at: datetime | None = maybe_instant()


class AiredRevision(SQLModel, table=True):
    """Since when the manifests of a kiosk show a revision of a notice by a segment: what a play was of."""

    __tablename__ = "aired_revision"

    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id")
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    """The number of the first manifest that says so."""
    sha256: str = Field(primary_key=True, max_length=64)
    notice_id: UUID = Field(primary_key=True, foreign_key="notice.id", index=True)
    revision: int
    since_at: datetime = made_at()


class AssignedManifest(SQLModel, table=True):
    """A manifest of one kiosk: the signed envelope's bytes and their digest.

    `content_sha256` is the digest of the document without number and time, so that a publication that changes
    nothing assigns nothing.
    """

    __tablename__ = "manifest"
    __table_args__ = (UniqueConstraint("kiosk_id", "seq"),)

    id: UUID = primary_key()
    kiosk_id: UUID = reference("kiosk.id")
    seq: int
    sha256: str = Field(unique=True, max_length=64)
    content_sha256: str = Field(max_length=64)
    envelope: bytes
    publication_id: UUID | None = maybe_reference("publication.id")
    created_at: datetime = made_at()


class DesiredMessage(SQLModel, table=True):
    """What the broker should hold for one kiosk on one topic besides the manifest's pointer, byte for byte.

    `assigned_seq` counts what it should hold, `published_seq` says how far the broker was told; an empty body is told
    too, it clears the topic.
    """

    __tablename__ = "desired_message"

    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id")
    leaf: str = Field(primary_key=True, max_length=16)
    """A playlists.wire.topics.Down that is retained."""
    body: bytes
    assigned_seq: int = big_number(0)
    published_seq: int = big_number(0)
    changed_at: datetime = made_at()

"""Root documents, and documents that people or the server sign (playlists.trust), with their signatures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    instant,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class RootDocument(SQLModel, table=True):
    """A root that was installed. The one with the greatest version of its chain judges; kiosks follow one by one."""

    __tablename__ = "root_document"
    __table_args__ = (UniqueConstraint("training", "version"),)

    id: UUID = primary_key()
    version: int = big_number(1)
    sha256: str = Field(unique=True, max_length=64)
    """Of the payload: what enrolment pins."""
    envelope: bytes
    demo: bool = False
    training: bool = False
    """Of the chain of the training sites, which begins with a demo root and never meets the other one."""
    installed_at: datetime = instant()
    installed_by: UUID | None = maybe_reference("user_account.id", index=False)
    """None: on the server machine."""


class DocumentState(StrEnum):
    """Whether a document collects signatures, has enough of them, or was given up."""

    OPEN = "open"
    SEALED = "sealed"
    CANCELLED = "cancelled"


class SignedDocument(SQLModel, table=True):
    """A document of playlists.trust. Its payload is fixed when it is made: that is what everybody signs."""

    __tablename__ = "signed_document"

    id: UUID = primary_key()
    kind: str = Field(max_length=16, index=True)
    """A server.trust.kinds.Kind."""
    digest: str = Field(unique=True, max_length=64)
    """SHA-256 of the payload: its identity, whoever signed it."""
    payload: bytes
    state: str = Field(default=DocumentState.OPEN, max_length=16, index=True)
    envelope: bytes | None = None
    """Once it is sealed."""
    made_by: UUID | None = maybe_reference("user_account.id", index=False)
    """None: the server by itself."""
    agency_id: UUID | None = maybe_reference("agency.id")
    site_id: UUID | None = maybe_reference("site.id")
    training: bool = False
    """Of a training site: signed under the root of these."""
    sign_path: str = Field(max_length=200)
    """Where signatures are sent, as a path of the API."""
    note: str = Field(default="", max_length=200)
    """What whoever made it said of it; not signed."""
    created_at: datetime = made_at()
    sealed_at: datetime | None = maybe_instant()
    cancelled_at: datetime | None = maybe_instant()


class DocumentSignature(SQLModel, table=True):
    """One person's signature of a document, as an entry of its envelope."""

    __tablename__ = "document_signature"
    __table_args__ = (UniqueConstraint("document_id", "keyid"),)

    id: UUID = primary_key()
    document_id: UUID = reference("signed_document.id")
    holder: str = Field(max_length=64)
    """The person's user name, as in the root."""
    keyid: str = Field(max_length=64)
    signature: dict[str, Any] = json_column()
    user_id: UUID | None = maybe_reference("user_account.id")
    at: datetime = instant()

"""The audit log: what people did, chained by hashes. Triggers of the database refuse to change or delete a row."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from server.db import UtcMicros


class AuditEntry(SQLModel, table=True):
    """One thing that somebody did. Names are those of that time; nothing here points at other tables."""

    __tablename__ = "audit_entry"

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    """1, 2, 3 … without a gap."""
    at: datetime = Field(sa_type=UtcMicros, index=True)
    user_id: UUID | None = Field(default=None, index=True)
    """None: the program itself, a kiosk, or somebody who did not log in."""
    username: str = Field(max_length=80)
    display_name: str = Field(max_length=120)
    agency_id: UUID | None = Field(default=None, index=True)
    """Of the object, or of the person where the object belongs to nobody; auditors of an agency read its entries."""
    agency_name: str = Field(max_length=120)
    """The person's agency as it was called then."""
    address: str = Field(max_length=64)
    action: str = Field(max_length=60, index=True)
    object_kind: str = Field(max_length=40)
    object_id: str = Field(max_length=80, index=True)
    object_name: str = Field(max_length=200)
    digest: str = Field(default="", max_length=64)
    """SHA-256 of the object where it is a document or a file."""
    before: str | None = None
    """Canonical JSON of what changed, as it was."""
    after: str | None = None
    folded: str
    """What search looks in: without case and accents. Not part of the chain."""
    sha256: str = Field(max_length=64)
    """SHA-256(hash of the entry before || canonical entry)."""

"""The public keys with which people sign, besides their passkeys: what the next root document is planned from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import made_at, maybe_instant, maybe_reference, primary_key, reference


class SigningKey(SQLModel, table=True):
    """A key in a file, as `bangtin root key` told it. A removed one is kept: what it signed stays on record."""

    __tablename__ = "signing_key"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    keyid: str = Field(unique=True, max_length=64)
    """SHA-256 of its public bytes."""
    public: str = Field(max_length=100)
    """Base64 of 32 raw bytes (Ed25519)."""
    name: str = Field(default="", max_length=120)
    for_root: bool = False
    """A root key: it signs root documents and nothing else."""
    created_at: datetime = made_at()
    removed_at: datetime | None = maybe_instant()
    removed_by: UUID | None = maybe_reference("user_account.id", index=False)

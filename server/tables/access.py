"""Ways into an account that somebody gave: invitations, resets, tokens for programs, and accounts at a provider."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import instant, json_column, made_at, maybe_instant, maybe_reference, primary_key, reference


class Invitation(SQLModel, table=True):
    """A link that works once: its holder chooses the password of an account. Kept as the SHA-256 of its secret."""

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    token_sha256: str = Field(unique=True, max_length=64)
    made_by: UUID | None = maybe_reference("user_account.id", index=False)
    """None: the command line."""
    is_reset: bool = False
    """True: whoever takes it also loses their authenticators and logins, for it follows a loss."""
    created_at: datetime = made_at()
    expires_at: datetime = instant()
    used_at: datetime | None = maybe_instant()
    cancelled_at: datetime | None = maybe_instant()


class ResetRequest(SQLModel, table=True):
    """One administrator asks that a person may begin anew; another one confirms or refuses."""

    __tablename__ = "reset_request"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    reason: str = Field(max_length=400)
    asked_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    expires_at: datetime = instant()
    decided_by: UUID | None = maybe_reference("user_account.id", index=False)
    decided_at: datetime | None = maybe_instant()
    was_confirmed: bool = False


class ApiToken(SQLModel, table=True):
    """A program's key to the API in a person's name: some of their permissions, for a while. Kept as its SHA-256."""

    __tablename__ = "api_token"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    token_sha256: str = Field(unique=True, max_length=64)
    name: str = Field(max_length=120)
    scopes: list[str] = json_column(list)
    """Names of permissions; what the person may not do, the token may not either."""
    created_at: datetime = made_at()
    expires_at: datetime = instant()
    last_used_at: datetime | None = maybe_instant()
    last_address: str | None = Field(default=None, max_length=64)
    revoked_at: datetime | None = maybe_instant()


class OutsideAccount(SQLModel, table=True):
    """A person's account at an OpenID provider, by the provider's unchanging name for it."""

    __tablename__ = "outside_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    created_at: datetime = made_at()
    last_used_at: datetime | None = maybe_instant()

"""What people prove who they are with besides a password, and the devices on which they did."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import big_number, instant, made_at, maybe_instant, primary_key, reference


class Passkey(SQLModel, table=True):
    """An authenticator's public key. One of ES256 may also sign documents, when a root document names it."""

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    credential_id: str = Field(unique=True, max_length=1400)
    """Base64url without padding, as browsers write it."""
    cose_key: str = Field(max_length=2000)
    """The public key as the authenticator gave it: base64 of CBOR (RFC 9053)."""
    public_key: str | None = Field(default=None, max_length=100)
    """Base64 of the 65 bytes of an uncompressed P-256 point, as playlists.trust.Key has it; None: not ES256."""
    keyid: str | None = Field(default=None, max_length=64, index=True)
    """SHA-256 of these 65 bytes; None: it cannot sign documents."""
    sign_count: int = big_number()
    name: str = Field(max_length=120)
    created_at: datetime = made_at()
    last_used_at: datetime | None = maybe_instant()


class TotpSecret(SQLModel, table=True):
    """An authenticator app's secret (RFC 6238), encrypted under a key that lies outside the database."""

    __tablename__ = "totp_secret"

    id: UUID = primary_key()
    user_id: UUID = Field(foreign_key="user_account.id", unique=True)
    sealed: str = Field(max_length=400)
    confirmed_at: datetime | None = maybe_instant()
    """None: the person has not given a code of it yet, so it counts for nothing."""
    last_step: int = big_number()
    """The 30 seconds of the newest code that was taken: no code works twice."""
    created_at: datetime = made_at()
    last_used_at: datetime | None = maybe_instant()


class RecoveryCode(SQLModel, table=True):
    """A one-time code for the day when every authenticator is gone: 80 random bits, kept as their SHA-256."""

    __tablename__ = "recovery_code"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    code_sha256: str = Field(max_length=64)


class KnownDevice(SQLModel, table=True):
    """A browser in which a person once proved more than a password; its cookie is kept as its SHA-256."""

    __tablename__ = "known_device"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    token_sha256: str = Field(unique=True, max_length=64)
    agent: str = Field(max_length=200)
    """What the browser calls itself."""
    address: str = Field(max_length=64)
    """From where it was used last."""
    created_at: datetime = made_at()
    last_used_at: datetime = instant()
    expires_at: datetime = instant()


class DeviceCode(SQLModel, table=True):
    """A one-time code that a known device shows, with which another device of the same person is let in."""

    __tablename__ = "device_code"

    id: UUID = primary_key()
    user_id: UUID = Field(foreign_key="user_account.id", unique=True)
    code_sha256: str = Field(max_length=64)
    expires_at: datetime = instant()


class SpentTicket(SQLModel, table=True):
    """A signed ticket that was used, until its time is over: none works twice."""

    __tablename__ = "spent_ticket"

    digest: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = instant()

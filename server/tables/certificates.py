"""Certificates that this server issued to kiosks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import instant, made_at, maybe_instant, maybe_reference, reference


class Occasion(StrEnum):
    """Why a certificate was issued."""

    ENROLMENT = "enrolment"
    RENEWAL = "renewal"
    RETURN = "return"
    """The kiosk came back after its certificate had ended."""


class BlockReason(StrEnum):
    """Why a certificate is not believed any longer."""

    STOLEN = "stolen"
    BROKEN = "broken"
    REPLACED = "replaced"
    """Another device drives the panel now."""
    ENROLLED_ANEW = "enrolled-anew"
    """The same kiosk was enrolled again, with a new key."""
    OTHER = "other"


class Certificate(SQLModel, table=True):
    """One certificate of one kiosk. It is public; its private key never left the device."""

    serial: str = Field(primary_key=True, max_length=40)
    """Small hexadecimal digits, without leading zeros."""
    kiosk_id: UUID = reference("kiosk.id")
    fingerprint: str = Field(max_length=64)
    """SHA-256 of the public key (DER)."""
    chain_pem: str
    occasion: str = Field(max_length=16)
    issued_at: datetime = made_at()
    not_before: datetime = instant()
    not_after: datetime = instant()
    first_used_at: datetime | None = maybe_instant()
    blocked_at: datetime | None = maybe_instant(index=True)
    blocked_reason: str | None = Field(default=None, max_length=16)
    blocked_by: UUID | None = maybe_reference("user_account.id")

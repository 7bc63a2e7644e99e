"""Shapes of the API about enrolment with certificates, and about certificates."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

from playlists.enrolment import MOST_REQUEST_BYTES
from playlists.ids import Sha256, Slug
from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.tables.certificates import BlockReason, Occasion

CSR = "-----BEGIN CERTIFICATE REQUEST-----\n…"
Csr = Annotated[str, Field(max_length=MOST_REQUEST_BYTES)]
Serial = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,40}$")]


class EnrolmentAsked(BaseModel):
    """A computer's request to become a kiosk; unknown fields of newer agents are ignored."""

    model_config = ConfigDict(
        extra="ignore", json_schema_extra={"examples": [{"csr": CSR, "nonce": "0f" * 32, "mac": "0f" * 32}]}
    )

    csr: Csr
    nonce: Sha256
    """32 random bytes, hexadecimal."""
    mac: Sha256
    """playlists.enrolment.request_mac with the code's key."""
    agent: Annotated[str, Field(max_length=40)] = ""
    simulated: bool = False
    """Whether it only plays a panel, as `BANGTIN_KIOSK_DEMO_ROOT` says: training sites take such kiosks alone."""


class EnrolmentAnswer(BaseModel):
    """What became of it. `content` is base64 of the JSON of `EnrolledShown`; `mac` authenticates it with the code."""

    state: Literal["waiting", "accepted"]
    content: str | None = None
    mac: str | None = None


class RenewAsked(BaseModel):
    """A certificate request for a new key."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [{"csr": CSR}]})

    csr: Csr


class ReturnAsked(BaseModel):
    """The same from a kiosk whose certificate is over: `signature` (base64) was made by its key."""

    model_config = ConfigDict(
        extra="ignore", json_schema_extra={"examples": [{"serial": "1f", "csr": CSR, "signature": "MEUCIQ=="}]}
    )

    serial: Serial
    csr: Csr
    signature: Annotated[Base64Bytes, Field(max_length=200)]


class CertificateGiven(BaseModel):
    """A new certificate and the intermediate that signed it."""

    certificate_pem: str


class EnrolmentShown(BaseModel):
    """The computer that waits to become a kiosk: the panel behind it shows the same six words."""

    words: str
    fingerprint: str
    address: str
    agent: str
    asked_at: Instant
    expires_at: Instant


class EnrolmentJudged(Asked):
    """The key whose words were compared."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"fingerprint": "0f" * 32}]})

    fingerprint: Sha256


class CertificateShown(BaseModel):
    """A certificate of a kiosk."""

    model_config = ConfigDict(from_attributes=True)

    serial: str
    kiosk_id: UUID
    words: str
    occasion: Occasion
    issued_at: Instant
    not_before: Instant
    not_after: Instant
    first_used_at: Instant | None
    blocked_at: Instant | None
    blocked_reason: BlockReason | None


class RevokeAsked(Asked):
    """Why a kiosk is shut out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "stolen"}]})

    reason: BlockReason = BlockReason.OTHER


class ReplaceAsked(Asked):
    """The device that takes over a kiosk's panel."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"slug": "kiosk-tra-linh-1b"}]})

    slug: Slug


class ReplacementShown(BaseModel):
    """The new kiosk, and the code that is typed on it: shown this once. The old one plays until it is enrolled."""

    kiosk_id: UUID
    code: str
    expires_at: Instant

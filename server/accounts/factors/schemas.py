"""Shapes of the API about second factors."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.instant import Instant
from server.accounts.factors.rules import Way
from server.accounts.schemas import Asked, Name

Encoded = Annotated[str, Field(max_length=20_000, pattern=r"^[A-Za-z0-9_-]*$")]
"""Base64url, as `PublicKeyCredential.toJSON()` writes it."""
Code = Annotated[str, Field(min_length=6, max_length=40)]
"""Six digits of an app, a recovery code, or a code that another device shows; spaces and hyphens are ignored."""


class Attestation(BaseModel):
    """What a browser says of a new passkey; what else it says is left out."""

    model_config = ConfigDict(extra="ignore")

    clientDataJSON: Encoded  # noqa: N815
    attestationObject: Encoded  # noqa: N815


class Assertion(BaseModel):
    """What a browser says of an answer to a challenge; what else it says is left out."""

    model_config = ConfigDict(extra="ignore")

    clientDataJSON: Encoded  # noqa: N815
    authenticatorData: Encoded  # noqa: N815
    signature: Encoded
    userHandle: Annotated[str, Field(max_length=200)] | None = None  # noqa: N815


class _Credential(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, Field(max_length=1400, pattern=r"^[A-Za-z0-9_-]+$")]
    rawId: Annotated[str, Field(max_length=1400, pattern=r"^[A-Za-z0-9_-]+$")]  # noqa: N815
    type: Literal["public-key"]

    def document(self) -> dict[str, Any]:
        """Return it as a document without what was not said."""
        return self.model_dump(exclude_none=True)


class NewCredential(_Credential):
    """The answer of `navigator.credentials.create`, as its `toJSON()` writes it."""

    response: Attestation


class UsedCredential(_Credential):
    """The answer of `navigator.credentials.get`, as its `toJSON()` writes it."""

    response: Assertion


class PasskeyShown(BaseModel):
    """An enrolled passkey."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    keyid: str | None
    """With it the passkey can sign documents, when a root document names it; null: it cannot."""
    created_at: Instant
    last_used_at: Instant | None


class FactorsShown(BaseModel):
    """What the caller has enrolled, and what is missing."""

    passkeys: list[PasskeyShown]
    has_totp: bool
    recovery_codes: int
    """How many are left."""
    lacking: int
    """How many authenticators the caller's roles still need."""
    ways: list[Way]
    can_have_passkeys: bool
    """False when the console was opened by a bare network address, for which browsers make none."""


class PasskeyNew(Asked):
    """A passkey that the browser made, and what its owner calls it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Điện thoại của An",
                    "credential": {
                        "id": "AAAA",
                        "rawId": "AAAA",
                        "type": "public-key",
                        "response": {"clientDataJSON": "e30", "attestationObject": "oA"},
                    },
                }
            ]
        }
    )

    name: Name
    credential: NewCredential


class PasskeyChange(Asked):
    """Another name for a passkey."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Khóa bảo mật màu xanh"}]})

    name: Name


class Enrolled(BaseModel):
    """A factor that is enrolled; with a person's first authenticator come recovery codes, shown this once."""

    recovery_codes: list[str]


class PasskeyEnrolled(Enrolled):
    """A passkey that is enrolled."""

    passkey: PasskeyShown


class TotpBegun(BaseModel):
    """A new secret for an authenticator app, shown this once."""

    secret: str
    address: str
    """The `otpauth:` address of the QR code."""
    picture: str
    """The QR code as a `data:` address of an SVG picture."""


class CodeGiven(Asked):
    """A code of the authenticator app that is being enrolled."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "123456"}]})

    code: Code


class ProofGiven(Asked):
    """One of: a code, a passkey's answer, or for people without any authenticator their password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "123456"}]})

    code: Code | None = None
    passkey: UsedCredential | None = None
    password: Annotated[str, Field(max_length=128)] | None = None

    @model_validator(mode="after")
    def _one(self) -> ProofGiven:
        if sum(one is not None for one in (self.code, self.passkey, self.password)) != 1:
            raise ValueError("give one of code, passkey and password")
        return self


class SecondGiven(Asked):
    """The second factor of a login whose password was right: a code or a passkey's answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"username": "admin", "ticket": "…", "code": "123456", "bearer": True}]}
    )

    username: Annotated[str, Field(max_length=80)]
    ticket: Annotated[str, Field(max_length=100)]
    code: Code | None = None
    passkey: UsedCredential | None = None
    remember: bool = False
    """Whether this browser is a known device from now on."""
    bearer: bool = False


class WaysAsked(Asked):
    """A login that waits for its second factor."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"username": "admin", "ticket": "…"}]})

    username: Annotated[str, Field(max_length=80)]
    ticket: Annotated[str, Field(max_length=100)]


class PasskeyGiven(Asked):
    """A passkey's answer to a login's challenge."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "passkey": {
                        "id": "AAAA",
                        "rawId": "AAAA",
                        "type": "public-key",
                        "response": {"clientDataJSON": "e30", "authenticatorData": "", "signature": ""},
                    }
                }
            ]
        }
    )

    passkey: UsedCredential
    bearer: bool = False


class ProofAsked(BaseModel):
    """How the caller can prove themselves anew."""

    ways: list[Way]
    """Empty: with the password."""
    passkey: dict[str, Any] | None
    """What `navigator.credentials.get` is asked."""


class ProofTaken(BaseModel):
    """Until when nothing more is asked."""

    fresh_until: Instant


class CodesShown(BaseModel):
    """New recovery codes, shown this once; older ones are void."""

    recovery_codes: list[str]


class DeviceCodeShown(BaseModel):
    """A code for another device, shown this once."""

    code: str
    expires_at: Instant

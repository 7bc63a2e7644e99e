"""Shapes of the API about roots, documents and signatures."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.ids import Sha256
from playlists.instant import Instant
from server.tables.trust import DocumentState
from server.trust.kinds import Kind

MOST_BASE64 = 8192


class RootAsked(BaseModel):
    """A root document's envelope, as `bangtin root init` wrote it into a file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "payloadType": "application/vnd.bangtin.root+json;v=1",
                    "payload": "e30=",
                    "signatures": [{"keyid": "0" * 64, "sig": "AA=="}],
                }
            ]
        },
    )

    payloadType: Annotated[str, Field(max_length=100)]  # noqa: N815 (the word of DSSE)
    payload: Annotated[str, Field(max_length=400_000)]
    signatures: Annotated[list[dict[str, Any]], Field(max_length=16)]


class RootShown(BaseModel):
    """An installed root. `words`: its fingerprint, to be compared by telephone."""

    version: int
    sha256: str
    words: str
    demo: bool
    training: bool
    """Of the chain of the training sites."""
    installed_at: Instant
    signed_by: list[str]
    roles: dict[str, list[str]]
    """Who acts in each role."""
    routes: list[RouteShown]
    current: bool


class AddedStepShown(BaseModel):
    """One signer more, of a role, for releases that touch a concern."""

    concern: str
    role: str
    basis: str


class RouteShown(BaseModel):
    """A route of a root: one signer of each role, so many of them with keys in files."""

    id: str
    roles: list[str]
    file_keys: int
    sites: list[str]
    basis: str
    added: list[AddedStepShown]


class AssertionAsked(BaseModel):
    """What a passkey signed, in base64: the two pieces of a WebAuthn assertion."""

    model_config = ConfigDict(extra="forbid")

    authenticatorData: Annotated[str, Field(max_length=MOST_BASE64)]  # noqa: N815 (the word of WebAuthn)
    clientDataJSON: Annotated[str, Field(max_length=MOST_BASE64)]  # noqa: N815


class SignatureAsked(BaseModel):
    """A signature of a document's payload, as an entry of its envelope; `webauthn` only for a passkey."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"keyid": "0" * 64, "sig": "AA==", "webauthn": None}]}
    )

    keyid: Sha256
    sig: Annotated[str, Field(max_length=400)]
    webauthn: AssertionAsked | None = None


class SignatureShown(BaseModel):
    """Who signed, with which key, and when."""

    holder: str
    keyid: str
    passkey: bool
    at: Instant


class LackingShown(BaseModel):
    """What is missing: roles in which nobody signed, and how many signers still need a key in a file."""

    roles: list[str]
    file_keys: int


class OwnKeyShown(BaseModel):
    """A key of the caller's that counts for a document."""

    id: str
    kind: str


class DocumentLine(BaseModel):
    """A document in a list."""

    id: UUID
    kind: Kind
    digest: str
    state: DocumentState
    size: int
    created_at: Instant
    sealed_at: Instant | None
    sign_path: str
    training: bool
    """Of a training site: signed under the root of these, by a click."""
    """Where signatures are sent."""
    sites: list[str]


class DocumentShown(DocumentLine):
    """A document with all that is signed. `payload` is base64 of the exact bytes; `says` the same, read."""

    payload_type: str
    payload: str
    says: dict[str, Any]
    signatures: list[SignatureShown]
    lacking: LackingShown
    own_keys: list[OwnKeyShown]
    challenge: str
    """For `navigator.credentials.get`: base64url of the SHA-256 of what is signed."""
    rp_id: str | None
    files: list[FileShown]


class FileShown(BaseModel):
    """A file that a document names: `GET …/files/{sha256}` gives its bytes."""

    sha256: str
    size: int


RootShown.model_rebuild()
DocumentShown.model_rebuild()

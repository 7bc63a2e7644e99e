"""Passkeys as signatures: a WebAuthn assertion (Level 3, 7.2) whose challenge is the SHA-256 of what is signed.

A browser signs nothing but challenges. So the server asks for one that is the digest of the document's PAE, and
whoever verifies computes the same. What such a signature is worth is said in docs/trust.md.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated

from pydantic import Field

from playlists.trust.envelope import Assertion
from playlists.trust.rules import Untrusted
from playlists.trust.shape import Shape
from playlists.trust.strict import strict_json

USER_PRESENT, USER_VERIFIED = 0x01, 0x04
_RESERVED, _ATTESTED, _EXTENDED = 0x22, 0x40, 0x80
_PLAIN_BYTES = 37
_MOST_AUTHENTICATOR_BYTES = 512
_MOST_CLIENT_BYTES = 4096

Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}\.?){0,9}[a-z0-9]$|^[a-z0-9]$", max_length=253)]
Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.:\[\]-]{1,260}$")]


class Passkeys(Shape):
    """For which relying party passkeys were made, and on which origins' pages they may be used."""

    rp_id: Host
    origins: Annotated[tuple[Origin, ...], Field(min_length=1, max_length=8)]


def challenge(signed: bytes) -> bytes:
    """Return the challenge with which a passkey is asked to sign the PAE of a document."""
    return hashlib.sha256(signed).digest()


def signed_by_passkey(assertion: Assertion) -> bytes:
    """Return the bytes that the authenticator signed."""
    return assertion.authenticator + hashlib.sha256(assertion.client).digest()


def flaw(assertion: Assertion, signed: bytes, passkeys: Passkeys | None) -> str | None:
    """Return why an assertion does not vouch for the signed bytes, or None when only its signature is left to check."""
    if passkeys is None:
        return "the root document knows no passkeys"
    return _flaw_of_authenticator(assertion.authenticator, passkeys) or _flaw_of_client(
        assertion.client, signed, passkeys
    )


def _flaw_of_authenticator(content: bytes, passkeys: Passkeys) -> str | None:
    if not _PLAIN_BYTES <= len(content) <= _MOST_AUTHENTICATOR_BYTES:
        return "authenticator data of a wrong length"
    flags = content[32]
    if content[:32] != hashlib.sha256(passkeys.rp_id.encode()).digest():
        return "made for another relying party"
    if not flags & USER_PRESENT or not flags & USER_VERIFIED:
        return "nobody was present and verified"
    if flags & (_RESERVED | _ATTESTED) or bool(flags & _EXTENDED) != (len(content) > _PLAIN_BYTES):
        return "authenticator data of a wrong form"
    return None


def _flaw_of_client(content: bytes, signed: bytes, passkeys: Passkeys) -> str | None:
    if len(content) > _MOST_CLIENT_BYTES:
        return "client data too long"
    try:
        said = strict_json(content)
    except Untrusted:
        return "client data are not sound JSON"
    if not isinstance(said, dict) or said.get("type") != "webauthn.get":
        return "not an assertion"
    if said.get("challenge") != base64.urlsafe_b64encode(challenge(signed)).decode().rstrip("="):
        return "made for another document"
    if said.get("origin") not in passkeys.origins:
        return "made on a page of another origin"
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        return "made inside a page of another origin"
    return None

"""DSSE envelopes: a payload, its type bound in what is signed, and one to sixteen signatures (V1 to V4).

A signature of a passkey carries beside `sig` the two pieces of a WebAuthn assertion that it covers. Who signed is
decided by `playlists.trust.quorum`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from playlists.ids import is_sha256, sha256_hex
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.strict import from_base64, strict_json, to_base64

MOST_ENVELOPE_BYTES = 1 << 20
MOST_SIGNATURES = 16


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a passkey signed, as the browser handed it over: `authenticatorData` and `clientDataJSON`."""

    authenticator: bytes
    client: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with the id of the key that is said to have made it; `assertion` only for a passkey."""

    key_id: str
    sig: bytes
    assertion: Assertion | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload that nobody has vouched for yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the payload: the document's identity, whoever signed it."""
        return sha256_hex(self.payload)

    @property
    def signed(self) -> bytes:
        """What signatures cover."""
        return pae(self.payload_type, self.payload)


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding of a payload and its type."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def parse_envelope(content: bytes, payload_type: str, *, most_bytes: int = MOST_ENVELOPE_BYTES) -> Envelope:
    """Return the envelope that bytes hold, of the type that the caller expects.

    Raises:
        Untrusted: V1 size, V2 base64, V3 type, V4 number of signatures, V6 not sound JSON.
    """
    if len(content) > most_bytes:
        raise Untrusted(Rule.V1_SIZE, f"an envelope of {len(content)} bytes; at most {most_bytes}")
    document = strict_json(content)
    if not isinstance(document, dict) or document.get("payloadType") != payload_type:
        raise Untrusted(Rule.V3_TYPE, f"not a document of type {payload_type}")
    signatures = document.get("signatures")
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= MOST_SIGNATURES:
        raise Untrusted(Rule.V4_SIGNATURE_COUNT, f"between 1 and {MOST_SIGNATURES} signatures are needed")
    payload = from_base64(document.get("payload"))
    return Envelope(
        payload_type, payload, tuple(one for entry in signatures if (one := read_signature(entry)) is not None)
    )


def write_envelope(payload_type: str, payload: bytes, signatures: Sequence[Signature]) -> bytes:
    """Return the JSON bytes of an envelope."""
    return json.dumps(
        {
            "payloadType": payload_type,
            "payload": to_base64(payload),
            "signatures": [written_signature(one) for one in signatures],
        },
        separators=(",", ":"),
    ).encode()


def with_signature(envelope: Envelope, signature: Signature) -> bytes:
    """Return the JSON bytes of an envelope with one signature more; one of the same key is replaced."""
    others = [one for one in envelope.signatures if one.key_id != signature.key_id]
    return write_envelope(envelope.payload_type, envelope.payload, [*others, signature])


def read_signature(entry: object) -> Signature | None:
    """Return the signature of an envelope's entry, or None for one of another form: such ones count for nothing.

    Raises:
        Untrusted: V2.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("keyid"), str) or not is_sha256(entry["keyid"]):
        return None
    passkey = entry.get("webauthn")
    if passkey is None:
        return Signature(entry["keyid"], from_base64(entry.get("sig")))
    if not isinstance(passkey, dict):
        return None
    assertion = Assertion(from_base64(passkey.get("authenticatorData")), from_base64(passkey.get("clientDataJSON")))
    return Signature(entry["keyid"], from_base64(entry.get("sig")), assertion)


def written_signature(one: Signature) -> dict[str, object]:
    """Return the entry of a signature in an envelope."""
    written: dict[str, object] = {"keyid": one.key_id, "sig": to_base64(one.sig)}
    if one.assertion is not None:
        written["webauthn"] = {
            "authenticatorData": to_base64(one.assertion.authenticator),
            "clientDataJSON": to_base64(one.assertion.client),
        }
    return written

"""Signed documents: DSSE envelopes (payload type bound in the signature) under Ed25519 keys.

A decision here takes bytes and returns values or raises `Untrusted`; reading a key file is left to the programs.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from playlists.ids import sha256_hex

MOST_ENVELOPE_BYTES = 1 << 20
MOST_SIGNATURES = 16
MOST_DEPTH = 12


class Untrusted(ValueError):
    """A document that must not be acted on; the message names the rule that it breaks."""


def new_private_key() -> bytes:
    """Return a new Ed25519 private key: 32 raw bytes."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def public_key(private: bytes) -> bytes:
    """Return the 32 raw bytes of the public key that belongs to 32 raw private bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """Return a key's id: the SHA-256 of its raw public bytes."""
    return sha256_hex(public)


def sign(payload: bytes, payload_type: str, private: bytes) -> bytes:
    """Return the DSSE envelope (JSON bytes) of a payload, signed by one key."""
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_pae(payload_type, payload))
    envelope = {
        "payloadType": payload_type,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": key_id(public_key(private)), "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, separators=(",", ":")).encode()


def open_envelope(envelope: bytes, payload_type: str, public: bytes) -> bytes:
    """Return the payload of an envelope that the given key signed as the given type.

    Raises:
        Untrusted: with the rule (V1 size, V2 base64, V3 type, V4 signature count, V5 no valid signature).
    """
    if len(envelope) > MOST_ENVELOPE_BYTES:
        raise Untrusted(f"V1: an envelope of {len(envelope)} bytes; at most {MOST_ENVELOPE_BYTES}")
    document = strict_json(envelope)
    if not isinstance(document, dict) or document.get("payloadType") != payload_type:
        raise Untrusted(f"V3: not a document of type {payload_type}")
    signatures = document.get("signatures")
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= MOST_SIGNATURES:
        raise Untrusted(f"V4: between 1 and {MOST_SIGNATURES} signatures are needed")
    payload = _decode(document.get("payload"))
    signed = _pae(payload_type, payload)
    if not any(_is_signature(entry, signed, public) for entry in signatures):
        raise Untrusted("V5: no valid signature of the pinned key")
    return payload


def strict_json(content: bytes) -> Any:
    """Parse JSON that is UTF-8, without duplicate keys, floats or NaN, at most 12 levels deep (V6).

    Raises:
        Untrusted: the content is not such JSON.
    """
    try:
        text = content.decode()
        _check_depth(text)
        return json.loads(text, object_pairs_hook=_unique, parse_float=_no_number, parse_constant=_no_number)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Untrusted(f"V6: not sound JSON ({error})") from error
    except ValueError as error:
        if isinstance(error, Untrusted):
            raise
        raise Untrusted(f"V6: not sound JSON ({error})") from error


def _pae(payload_type: str, payload: bytes) -> bytes:
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _decode(text: object) -> bytes:
    if not isinstance(text, str):
        raise Untrusted("V2: base64 text is missing")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Untrusted("V2: not base64") from error
    if base64.b64encode(content).decode() != text:
        raise Untrusted("V2: not canonical base64")
    return content


def _is_signature(entry: object, signed: bytes, public: bytes) -> bool:
    if not isinstance(entry, dict) or entry.get("keyid") != key_id(public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(_decode(entry.get("sig")), signed)
    except InvalidSignature:
        return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Untrusted("V6: a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise Untrusted(f"V6: {text} is not an integer")


def _check_depth(text: str) -> None:
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise Untrusted(f"V6: nested deeper than {MOST_DEPTH} levels")
        elif char in "]}":
            depth -= 1

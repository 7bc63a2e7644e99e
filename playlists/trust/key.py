"""Keys that sign documents: Ed25519 keys in files, and ES256 passkeys of people's phones and security tokens.

Private halves are made and used here, never kept: reading and writing files is left to the programs.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import Field, model_validator

from playlists.ids import Name, Sha256, Slug, sha256_hex
from playlists.trust.envelope import Signature, pae, parse_envelope, write_envelope
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.shape import Shape
from playlists.trust.strict import from_base64, to_base64


class Algorithm(StrEnum):
    """How a key signs."""

    ED25519 = "ed25519"
    ES256 = "es256"


class KeyKind(StrEnum):
    """Where the private half lies: in a file under a passphrase, or in an authenticator behind a web page."""

    FILE = "file"
    PASSKEY = "passkey"


class Key(Shape):
    """A public key and the person (or service) that holds it. Thresholds count holders, never keys.

    `public` is base64 of 32 raw bytes (Ed25519) or of the 65 bytes of an uncompressed point (ES256); `id` is the
    SHA-256 of these bytes. With `sites` the key counts for documents at these sites only.
    """

    id: Sha256
    alg: Algorithm
    public: Annotated[str, Field(max_length=100)]
    holder: Name
    kind: KeyKind
    sites: Annotated[tuple[Slug, ...], Field(max_length=64)] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.alg is Algorithm.ED25519) != (self.kind is KeyKind.FILE):
            raise ValueError("a key in a file is an ed25519 key, and a passkey is an es256 key")
        try:
            raw = self.raw
        except Untrusted as error:
            raise ValueError(str(error)) from error
        if sha256_hex(raw) != self.id:
            raise ValueError("a key's id is the SHA-256 of its public bytes")
        if len(raw) != (32 if self.alg is Algorithm.ED25519 else 65):
            raise ValueError(f"{len(raw)} bytes are no public {self.alg} key")
        if self.alg is Algorithm.ES256:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
        return self

    @property
    def raw(self) -> bytes:
        """The public bytes."""
        return from_base64(self.public)

    def counts_at(self, site: str) -> bool:
        """Tell whether the key counts for a document at a site."""
        return not self.sites or site in self.sites


def new_private_key() -> bytes:
    """Return a new Ed25519 private key: 32 raw bytes."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def public_key(private: bytes) -> bytes:
    """Return the 32 raw bytes of the public key that belongs to 32 raw private bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """Return a key's id: the SHA-256 of its raw public bytes."""
    return sha256_hex(public)


def file_key(public: bytes, holder: str, sites: tuple[str, ...] = ()) -> Key:
    """Return the entry of a root document for an Ed25519 key in a file."""
    return Key(
        id=key_id(public),
        alg=Algorithm.ED25519,
        public=to_base64(public),
        holder=holder,
        kind=KeyKind.FILE,
        sites=sites,
    )


def signature_of(payload: bytes, payload_type: str, private: bytes) -> Signature:
    """Return the signature of a payload by one Ed25519 key (32 raw private bytes)."""
    sig = Ed25519PrivateKey.from_private_bytes(private).sign(pae(payload_type, payload))
    return Signature(key_id(public_key(private)), sig)


def sign(payload: bytes, payload_type: str, *privates: bytes) -> bytes:
    """Return the envelope (JSON bytes) of a payload, signed by Ed25519 keys."""
    return write_envelope(payload_type, payload, [signature_of(payload, payload_type, one) for one in privates])


def open_envelope(content: bytes, payload_type: str, public: bytes) -> bytes:
    """Return the payload of an envelope that the one given Ed25519 key signed as the given type.

    Raises:
        Untrusted: with the rule (V1 to V4, V5 no valid signature of this key, V6).
    """
    envelope = parse_envelope(content, payload_type)
    pinned = key_id(public)
    if not any(is_ed25519(public, one.sig, envelope.signed) for one in envelope.signatures if one.key_id == pinned):
        raise Untrusted(Rule.V5_SIGNERS, "no valid signature of the pinned key")
    return envelope.payload


def is_ed25519(public: bytes, sig: bytes, signed: bytes) -> bool:
    """Tell whether an Ed25519 key (32 raw bytes) made a signature of the signed bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(sig, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_es256(public: bytes, sig: bytes, signed: bytes) -> bool:
    """Tell whether a P-256 key (uncompressed point) made an ECDSA signature (DER, SHA-256) of the signed bytes."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public).verify(sig, signed, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True

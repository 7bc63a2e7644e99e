"""An authenticator in software: P-256, and assertions as a browser hands them over."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from playlists.ids import sha256_hex
from playlists.trust.envelope import Assertion, Signature, pae
from playlists.trust.key import Algorithm, Key, KeyKind
from playlists.trust.passkey import challenge, signed_by_passkey
from playlists.trust.strict import to_base64

RP_ID = "bangtin.example"
ORIGIN = "https://bangtin.example"
PRESENT_AND_VERIFIED = 0x05


class Authenticator:
    """One passkey of one person."""

    def __init__(self, holder: str, sites: tuple[str, ...] = ()) -> None:
        secret = int.from_bytes(hashlib.sha256(f"passkey {holder}".encode()).digest(), "big") % (1 << 255)
        self._private = ec.derive_private_key(secret, ec.SECP256R1())
        public = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.key = Key(
            id=sha256_hex(public),
            alg=Algorithm.ES256,
            public=to_base64(public),
            holder=holder,
            kind=KeyKind.PASSKEY,
            sites=sites,
        )

    def sign(
        self,
        payload: bytes,
        kind: str,
        *,
        rp_id: str = RP_ID,
        flags: int = PRESENT_AND_VERIFIED,
        more: bytes = b"",
        client: bytes | None = None,
        **said: Any,
    ) -> Signature:
        """Return the signature of a document; keywords change what the browser says or the authenticator attests."""
        asked = base64.urlsafe_b64encode(challenge(pae(kind, payload))).decode().rstrip("=")
        plain = {"type": "webauthn.get", "challenge": asked, "origin": ORIGIN, "crossOrigin": False} | said
        assertion = Assertion(
            hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + bytes(4) + more,
            json.dumps(plain).encode() if client is None else client,
        )
        return Signature(self.key.id, self.sign_raw(signed_by_passkey(assertion)), assertion)

    def sign_raw(self, content: bytes) -> bytes:
        """Return an ECDSA signature of bytes."""
        return self._private.sign(content, ec.ECDSA(SHA256(), deterministic_signing=True))

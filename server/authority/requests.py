"""Reading what strangers send: certificate requests and old certificates. Nothing in them is believed but the key."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from playlists.enrolment import MOST_REQUEST_BYTES
from playlists.ids import sha256_hex


class NoRequest(Exception):
    """These bytes are no certificate request that could be signed; the sentence says why."""


def read_request(pem: bytes) -> bytes:
    """Return the public key (DER SubjectPublicKeyInfo) of a certificate request (PEM), whose owner signed it.

    Subject, alternative names and extensions are ignored: who a kiosk is decides the server.

    Raises:
        NoRequest: it is too large, not one PEM request, signed by another key, or its key is not on P-256.
    """
    if len(pem) > MOST_REQUEST_BYTES:
        raise NoRequest(f"A certificate request has at most {MOST_REQUEST_BYTES} bytes.")
    try:
        request = x509.load_pem_x509_csr(pem)
        key = request.public_key()
        is_own = request.is_signature_valid
    except Exception as error:  # whatever a parser says of hostile bytes, they are no request
        raise NoRequest("This is no certificate request in PEM form.") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise NoRequest("The key of a kiosk lies on the curve P-256.")
    if not is_own:
        raise NoRequest("The request is not signed by the key that it names.")
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def fingerprint_of(public_key: bytes) -> str:
    """Return the SHA-256 of a public key (DER), which people compare as six words."""
    return sha256_hex(public_key)


def has_signed(certificate_pem: str, signature: bytes, content: bytes) -> bool:
    """Tell whether the key of a certificate that this authority issued made a signature (ECDSA, SHA-256) of bytes."""
    key = x509.load_pem_x509_certificate(certificate_pem.encode()).public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, content, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True

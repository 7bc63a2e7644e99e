"""Enrolment between a kiosk and the server: both prove that they know the one-time code, and neither says it.

A code is ten characters of Crockford's base32 (50 bits) and lives for an hour. Its key is the code's scrypt digest. The
kiosk authenticates its certificate request with that key, the server all that it answers: a false server can neither
learn the code nor hand out an authority of its own, whatever the clock says and whoever signed its TLS certificate.
"""

from __future__ import annotations

import hashlib
import hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 10
NONCE_BYTES = 32
MOST_REQUEST_BYTES = 4096
_LOOK_ALIKES = str.maketrans("OIL", "011")
_COST, _BLOCK, _PARALLEL, _MEMORY = 1 << 15, 8, 1, 64 << 20
# One salt for all: the server must find the code by its key without being told any part of it. Two to the power of 50
# codes times 32 MiB of scrypt are more than anybody computes ahead of an hour.
_SALT = b"bangtin enrolment v1"
_REQUEST, _ANSWER = b"bangtin enrolment request v1\0", b"bangtin enrolment answer v1\0"


def read_code(text: str) -> str | None:
    """Return the code that somebody typed (small letters, spaces, hyphens, O for 0 are fine), or None.

    >>> read_code("abcde fghjk")
    'ABCDEFGHJK'
    """
    code = "".join(text.upper().split()).replace("-", "").translate(_LOOK_ALIKES)
    return code if len(code) == CHARACTERS and set(code) <= set(ALPHABET) else None


def key_of(code: str) -> bytes:
    """Return the 32 bytes that stand for a code (as `read_code` returns it); takes about a tenth of a second."""
    return hashlib.scrypt(code.encode(), salt=_SALT, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY, dklen=32)


def request_mac(key: bytes, nonce: bytes, request: bytes) -> str:
    """Return the hexadecimal MAC with which a kiosk authenticates its certificate request (PEM).

    Raises:
        ValueError: the nonce is not 32 bytes long.
    """
    return _mac(key, _REQUEST, nonce, request)


def answer_mac(key: bytes, nonce: bytes, request: bytes, content: bytes) -> str:
    """Return the hexadecimal MAC of the server's answer to a request, bound to that request's nonce and bytes.

    Raises:
        ValueError: the nonce is not 32 bytes long.
    """
    return _mac(key, _ANSWER, nonce, hashlib.sha256(request).digest() + content)


def is_same(said: str, right: str) -> bool:
    """Compare two MACs without telling by the time how much of them agrees."""
    return hmac.compare_digest(said.encode(), right.encode())


def _mac(key: bytes, purpose: bytes, nonce: bytes, content: bytes) -> str:
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    return hmac.new(key, purpose + nonce + content, hashlib.sha256).hexdigest()

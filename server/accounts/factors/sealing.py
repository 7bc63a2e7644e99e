"""Secrets that the server must be able to read again, encrypted under a key that the database does not hold.

The key is derived from the server's own (HKDF, RFC 5869), which lies in the keys folder and is no part of a plain
backup: whoever gets hold of the database alone can make no codes.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(server_key: bytes, secret: str) -> str:
    """Return a secret in a form that only this server can read."""
    return _fernet(server_key).encrypt(secret.encode()).decode()


def unseal(server_key: bytes, sealed: str) -> str | None:
    """Return a sealed secret, or None when it was sealed under another server's key or changed."""
    try:
        return _fernet(server_key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet(server_key: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bangtin totp v1").derive(server_key)
    return Fernet(base64.urlsafe_b64encode(derived))

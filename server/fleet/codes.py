"""Enrolment codes: ten characters of Crockford's base32, shown as XXXXX-XXXXX.

The first five find the code, the last five prove that it is known; the database keeps the first five and a salted
scrypt hash of all ten, so one guess costs one scrypt and counts against one code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 10
FINDER = 5
_LOOK_ALIKES = str.maketrans("OIL", "011")
_COST, _BLOCK, _PARALLEL = 1 << 14, 8, 1


def new_code() -> str:
    """Return a random code of ten characters (50 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))


def shown(code: str) -> str:
    """Return a code as people read it."""
    return f"{code[:FINDER]}-{code[FINDER:]}"


def read(text: str) -> str | None:
    """Return the code that somebody typed (small letters, spaces, hyphens, O for 0 are fine), or None."""
    code = "".join(text.upper().split()).replace("-", "").translate(_LOOK_ALIKES)
    return code if len(code) == CHARACTERS and set(code) <= set(ALPHABET) else None


def hash_code(code: str) -> str:
    """Return what the database keeps of a code."""
    salt = os.urandom(16)
    return f"{code[:FINDER]}${base64.b64encode(salt).decode()}${base64.b64encode(_digest(code, salt)).decode()}"


def may_be(code: str, code_hash: str) -> bool:
    """Tell whether a code begins as a kept one does."""
    return hmac.compare_digest(code_hash.partition("$")[0], code[:FINDER])


def matches(code: str, code_hash: str) -> bool:
    """Tell whether a code is a kept one."""
    _, salt, digest = code_hash.split("$")
    return hmac.compare_digest(_digest(code, base64.b64decode(salt)), base64.b64decode(digest))


def _digest(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)

"""Identifiers: UUIDv7 primary keys, slugs, and SHA-256 digests that name bytes."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]{2,39}$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"

Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256_PATTERN)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")]
"""An id in a document: a UUID, or any short word."""

_SHA256 = re.compile(SHA256_PATTERN)


def uuid7(unix_ms: int, entropy: bytes) -> UUID:
    """Return the UUIDv7 (RFC 9562, 5.7) of a Unix time in milliseconds and ten random bytes.

    Raises:
        ValueError: the time does not fit in 48 bits, or entropy is not ten bytes long.
    """
    if not 0 <= unix_ms < 1 << 48:
        raise ValueError(f"a UUIDv7 holds 48 bits of milliseconds, not {unix_ms}")
    if len(entropy) != 10:
        raise ValueError(f"a UUIDv7 needs ten random bytes, not {len(entropy)}")
    random = int.from_bytes(entropy, "big")
    value = unix_ms << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return UUID(int=value)


def sha256_hex(content: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def is_sha256(text: str) -> bool:
    """Tell whether text is a digest as this system writes it: 64 lower-case hexadecimal digits."""
    return _SHA256.fullmatch(text) is not None

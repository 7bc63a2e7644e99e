"""Enrolment codes: ten characters of Crockford's base32, shown as XXXXX-XXXXX."""

from __future__ import annotations

import secrets

from playlists.enrolment import ALPHABET, CHARACTERS, key_of, read_code

HALF = 5


def new_code() -> str:
    """Return a random code of ten characters (50 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))


def shown(code: str) -> str:
    """Return a code as people read it."""
    return f"{code[:HALF]}-{code[HALF:]}"


def hash_code(code: str) -> str:
    """Return what the database keeps of a code: its scrypt digest."""
    return key_of(code).hex()


def hash_typed(text: str) -> str | None:
    """Return the same of what somebody typed, or None where that is no code."""
    code = read_code(text)
    return hash_code(code) if code is not None else None

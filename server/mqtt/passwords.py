"""Lines of a Mosquitto password file: PBKDF2 with SHA-512, as `mosquitto_passwd` writes them (form 7)."""

from __future__ import annotations

import base64
import hashlib
import os

ITERATIONS = 101
"""Mosquitto's own number; kiosk passwords are 256 random bits, so stretching adds nothing."""


def password_line(username: str, password: str, salt: bytes | None = None) -> str:
    """Return `username:$7$iterations$salt$hash` for a password.

    Raises:
        ValueError: the user name is empty or holds a colon or a line end.
    """
    if not username or set(username) & set(":\r\n"):
        raise ValueError(f"{username!r} cannot be a user name in a password file")
    salt = os.urandom(12) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS, 64)
    return f"{username}:$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"

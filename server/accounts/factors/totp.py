"""Codes of authenticator apps (RFC 6238): six digits, SHA-1, 30 seconds, as all apps know them. No clock in here."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

ISSUER = "Bang Tin"
STEP_S = 30
STEPS_AROUND = 1
"""A phone's clock may be wrong by so many steps either way."""
_DIGITS = 6


def new_secret() -> str:
    """Return a random secret of 160 bits, base32."""
    return pyotp.random_base32(32)


def address_of(secret: str, username: str, host: str) -> str:
    """Return the `otpauth:` address that an app reads from a QR code."""
    name = f"{username}@{host}" if host else username
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def code_at(secret: str, at: datetime) -> str:
    """Return the code that an app shows at a time."""
    return pyotp.TOTP(secret).at(at)


def step_of(secret: str, code: str, at: datetime, last_step: int) -> int | None:
    """Return the step of the 30 seconds that a code belongs to, or None: wrong, too old, or taken once already."""
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    now = int(at.timestamp()) // STEP_S
    otp, found = pyotp.TOTP(secret), None
    for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
        if hmac.compare_digest(otp.generate_otp(step), digits) and step > last_step:
            found = step
    return found

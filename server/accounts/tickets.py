"""Tickets: what the server asked and waits for an answer to, signed and handed to the caller in place of a row.

A ticket is base64url of 16 random bytes, the second at which it ends, and a MAC over both, its purpose and its
subject. Nothing is stored until one is used; then its digest is, so that none works twice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_NONCE, _END, _MAC = 16, 6, 16


class Purpose(StrEnum):
    """What a ticket is for; one is never good for another purpose."""

    SECOND_STEP = "second-step"
    """The password was right; its subject is the person and the hash of that password."""
    PASSKEY_LOGIN = "passkey-login"
    PASSKEY_PROOF = "passkey-proof"
    PASSKEY_REGISTRATION = "passkey-registration"


LIFE = timedelta(minutes=10)


def make_ticket(server_key: bytes, purpose: Purpose, subject: str, now: datetime) -> str:
    """Return a new ticket; 38 bytes, so that it serves as a WebAuthn challenge as well."""
    content = secrets.token_bytes(_NONCE) + int((now + LIFE).timestamp()).to_bytes(_END, "big")
    return _text(content + _mac(server_key, purpose, subject, content))


def end_of(server_key: bytes, purpose: Purpose, subject: str, ticket: str, now: datetime) -> datetime | None:
    """Return when a sound ticket ends, or None: made for something else, changed, or over."""
    try:
        raw = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4)) if ticket.isascii() else b""
    except (ValueError, binascii.Error):
        return None
    content, mac = raw[: _NONCE + _END], raw[_NONCE + _END :]
    if not hmac.compare_digest(_mac(server_key, purpose, subject, content), mac) or _text(raw) != ticket:
        return None
    end = datetime.fromtimestamp(int.from_bytes(content[_NONCE:], "big"), UTC)
    return end if now < end else None


def digest_of(ticket: str) -> str:
    """Return what is kept of a used ticket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def _mac(server_key: bytes, purpose: Purpose, subject: str, content: bytes) -> bytes:
    key = hmac.digest(server_key, b"bangtin ticket v1", "sha256")
    return hmac.digest(key, purpose.encode() + b"\0" + subject.encode() + b"\0" + content, "sha256")[:_MAC]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

"""When a kiosk needs another certificate, and what it signs when it was away for longer than its own was good."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

RENEW_BEFORE = timedelta(days=60)
RETURN_WITHIN = timedelta(days=400)
"""So long after its end an old certificate still leads to a new one."""


class Need(StrEnum):
    """What a kiosk has to do about its certificate."""

    NOTHING = "nothing"
    RENEW = "renew"
    RETURN = "return"


def need_of(not_after: datetime, now: datetime) -> Need:
    """Return what is to be done about a certificate that ends at `not_after`.

    >>> from datetime import UTC
    >>> need_of(datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC))
    <Need.RENEW: 'renew'>
    """
    if now >= not_after:
        return Need.RETURN
    return Need.RENEW if not_after - now <= RENEW_BEFORE else Need.NOTHING


def return_content(serial: str, request: bytes) -> bytes:
    """Return what the old key signs: the serial number of its certificate and the request (PEM) for a new key."""
    return b"bangtin return v1\0" + serial.encode() + b"\0" + request

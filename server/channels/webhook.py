"""Signed webhooks: who receives one can tell that it is ours, new, and not a second copy.

The signature is HMAC-SHA256 under the shared secret over `<timestamp>.<body>`, in hexadecimal. A receiver checks it in
constant time, refuses timestamps further away than `WINDOW`, and remembers ids for as long.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from server.channels import web
from server.channels.port import Letter, NotSent, Takes

WINDOW = timedelta(minutes=5)
STAMP, SIGNATURE, ID = "X-Bangtin-Timestamp", "X-Bangtin-Signature", "X-Bangtin-Message"


@dataclass(frozen=True)
class Webhook:
    """One receiver."""

    name: str
    label: str
    url: str
    secret: Callable[[], str]
    takes: Takes = Takes.NOBODY
    is_plain: bool = False

    def send(self, address: str, letter: Letter, at: datetime) -> str:  # noqa: ARG002 - the port's shape
        """Send one document; 2xx is a yes."""
        body = json.dumps({"id": letter.id, **letter.document}, ensure_ascii=False, sort_keys=True).encode()
        stamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "bangtin",
            ID: letter.id,
            STAMP: stamp,
            SIGNATURE: "sha256=" + signature(self.secret(), stamp, body),
        }
        answer = web.post(self.url, body, headers)
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return f"The receiver answered {answer.status}."
        raise NotSent(f"The receiver answered {answer.status}.")


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a time (seconds since 1970, as text)."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_ours(secret: str, stamp: str, body: bytes, said: str, at: datetime) -> bool:
    """Tell whether a request that came at a time is signed and new: what a receiver does."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if abs(at.timestamp() - int(stamp)) > WINDOW.total_seconds():
        return False
    return hmac.compare_digest("sha256=" + signature(secret, stamp, body), said)

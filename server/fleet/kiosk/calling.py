"""Which kiosk calls: by a token, or by the certificate that the proxy has verified. One answer for both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from starlette.requests import Request

from playlists.ids import sha256_hex
from server.accounts.calling import unauthenticated
from server.db import Session
from server.fleet import repository
from server.fleet.certificates import repository as certificates
from server.tables import Kiosk

CERTIFICATE_HEADER = "X-Bangtin-Certificate"
"""The serial number of the client certificate that the proxy verified, in hexadecimal digits; empty without one."""
_SERIAL = re.compile(r"[0-9A-Fa-f]{1,40}")


class Proof(StrEnum):
    """How a kiosk proves who it is."""

    TOKEN = "token"  # noqa: S105 - the name of a proof
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request shows: the SHA-256 of a token, or a certificate's serial number."""

    proof: Proof
    value: str


def credential_of(request: Request) -> Credential:
    """Return what a request shows; a verified certificate goes before a token.

    The header of the proxy comes through `server.shield.ProxyWord` only from the proxy itself.

    Raises:
        Problem: 401, it shows nothing.
    """
    serial = request.headers.get(CERTIFICATE_HEADER, "")
    if _SERIAL.fullmatch(serial):
        return Credential(Proof.CERTIFICATE, format(int(serial, 16), "x"))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated()
    return Credential(Proof.TOKEN, sha256_hex(token.strip().encode()))


def kiosk_of(session: Session, credential: Credential, now: datetime) -> Kiosk | None:
    """Return the kiosk that a credential leads to, unless it was revoked or the certificate is blocked or over."""
    if credential.proof is Proof.TOKEN:
        return repository.kiosk_by_token(session, credential.value)
    return certificates.kiosk_by_serial(session, credential.value, now)

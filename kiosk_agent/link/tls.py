"""TLS as a kiosk needs it: pinned authority, its own certificate, and no trust in its own clock.

A clock without a battery is years late after a power cut, and then no certificate is valid yet: the kiosk could not
even ask what time it is. So OpenSSL does not look at dates, and the other side's certificate is judged here, by the
time that the kiosk has reason to trust: none (then by nothing), or what signed documents and a synchronised clock say.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name."""

TrustedTime = Callable[[], datetime | None]


def no_time() -> datetime | None:
    """Know no time, as before enrolment."""
    return None


@dataclass(frozen=True)
class Trust:
    """Whom a kiosk believes, and how it proves who it is.

    Without `authority_pem` and `ca_file` the system's public authorities count; `identity` is a file with the private
    key and the certificate's chain.
    """

    ca_file: Path | None = None
    authority_pem: str | None = None
    identity: Path | None = None
    time: TrustedTime = no_time

    def context(self, *, ca_pem: str | None = None, anonymous: bool = False) -> ssl.SSLContext:
        """Return a context for connections to server or broker.

        Args:
            ca_pem: a further authority, which settings named for this connection.
            anonymous: show no certificate.

        Raises:
            OSError: a file cannot be read, or its content is none (ssl.SSLError is one).
        """
        context = _Context(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
        context.time = self.time
        if self.ca_file is not None:
            context.load_verify_locations(cafile=str(self.ca_file))
        for pem in filter(None, (self.authority_pem, ca_pem)):
            context.load_verify_locations(cadata=pem)
        if self.ca_file is None and not ca_pem:
            context.load_default_certs()
        if self.identity is not None and not anonymous:
            context.load_cert_chain(self.identity)
        return context


class _Socket(ssl.SSLSocket):
    """Judges the dates of the other side's certificate after the handshake."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands.

        Raises:
            ssl.SSLCertVerificationError: the certificate is not valid at the trusted time.
        """
        super().do_handshake(block)
        at = self.context.time() if isinstance(self.context, _Context) else None
        if at is not None:
            check_dates(self.getpeercert() or {}, at)


class _Context(ssl.SSLContext):
    time: TrustedTime
    sslsocket_class = _Socket


def check_dates(certificate: dict[str, Any], at: datetime) -> None:
    """Check that a certificate, as ssl describes it, is valid at a time.

    Raises:
        ssl.SSLCertVerificationError: it is not, or does not say.
    """
    try:
        begins, ends = (ssl.cert_time_to_seconds(certificate[name]) for name in ("notBefore", "notAfter"))
    except (KeyError, ValueError) as error:
        raise ssl.SSLCertVerificationError("the other side's certificate does not say when it is valid") from error
    if not begins <= at.timestamp() <= ends:
        until = datetime.fromtimestamp(ends, UTC).date()
        raise ssl.SSLCertVerificationError(f"the other side's certificate is not valid at {at.date()}; it ends {until}")

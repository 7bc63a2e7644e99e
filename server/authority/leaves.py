"""The server's own certificates, in the folder that is handed to broker and proxy: made, and renewed in time.

A certificate that somebody has to remember is an outage with a date.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from server.authority import certificates
from server.authority.certificates import Issued
from server.authority.store import Authority, write_durably

RENEW_BEFORE = timedelta(days=120)


def names_of(authority: Authority) -> tuple[str, ...]:
    """Return the names and addresses under which servers may have certificates."""
    found = authority.servers.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    return tuple(name for one in found.permitted_subtrees or () if (name := _plain(one)) != certificates.NO_NAME)


def renew_server(folder: Path, authority: Authority, now: datetime) -> bool:
    """Make the certificate of broker and proxy anew where it is missing, ends soon, or is another authority's.

    `server.pem` and `server.key`; tells whether they are new.

    Raises:
        OSError: the folder cannot be written.
    """
    certificate, key = folder / "server.pem", folder / "server.key"
    if _is_good(certificate, key, authority.servers.pem, now):
        return False
    private = certificates.new_key()
    issued = authority.issue_server(certificates.public_der(private), names_of(authority), now)
    _write(certificate, key, private, issued)
    return True


def renew_client(folder: Path, authority: Authority, username: str, now: datetime) -> bool:
    """The same for `client.pem` and `client.key`, with which the server is a client of the broker.

    Raises:
        OSError: the folder cannot be written.
    """
    certificate, key = folder / "client.pem", folder / "client.key"
    if _is_good(certificate, key, authority.clients.pem, now):
        return False
    private = certificates.new_key()
    issued = authority.issue_client(certificates.public_der(private), username, now)
    _write(certificate, key, private, issued)
    return True


def _is_good(certificate: Path, key: Path, signer_pem: str, now: datetime) -> bool:
    try:
        content = certificate.read_text()
        ends_at = certificates.ends_at(content.encode())
        return key.exists() and content.endswith(signer_pem) and ends_at - now > min(RENEW_BEFORE, _third(content))
    except (OSError, ValueError):
        return False


def _third(content: str) -> timedelta:
    read = certificates.read_certificate(content.encode())
    return (read.not_valid_after_utc - read.not_valid_before_utc) / 3


def _write(certificate: Path, key: Path, private: certificates.PrivateKey, issued: Issued) -> None:
    # The key first: a broker that reads between the two refuses a pair that does not match and keeps its old one.
    write_durably(key, certificates.key_pem(private), 0o600)
    write_durably(certificate, issued.chain_pem.encode(), 0o644)


def _plain(name: x509.GeneralName) -> str:
    if isinstance(name, x509.IPAddress) and isinstance(name.value, (ipaddress.IPv4Network, ipaddress.IPv6Network)):
        return str(name.value.network_address)
    return str(name.value)

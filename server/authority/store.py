"""Where the authority lies: `<data>/keys/ca`, keys 0600, beside the server's key and outside the plain backup.

The root's private key is never here: it is written to a place of its own, under a passphrase.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.authority import certificates
from server.authority.certificates import Blocked, Issued, Signer

FOLDER = "ca"
ROOT, CLIENTS, SERVERS = "root", "clients", "servers"


class NoAuthority(Exception):
    """There is no sound authority; the sentence says what to do."""


@dataclass(frozen=True)
class Authority:
    """The intermediates that this server signs with, and the root that everybody pins."""

    root_pem: str
    root_sha256: str
    """Of the whole certificate: what is compared by telephone."""
    clients: Signer
    servers: Signer

    @property
    def clients_pem(self) -> str:
        """What a broker or proxy checks clients against: the intermediate for clients, then the root."""
        return self.clients.pem + self.root_pem

    def issue_client(self, public_key: bytes, common_name: str, now: datetime) -> Issued:
        """Vouch for a client's public key (DER)."""
        return certificates.issue_client(self.clients, public_key, common_name, now)

    def issue_server(self, public_key: bytes, names: Sequence[str], now: datetime) -> Issued:
        """Vouch for a server's public key (DER)."""
        return certificates.issue_server(self.servers, public_key, names, now)

    def blocked_list(self, blocked: Iterable[Blocked], now: datetime) -> bytes:
        """Return the list of blocked clients (PEM)."""
        return certificates.blocked_list(self.clients, blocked, now)


def folder_of(keys_dir: Path) -> Path:
    """Return where the authority lies."""
    return keys_dir / FOLDER


def exists(keys_dir: Path) -> bool:
    """Tell whether there is an authority."""
    return (folder_of(keys_dir) / f"{CLIENTS}.key").exists()


def load(keys_dir: Path) -> Authority | None:
    """Return the authority, or None where none was made.

    Raises:
        NoAuthority: files of it are missing, unreadable or damaged.
    """
    if not exists(keys_dir):
        return None
    folder = folder_of(keys_dir)
    try:
        root = (folder / f"{ROOT}.pem").read_bytes()
        clients, servers = (
            certificates.read_signer((folder / f"{name}.pem").read_bytes(), (folder / f"{name}.key").read_bytes())
            for name in (CLIENTS, SERVERS)
        )
        digest = certificates.digest_of(certificates.read_certificate(root))
    except OSError as error:
        raise NoAuthority(f"The authority in {folder} cannot be read: {error}. Check owner and mode.") from error
    except ValueError as error:
        raise NoAuthority(f"The authority in {folder} is damaged: {error}. Restore it from your backup.") from error
    return Authority(root.decode(), digest, clients, servers)


def save(keys_dir: Path, root_pem: str, clients: Signer, servers: Signer) -> None:
    """Write an authority, durably; what lay there before is replaced file by file.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = folder_of(keys_dir)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    write_durably(folder / f"{ROOT}.pem", root_pem.encode(), 0o644)
    for name, signer in ((CLIENTS, clients), (SERVERS, servers)):
        write_durably(folder / f"{name}.pem", signer.pem.encode(), 0o644)
        write_durably(folder / f"{name}.key", certificates.key_pem(signer.key), 0o600)


def write_durably(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all, with its mode from the first moment; several may write it at once.

    Raises:
        OSError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)

"""The kiosk's own key and certificate: made here, 0600, and never sent anywhere.

`identity.pem` holds what is in use (key, then chain); `identity.next.pem` what was got but not yet proved by a
connection; `enrolling.key` the key of an enrolment that is not over, so that the same one asks again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from playlists.ids import sha256_hex
from playlists.renewal import return_content

FILE = "identity.pem"
NEXT_FILE = "identity.next.pem"
ENROLLING_FILE = "enrolling.key"
MOST_BYTES = 64 * 1024


PrivateKey = ec.EllipticCurvePrivateKey


class NoIdentity(Exception):
    """There is no sound key or certificate; the text says what to do."""


@dataclass(frozen=True)
class Identity:
    """A key and the certificate that belongs to it."""

    key: PrivateKey
    serial: str
    not_after: datetime

    def returning(self, request: bytes) -> bytes:
        """Sign a request (PEM) for a new key with this one, for when the certificate has ended."""
        return self.key.sign(return_content(self.serial, request), ec.ECDSA(SHA256()))


def new_key() -> PrivateKey:
    """Return a new private key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def request_of(key: PrivateKey) -> bytes:
    """Return a certificate request (PEM) for a key; what it is called, the server decides."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )


def fingerprint_of(key: PrivateKey) -> str:
    """Return the SHA-256 of the public key, which people compare as six words."""
    return sha256_hex(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def enrolling_key(data_dir: Path) -> PrivateKey:
    """Return the key of the enrolment that is not over, or begin one.

    Raises:
        OSError: the folder cannot be written.
    """
    path = data_dir / ENROLLING_FILE
    try:
        key = load_pem_private_key(path.read_bytes(), None)
        if isinstance(key, PrivateKey):
            return key
    except (FileNotFoundError, ValueError):
        path.unlink(missing_ok=True)
    made = new_key()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, _pem(made))
    return made


def path_of(data_dir: Path) -> Path | None:
    """Return the file of the identity in use, or None where this kiosk has none."""
    path = data_dir / FILE
    return path if path.exists() else None


def read(path: Path) -> Identity:
    """Return the identity of a file.

    Raises:
        NoIdentity: it is missing or damaged.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
        key = load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
    except (OSError, ValueError) as error:
        raise NoIdentity(f"{path} holds no key with its certificate. Enrol this kiosk with a new code.") from error
    if not isinstance(key, PrivateKey) or key.public_key() != certificate.public_key():
        raise NoIdentity(f"The certificate in {path} is of another key. Enrol this kiosk with a new code.")
    return Identity(key, format(certificate.serial_number, "x"), certificate.not_valid_after_utc)


def keep_next(data_dir: Path, key: PrivateKey, chain_pem: str) -> Path:
    """Keep a new identity beside the one in use, until it has proved itself; return its file.

    Raises:
        NoIdentity: the certificate is none, or another key's.
        OSError: the folder cannot be written.
    """
    path = data_dir / NEXT_FILE
    _write(path, _pem(key) + chain_pem.encode())
    try:
        read(path)
    except NoIdentity:
        path.unlink()
        raise
    return path


def use_next(data_dir: Path) -> Path:
    """Put the next identity in the place of the one in use, in one step; return its file.

    Raises:
        OSError: the folder cannot be written.
    """
    path = data_dir / FILE
    (data_dir / NEXT_FILE).replace(path)
    (data_dir / ENROLLING_FILE).unlink(missing_ok=True)
    _sync(data_dir)
    return path


def forget(data_dir: Path) -> None:
    """Have no identity of this kind any longer: the server gave a token.

    Raises:
        OSError: the folder cannot be written.
    """
    for name in (FILE, NEXT_FILE, ENROLLING_FILE):
        (data_dir / name).unlink(missing_ok=True)


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(path.suffix + ".part")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

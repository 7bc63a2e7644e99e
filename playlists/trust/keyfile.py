"""Key files of people: Ed25519 private keys in OpenSSH's format under a passphrase (bcrypt, AES-256).

`ssh-keygen -p` changes the passphrase of such a file, and `ssh-keygen -t ed25519` makes one that is read here.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

MOST_BYTES = 16 << 10
LEAST_PASSPHRASE = 12
ROUNDS = 64
"""Of bcrypt's key derivation: slow on purpose, for whoever guesses."""


class Unreadable(ValueError):
    """A key file that cannot be opened; the message says why."""


def seal_key(private: bytes, passphrase: str, *, rounds: int = ROUNDS) -> bytes:
    """Return the file of a private key (32 raw bytes).

    Raises:
        Unreadable: the passphrase is too short to keep a key.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise Unreadable(f"the passphrase has {len(passphrase)} characters; take at least {LEAST_PASSPHRASE}")
    form = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(rounds).build(passphrase.encode())
    return Ed25519PrivateKey.from_private_bytes(private).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, form)


def open_key(content: bytes, passphrase: str) -> bytes:
    """Return the private key (32 raw bytes) of a file.

    Raises:
        Unreadable: another passphrase, no passphrase, another kind of key, or no key file.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"the file has {len(content)} bytes or more; that is no key")
    try:
        key = load_ssh_private_key(content, passphrase.encode())
    except TypeError as error:
        raise Unreadable("the key lies there without a passphrase; give it one with `ssh-keygen -p -f FILE`") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unreadable("the passphrase does not fit, or the file is no private key in OpenSSH's format") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unreadable("the file holds another kind of key; documents are signed with ed25519")
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

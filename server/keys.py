"""The server's Ed25519 keys: 32 raw bytes each in `<data>/keys`, for its owner's eyes only.

`server.ed25519` is what every kiosk pins. `cap.ed25519` is there only where alerts may reach panels by themselves.
"""

from __future__ import annotations

import os
from pathlib import Path

from playlists import trust

NAME = "server.ed25519"
CAP_NAME = "cap.ed25519"


class NoKey(Exception):
    """The server has no sound key; the message says what to do."""


def key_file(keys_dir: Path) -> Path:
    """Return where the key lies."""
    return keys_dir / NAME


def make_server_key(keys_dir: Path) -> bytes:
    """Make the key, durably and readable by its owner only, and return its public half.

    Raises:
        FileExistsError: there is one already; it is never replaced, because every kiosk has pinned it.
    """
    return _make(keys_dir, NAME)


def make_cap_key(keys_dir: Path) -> bytes:
    """Make the key of the role `cap`, like the server's own, and return its public half.

    Raises:
        FileExistsError: there is one already.
    """
    return _make(keys_dir, CAP_NAME)


def load_cap_key(keys_dir: Path) -> bytes | None:
    """Return the private key of the role `cap`, or None where there is none: then nothing is automatic."""
    try:
        private = (keys_dir / CAP_NAME).read_bytes()
    except OSError:
        return None
    return private if len(private) == 32 else None


def load_server_key(keys_dir: Path) -> bytes:
    """Return the private key's 32 bytes.

    Raises:
        NoKey: there is none, or the file does not hold one.
    """
    path = key_file(keys_dir)
    try:
        private = path.read_bytes()
    except FileNotFoundError as error:
        raise NoKey(f"There is no server key at {path}. Run `bangtin init` first.") from error
    except OSError as error:
        raise NoKey(f"The server key at {path} cannot be read ({error.strerror}). Check its owner and mode.") from error
    if len(private) != 32:
        raise NoKey(f"The server key at {path} is damaged ({len(private)} bytes, not 32). Restore it from your backup.")
    return private


def _make(keys_dir: Path, name: str) -> bytes:
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys_dir.chmod(0o700)
    private = trust.new_private_key()
    descriptor = os.open(keys_dir / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, private)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return trust.public_key(private)

"""The software keys of training sites: 32 raw bytes each in `<data>/keys/training`, for the server's eyes only.

They sign under the root of training sites alone, which every real kiosk refuses. That they lie on the server, which no
real person's key may do, is what lets trainees sign with a click.
"""

from __future__ import annotations

import os
from pathlib import Path

from playlists import trust

FOLDER = "training"
ROOT_HOLDERS = ("training-root-1", "training-root-2", "training-root-3")
SEED_BYTES = 32


def load(keys_dir: Path, holder: str) -> bytes | None:
    """Return a holder's private key, or None where there is none."""
    try:
        private = _path(keys_dir, holder).read_bytes()
    except OSError:
        return None
    return private if len(private) == SEED_BYTES else None


def load_or_make(keys_dir: Path, holder: str) -> bytes:
    """Return a holder's private key, made durably the first time."""
    private = load(keys_dir, holder)
    if private is not None:
        return private
    path = _path(keys_dir, holder)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = trust.new_private_key()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, private)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return private


def _path(keys_dir: Path, holder: str) -> Path:
    return keys_dir / FOLDER / f"{holder}.ed25519"

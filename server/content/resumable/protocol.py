"""The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), read and written. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from server.errors import Problem, invalid

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "expiration", "checksum", "termination")
ALGORITHMS = ("sha256", "sha1", "md5")
PIECE_TYPE = "application/offset+octet-stream"
MOST_METADATA = 4096
CHECKSUM_MISMATCH = 460
"""The protocol's own status."""
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one piece must hash to."""

    algorithm: str
    digest: bytes

    def new(self) -> hashlib._Hash:
        """Return a hash to feed."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def check_version(said: str | None) -> None:
    """Let pass what speaks our version.

    Raises:
        Problem: 412.
    """
    if said != VERSION:
        detail = f"This server speaks tus {VERSION}; say so in the header Tus-Resumable."
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "tus-version", detail, headers={"Tus-Version": VERSION})


def read_number(name: str, said: str | None) -> int:
    """Return a count of bytes from a header.

    Raises:
        Problem: 422, it is missing or none.
    """
    if said is None or _NUMBER.fullmatch(said.strip()) is None:
        raise invalid("invalid-header", f"The header {name} must hold a whole number of bytes.")
    return int(said)


def read_metadata(said: str | None) -> dict[str, str]:
    """Return the pairs of the header Upload-Metadata; a key without a value has an empty one.

    Raises:
        Problem: 422, it is too long or not of its form.
    """
    if said is None or not said.strip():
        return {}
    if len(said) > MOST_METADATA:
        raise invalid("invalid-header", f"The header Upload-Metadata is longer than {MOST_METADATA} characters.")
    found: dict[str, str] = {}
    for pair in said.split(","):
        key, _, value = pair.strip().partition(" ")
        if _KEY.fullmatch(key) is None or key in found:
            raise _bad_metadata()
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise _bad_metadata() from error
    return found


def write_metadata(pairs: Mapping[str, str]) -> str:
    """Return pairs as the header Upload-Metadata."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def _bad_metadata() -> Problem:
    detail = "The header Upload-Metadata must hold pairs of a key and a Base64 value (UTF-8), with commas between."
    return invalid("invalid-header", detail)


def read_checksum(said: str | None) -> Checksum | None:
    """Return the checksum that a piece announces, or None.

    Raises:
        Problem: 400, as the protocol asks, for an unknown algorithm or no Base64.
    """
    if said is None:
        return None
    algorithm, _, value = said.strip().partition(" ")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm not in ALGORITHMS or not digest:
        names = ", ".join(ALGORITHMS)
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid-checksum", f"Upload-Checksum is one of {names} and Base64.")
    return Checksum(algorithm, digest)


def capabilities(most_bytes: int) -> dict[str, str]:
    """Return the headers that say what this server can do."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(most_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }

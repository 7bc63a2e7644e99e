"""The chain of hashes: which bytes an entry is, what its hash is, and where a chain is broken. No database here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from playlists.instant import to_micros

BEGINNING = "0" * 64
"""What stands before the first entry."""


class Written(Protocol):
    """What the chain reads of an entry."""

    number: int
    at: datetime
    user_id: UUID | None
    username: str
    display_name: str
    agency_id: UUID | None
    agency_name: str
    address: str
    action: str
    object_kind: str
    object_id: str
    object_name: str
    digest: str
    before: str | None
    after: str | None
    sha256: str


@dataclass(frozen=True)
class Head:
    """The newest entry: how many there are, and the hash that stands for all of them."""

    number: int
    sha256: str


@dataclass(frozen=True)
class Broken:
    """The first entry that is not what was written, and why."""

    number: int
    why: str


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys, without spaces and escapes; the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(entry: Written) -> bytes:
    """Return the bytes of an entry that its hash covers."""
    said = {
        "number": entry.number,
        "at_us": to_micros(entry.at),
        "user_id": str(entry.user_id) if entry.user_id is not None else None,
        "username": entry.username,
        "display_name": entry.display_name,
        "agency_id": str(entry.agency_id) if entry.agency_id is not None else None,
        "agency_name": entry.agency_name,
        "address": entry.address,
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "object_name": entry.object_name,
        "digest": entry.digest,
        "before": entry.before,
        "after": entry.after,
    }
    return canonical_json(said).encode()


def link(previous: str, entry: Written) -> str:
    """Return the hash of an entry that follows the hash `previous`."""
    return sha256(bytes.fromhex(previous) + canonical(entry)).hexdigest()


def first_broken(entries: Iterable[Written], known: Head | None = None) -> tuple[Head, Broken | None]:
    """Walk a chain from its first entry; return its head and the first entry that is wrong.

    `known` is a head that somebody kept: the chain must still hold that entry with that hash.
    """
    head = Head(0, BEGINNING)
    for entry in entries:
        if entry.number != head.number + 1:
            return head, Broken(head.number + 1, f"entry {head.number + 1} is missing; {entry.number} follows")
        if entry.sha256 != link(head.sha256, entry):
            return head, Broken(entry.number, f"entry {entry.number} is not what was written")
        head = Head(entry.number, entry.sha256)
        if known is not None and known.number == head.number and known.sha256 != head.sha256:
            return head, Broken(entry.number, f"entry {entry.number} is another one than the kept head says")
    if known is not None and known.number > head.number:
        why = f"the log ends at entry {head.number}; the kept head is entry {known.number}: the end was cut off"
        return head, Broken(head.number + 1, why)
    return head, None

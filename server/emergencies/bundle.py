"""What a kiosk is told on dn/emergency, from values: what runs, and what ended something before its time.

What ended or was replaced leaves; the document that ended it stays until the ended one would have been over, so that
a kiosk which was away learns of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.ids import sha256_hex
from playlists.instant import EPOCH
from playlists.wire.messages import Emergencies, encode

MOST = 8


class Part(NamedTuple):
    """A sealed document, since when it stands, and until when kiosks have to be told of it (aware)."""

    envelope: bytes
    since: datetime
    until: datetime
    runs: bool


def bundle(parts: Sequence[Part], at: datetime) -> bytes | None:
    """Return the payload for a kiosk, or None when there is nothing to tell; the same parts give the same bytes."""
    kept = sorted((one for one in set(parts) if one.until > at), key=lambda one: (one.runs, one.since), reverse=True)
    if not kept:
        return None
    return _written(kept[:MOST], max(one.since for one in kept))


def empty() -> bytes:
    """Return the payload for a kiosk that was told something, when nothing is left."""
    return _written([], EPOCH)


def _written(parts: Sequence[Part], at: datetime) -> bytes:
    envelopes = tuple(one.envelope.decode() for one in parts)
    digest = sha256_hex("\n".join(envelopes).encode())
    return encode(Emergencies(id=UUID(hex=digest[:32]), at=at, envelopes=envelopes))

"""The manifest of one kiosk from values: nothing here asks a database, a clock or a key file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from playlists import manifest as manifests
from playlists import trust
from playlists.ids import sha256_hex
from playlists.manifest import Manifest, PanelSpec, ScheduleEntry, Segment
from playlists.playlist import Playlist

_UNCOUNTED = {"seq", "issued_at"}
"""What differs between two manifests that say the same."""


@dataclass(frozen=True)
class Content:
    """What a kiosk should hold and play, without number and time."""

    kiosk_id: UUID
    site: str
    time_zone: str
    tzdata: str
    panel: PanelSpec
    segments: Sequence[Segment] = ()
    playlists: Sequence[Playlist] = ()
    schedule: Sequence[ScheduleEntry] = ()
    default_playlist_id: UUID | None = None


def build_manifest(content: Content, seq: int, issued_at: datetime) -> Manifest:
    """Return a kiosk's manifest with a number and a time; a segment that several takes name stands once.

    Raises:
        ValueError: the content contradicts itself, for example a take whose segment is not held.
    """
    return Manifest(
        kiosk_id=content.kiosk_id,
        seq=seq,
        issued_at=issued_at,
        site=content.site,
        time_zone=content.time_zone,
        tzdata=content.tzdata,
        panel=content.panel,
        segments=tuple({segment.sha256: segment for segment in content.segments}.values()),
        playlists=tuple(content.playlists),
        schedule=tuple(sorted(content.schedule, key=lambda entry: entry.id)),
        default_playlist_id=content.default_playlist_id,
    )


def content_digest(manifest: Manifest) -> str:
    """Return the SHA-256 of a manifest without its number and time: equal when two say the same."""
    return sha256_hex(manifest.model_dump_json(exclude=_UNCOUNTED).encode())


def seal(manifest: Manifest, private_key: bytes) -> bytes:
    """Return the signed envelope of a manifest.

    Raises:
        ValueError: the envelope is larger than a kiosk reads.
    """
    envelope = trust.sign(manifest.model_dump_json().encode(), manifests.PAYLOAD_TYPE, private_key)
    if len(envelope) > trust.MOST_ENVELOPE_BYTES:
        raise ValueError(f"the manifest is {len(envelope)} bytes; a kiosk reads at most {trust.MOST_ENVELOPE_BYTES}")
    return envelope

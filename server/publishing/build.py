"""The manifest of one kiosk from values: nothing here asks a database, a clock or a key file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from playlists import manifest as manifests
from playlists import trust
from playlists.board import Board
from playlists.daypart import Daypart
from playlists.ids import sha256_hex
from playlists.manifest import Manifest, ManifestEssentialOnly, ManifestOverride, PanelSpec, ScheduleEntry, Segment
from playlists.playlist import Playlist
from playlists.special_day import Calendar
from playlists.sun import Place
from server.tables import AssignedManifest

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
    place: Place | None = None
    segments: Sequence[Segment] = ()
    playlists: Sequence[Playlist] = ()
    dayparts: Sequence[Daypart] = ()
    calendars: Sequence[Calendar] = ()
    schedule: Sequence[ScheduleEntry] = ()
    overrides: Sequence[ManifestOverride] = ()
    essential_only: Sequence[ManifestEssentialOnly] = ()
    default_playlist_id: UUID | None = None
    boards: Sequence[Board] = ()
    releases: Sequence[str] = ()
    """Digests of the releases that allow all this, and of those of templates."""


@dataclass(frozen=True)
class Urgent:
    """What reaches a kiosk at once: overrides, and the playlists and segments that these need."""

    segments: Sequence[Segment] = ()
    playlists: Sequence[Playlist] = ()
    overrides: Sequence[ManifestOverride] = ()
    essential_only: Sequence[ManifestEssentialOnly] = ()
    boards: Sequence[Board] = ()
    releases: Sequence[str] = ()
    calendars: Sequence[Calendar] = ()
    """Those of the boards' opening hours."""


def build_manifest(content: Content, seq: int, issued_at: datetime) -> Manifest:
    """Return a kiosk's manifest with a number and a time; a segment that several takes name stands once.

    Raises:
        ValueError: the content contradicts itself, for example a take whose segment is not held.
    """
    manifest = Manifest(
        kiosk_id=content.kiosk_id,
        seq=seq,
        issued_at=issued_at,
        site=content.site,
        time_zone=content.time_zone,
        tzdata=content.tzdata,
        releases=tuple(sorted(set(content.releases))),
        place=content.place,
        panel=content.panel,
        segments=tuple({segment.sha256: segment for segment in content.segments}.values()),
        playlists=tuple(content.playlists),
        dayparts=tuple(sorted(content.dayparts, key=lambda daypart: daypart.id)),
        calendars=tuple(content.calendars),
        schedule=tuple(sorted(content.schedule, key=lambda entry: entry.id)),
        overrides=tuple(sorted(content.overrides, key=lambda override: override.id)),
        essential_only=tuple(sorted(content.essential_only, key=lambda one: one.id)),
        default_playlist_id=content.default_playlist_id,
        boards=tuple(sorted(content.boards, key=lambda board: board.id)),
    )
    return manifest.model_copy(update={"must_understand": manifest.needs()})


def with_urgent(base: Manifest, urgent: Urgent, seq: int, issued_at: datetime) -> Manifest:
    """Return a manifest that says what an earlier one says, with other overrides and times of essential notices only.

    A playlist of an override stands as it is now, in the schedule as well; what only earlier overrides named goes.
    What no playlist named before is fetched ahead of its time, and stays.

    Raises:
        ValueError: the whole contradicts itself.
    """
    planned = {entry.playlist_id for entry in base.schedule} | {base.default_playlist_id}
    playlists = {one.id: one for one in base.playlists if one.id in planned} | {one.id: one for one in urgent.playlists}
    held = {one.sha256: one for one in (*base.segments, *urgent.segments)}
    named = {take.sha256 for one in base.playlists for item in one.items for take in item.takes}
    named |= {face for board in base.boards for face in board.bases}
    ahead = dict.fromkeys(one.sha256 for one in base.segments if one.sha256 not in named)
    ordered = sorted(playlists.values(), key=lambda one: one.id)
    needed = dict.fromkeys(take.sha256 for one in ordered for item in one.items for take in item.takes)
    bases = needed.keys()
    boards = {one.id: one for one in base.boards if one.bases <= bases} | {one.id: one for one in urgent.boards}
    faces = dict.fromkeys(base for board in boards.values() for base in sorted(board.bases))
    calendars = {one.id: one for one in urgent.calendars} | {one.id: one for one in base.calendars}
    changed = {
        "seq": seq,
        "issued_at": issued_at,
        "releases": tuple(sorted({*base.releases, *urgent.releases})),
        "segments": tuple(held[sha256] for sha256 in needed | faces | ahead),
        "playlists": tuple(ordered),
        "overrides": tuple(sorted(urgent.overrides, key=lambda one: one.id)),
        "essential_only": tuple(sorted(urgent.essential_only, key=lambda one: one.id)),
        "boards": tuple(boards[key] for key in sorted(boards)),
        "calendars": tuple(calendars.values()),
    }
    manifest = Manifest.model_validate({**{name: getattr(base, name) for name in Manifest.model_fields}, **changed})
    return manifest.model_copy(update={"must_understand": manifest.needs()})


def opened(row: AssignedManifest, public_key: bytes) -> Manifest:
    """Return an assigned manifest, opened.

    Raises:
        playlists.trust.Untrusted: the envelope is not one that this server signed.
    """
    return Manifest.model_validate_json(trust.open_envelope(row.envelope, manifests.PAYLOAD_TYPE, public_key))


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

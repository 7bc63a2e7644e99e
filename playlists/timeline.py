"""The timeline: what a panel shows at an instant, as one pure function of manifest, facts and time.

Layers, highest first: dark by plan outside operating hours; the schedule; the default playlist; the safe loop.
The cycle of takes is anchored at the last edge of any window or local midnight, whichever is later, and the take on
air follows from index arithmetic, so two programs that hold the same values always agree.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from uuid import UUID

from playlists.daypart import is_open, local_midnight, zone
from playlists.instant import to_millis
from playlists.language import SegmentLanguage
from playlists.manifest import Manifest
from playlists.playlist import Item, Playlist, Take

LEAST_REST_MS = 3_000
"""No take starts with less than this left of its window; the one before is held instead."""


class Layer(StrEnum):
    """Where a picture comes from."""

    DARK = "dark"
    SCHEDULE = "schedule"
    DEFAULT = "default"
    SAFE_LOOP = "safe_loop"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the device knows and the plan depends on."""

    clock_trusted: bool = True
    stored: frozenset[str] | None = None
    """Digests held and verified; None means all of the manifest's (a preview)."""
    quarantined: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Showing:
    """What is on a panel at an instant. `starts_at` and `ends_at` bound this airing (UTC)."""

    layer: Layer
    starts_at: datetime
    ends_at: datetime
    why: str
    playlist_id: UUID | None = None
    item_id: UUID | None = None
    notice_id: UUID | None = None
    title: str | None = None
    language: SegmentLanguage | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    layer: Layer
    playlist: Playlist | None
    starts_at: datetime
    ends_at: datetime
    why: str


def at(manifest: Manifest, facts: Facts, instant: datetime) -> Showing:
    """Return what the panel shows at an aware time."""
    span = _span(manifest, facts, instant)
    takes = _playable(span.playlist, facts) if span.playlist is not None else []
    if span.layer is Layer.SCHEDULE and not takes:
        span = _default_span(manifest, span.starts_at, span.ends_at, "nothing of the scheduled playlist can be played")
        takes = _playable(span.playlist, facts) if span.playlist is not None else []
    if span.playlist is None or not takes:
        layer = span.layer if span.layer is Layer.DARK else Layer.SAFE_LOOP
        why = span.why if layer is Layer.DARK else f"{span.why}; nothing of it can be played"
        return Showing(layer, span.starts_at, span.ends_at, why)
    return _airing(span, takes, instant)


def between(manifest: Manifest, facts: Facts, start: datetime, end: datetime, *, most: int = 10_000) -> list[Showing]:
    """Return the airings that overlap [start, end), in order, at most `most` of them."""
    airings: list[Showing] = []
    moment = start
    while moment < end and len(airings) < most:
        showing = at(manifest, facts, moment)
        airings.append(showing)
        moment = showing.ends_at
    return airings


def next_change(manifest: Manifest, facts: Facts, after: datetime) -> datetime:
    """Return when the picture on the panel at an aware time gives way to the next."""
    return at(manifest, facts, after).ends_at


def _span(manifest: Manifest, facts: Facts, instant: datetime) -> _Span:
    tz = zone(manifest.time_zone)
    midnight = local_midnight(instant, tz)
    next_midnight = local_midnight(midnight + timedelta(hours=36), tz)
    if not facts.clock_trusted:
        return _default_span(manifest, midnight, next_midnight, "the clock is not trusted")
    hours = manifest.panel.operating_hours
    windows = [*hours, *(entry.daypart for entry in manifest.schedule)]
    starts_at = max([midnight, *(window.last_edge(instant, tz) for window in windows)])
    ends_at = min([next_midnight, *(window.next_edge(instant, tz) for window in windows)])
    if not is_open(hours, instant, tz):
        return _Span(Layer.DARK, None, starts_at, ends_at, "outside the panel's operating hours")
    active = [entry for entry in manifest.schedule if entry.daypart.covering(instant, tz)]
    if not active:
        return _default_span(manifest, starts_at, ends_at, "nothing is scheduled")
    entry = min(active, key=lambda one: (-one.priority, one.id))
    playlist = next(one for one in manifest.playlists if one.id == entry.playlist_id)
    why = f"scheduled {entry.daypart.start}-{entry.daypart.end}, priority {entry.priority}"
    return _Span(Layer.SCHEDULE, playlist, starts_at, ends_at, why)


def _default_span(manifest: Manifest, starts_at: datetime, ends_at: datetime, reason: str) -> _Span:
    for playlist in manifest.playlists:
        if playlist.id == manifest.default_playlist_id:
            return _Span(Layer.DEFAULT, playlist, starts_at, ends_at, f"default playlist: {reason}")
    return _Span(Layer.SAFE_LOOP, None, starts_at, ends_at, f"safe loop: {reason} and there is no default playlist")


def _playable(playlist: Playlist, facts: Facts) -> list[tuple[Item, Take]]:
    def held(take: Take) -> bool:
        return take.sha256 not in facts.quarantined and (facts.stored is None or take.sha256 in facts.stored)

    return [(item, take) for item in playlist.items for take in item.takes if held(take)]


def _airing(span: _Span, takes: list[tuple[Item, Take]], instant: datetime) -> Showing:
    anchor = span.starts_at
    ends = list(accumulate(item.on_air_ms for item, _ in takes))
    elapsed_ms = max(0, to_millis(instant) - to_millis(anchor))
    rounds, within_ms = divmod(elapsed_ms, ends[-1])
    index = bisect_right(ends, within_ms)
    starts_at = anchor + timedelta(milliseconds=rounds * ends[-1] + (ends[index - 1] if index else 0))
    ends_at = anchor + timedelta(milliseconds=rounds * ends[-1] + ends[index])
    rest = timedelta(milliseconds=LEAST_REST_MS)
    if span.ends_at - starts_at < rest and starts_at > anchor:
        index = index - 1 if index else len(takes) - 1
        starts_at -= timedelta(milliseconds=takes[index][0].on_air_ms)
        ends_at = span.ends_at
    elif span.ends_at - ends_at < rest:
        ends_at = span.ends_at
    item, take = takes[index]
    return Showing(
        span.layer,
        starts_at,
        min(ends_at, span.ends_at),
        span.why,
        span.playlist.id if span.playlist else None,
        item.id,
        item.notice_id,
        item.title,
        take.language,
        take.sha256,
    )

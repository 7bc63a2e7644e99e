"""How something new takes over the panel: at the item's end, at the next whole second, or at once under cover. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from playlists.manifest import Manifest
from playlists.timeline import Facts, Layer, Showing, at, between

LONGEST_WAIT = timedelta(seconds=60)
"""A new manifest waits for the end of the item on air, but not longer than this."""
GIVEN_AHEAD = timedelta(seconds=2.1)
"""A player may have been given the next item so long before its start: the stream is written ahead by whole seconds."""
ORDINARY = frozenset({Layer.DARK, Layer.SCHEDULE, Layer.DEFAULT, Layer.SAFE_LOOP})
"""Every other layer is urgent."""


class Takeover(IntEnum):
    """How soon; the larger is the sooner."""

    BOUNDARY = 0
    SECOND = 1
    CUT = 2


@dataclass(frozen=True, slots=True)
class Basis:
    """What the timeline follows."""

    manifest: Manifest
    facts: Facts

    def at(self, instant: datetime) -> Showing:
        """Return what is due at an aware time."""
        return at(self.manifest, self.facts, instant)


def how(on_air: Showing | None, before: Basis | None, after: Basis, now: datetime) -> Takeover:
    """Return how `after` takes over from what is on air, which was chosen by `before` (None: not known)."""
    if on_air is None:
        return Takeover.SECOND
    if _must_go(on_air, after, now) or (before is not None and _next_must_go(on_air, before, after, now)):
        return Takeover.CUT
    return Takeover.SECOND if _cannot_wait(on_air, after, now) else Takeover.BOUNDARY


def same_airing(one: Showing, other: Showing) -> bool:
    """Tell whether two are the same item's same turn, whatever its end."""
    return _turn(one) == _turn(other)


def _turn(showing: Showing) -> tuple[object, ...]:
    return showing.layer, showing.item_id, showing.sha256, showing.starts_at


def _must_go(showing: Showing, after: Basis, instant: datetime) -> bool:
    """Tell whether a picture may not stay up: taken out or set aside, or something urgent begins or ends."""
    if showing.sha256 is not None and not _is_held(showing.sha256, after):
        return True
    due = after.at(instant)
    return _is_urgent(showing, due) and not same_airing(showing, due)


def _is_urgent(showing: Showing, due: Showing) -> bool:
    """Tell whether something begins or ends that waits for nobody; darkness waits for the item's end."""
    urgent = due.layer not in ORDINARY or showing.layer not in ORDINARY
    return urgent or (due.essential_only != showing.essential_only and due.layer is not Layer.DARK)


def _next_must_go(on_air: Showing, before: Basis, after: Basis, now: datetime) -> bool:
    """Tell the same of the item that the player may hold already because its turn is about to come."""
    if not now < on_air.ends_at <= now + GIVEN_AHEAD:
        return False
    return _must_go(before.at(on_air.ends_at), after, on_air.ends_at)


def _is_held(sha256: str, after: Basis) -> bool:
    named = any(segment.sha256 == sha256 for segment in after.manifest.segments)
    return named and sha256 not in after.facts.quarantined


def _cannot_wait(on_air: Showing, after: Basis, now: datetime) -> bool:
    if on_air.sha256 is None or on_air.ends_at - now > LONGEST_WAIT:
        return True
    due = after.at(now)
    if same_airing(on_air, due) and on_air.ends_at != due.ends_at:
        return True
    coming = between(after.manifest, after.facts, now, on_air.ends_at) if now < on_air.ends_at else []
    return any(_is_urgent(on_air, showing) and showing.starts_at > now for showing in coming)

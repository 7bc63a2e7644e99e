"""What the player is to show: the timeline's answer made into a cue with a file that was hashed again.

The player asks from a thread of its own; it reads one immutable plan that the agent's loop replaces as a whole.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from kiosk_agent.core.events import Airing
from kiosk_agent.player.port import Cue
from playlists.manifest import Manifest
from playlists.timeline import Facts, Layer, Showing, at

REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the timeline needs."""

    manifest: Manifest
    facts: Facts


class Airings:
    """Answers the player, and remembers for each cue where it came from."""

    def __init__(self, verified: Callable[[str], Path | None], damaged: Callable[[str], None]) -> None:
        """Take what opens a segment after hashing it, and what is told of one that is not what its name says."""
        self._verified = verified
        self._damaged = damaged
        self._plan: Plan | None = None
        self._lock = Lock()
        self._given: OrderedDict[tuple[str, datetime], Airing] = OrderedDict()

    def follow(self, plan: Plan) -> None:
        """Answer from this plan from now on."""
        self._plan = plan

    def next_cue(self, instant: datetime) -> Cue:
        """Return what is on from a UTC instant. A segment that fails its digest gives way to what comes without it.

        Raises:
            LookupError: there is no plan yet.
        """
        plan = self._plan
        if plan is None:
            raise LookupError("no manifest is installed")
        facts, path = plan.facts, None
        while True:
            showing = at(plan.manifest, facts, instant)
            if showing.sha256 is None:
                break
            path = self._verified(showing.sha256)
            if path is not None:
                break
            self._damaged(showing.sha256)
            facts = replace(facts, quarantined=facts.quarantined | {showing.sha256})
        cue = Cue(showing.sha256 or showing.layer.value, path, showing.starts_at, showing.ends_at)
        with self._lock:
            self._given[cue.key, cue.starts_at] = Airing(showing, plan.manifest.seq)
            self._given.move_to_end((cue.key, cue.starts_at))
            while len(self._given) > REMEMBERED:
                self._given.popitem(last=False)
        return cue

    def airing_of(self, cue: Cue | None) -> Airing | None:
        """Return where a shown cue came from; a stand-in that the player chose by itself counts as the safe loop."""
        plan = self._plan
        if cue is None or plan is None:
            return None
        with self._lock:
            given = self._given.get((cue.key, cue.starts_at))
        if given is not None:
            return given
        layer = Layer.DARK if cue.key == Layer.DARK else Layer.SAFE_LOOP
        why = "the player shows a stand-in, because the segment cannot be played"
        return Airing(Showing(layer, cue.starts_at, cue.ends_at, why), plan.manifest.seq)

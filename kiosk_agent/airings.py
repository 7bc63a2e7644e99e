"""What the player is to show: the timeline's answer made into a cue with a file that was hashed again.

The player asks from a thread of its own; it reads one immutable plan that the agent's loop replaces as a whole.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from kiosk_agent.core.events import Airing
from kiosk_agent.core.seal import Verified
from kiosk_agent.player.port import Cue
from playlists.board_picture import BoardPicture
from playlists.manifest import Manifest
from playlists.timeline import Facts, Layer, Showing, at, board_picture

REMEMBERED = 64
DRAWN_WITHIN_S = 0.25
"""A player waits 0.4 s for its answer."""
_SECOND = timedelta(seconds=1)


class NotDrawn(LookupError):
    """The picture of a status board is still being drawn; it is asked for again a second later."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the timeline needs."""

    manifest: Manifest
    facts: Facts


class Airings:
    """Answers the player, and remembers for each cue where it came from."""

    def __init__(
        self,
        verified: Callable[[str], Verified | None],
        damaged: Callable[[str], None],
        drawn: Callable[[str, float], Verified | None],
    ) -> None:
        """Take what opens a segment after hashing it, and what is told of one that is not what its name says.

        `drawn` returns the file of a status board's picture, waiting for it for some seconds at most; None when it
        cannot be made, and `NotDrawn` is raised when it is still being made.
        """
        self._verified = verified
        self._damaged = damaged
        self._drawn = drawn
        self._plan: Plan | None = None
        self._lock = Lock()
        self._given: OrderedDict[tuple[str, datetime], Airing] = OrderedDict()

    def follow(self, plan: Plan) -> None:
        """Answer from this plan from now on."""
        self._plan = plan

    def next_cue(self, instant: datetime) -> Cue:
        """Return what is on from a UTC instant. A segment that fails its digest gives way to what comes without it.

        Raises:
            LookupError: there is no plan yet, or the picture of a status board is still being drawn.
        """
        plan = self._plan
        if plan is None:
            raise LookupError("no manifest is installed")
        facts = plan.facts
        while True:
            showing = at(plan.manifest, facts, instant)
            if showing.sha256 is None:
                return self._given_out(
                    plan, Cue(showing.layer.value, None, showing.starts_at, showing.ends_at), showing
                )
            picture = board_picture(plan.manifest, facts, showing.sha256, instant)
            file = self._verified(showing.sha256) if picture is None else self._drawn(picture.key, DRAWN_WITHIN_S)
            if file is not None:
                return self._given_out(plan, _cue(showing, picture, file), showing, picture)
            if picture is None:
                self._damaged(showing.sha256)
            facts = replace(facts, quarantined=facts.quarantined | {showing.sha256})

    def _given_out(self, plan: Plan, cue: Cue, showing: Showing, picture: BoardPicture | None = None) -> Cue:
        airing = Airing(showing, plan.manifest.seq)
        if picture is not None:
            airing = replace(airing, board=picture.board, board_seq=picture.seq)
        with self._lock:
            self._given[cue.key, cue.starts_at] = airing
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


def _cue(showing: Showing, picture: BoardPicture | None, file: Verified) -> Cue:
    """Return the cue of an airing; a picture of a status board is right for a part of it, in whole seconds."""
    if picture is None:
        return Cue(showing.sha256 or "", file.path, showing.starts_at, showing.ends_at, file.seal)
    starts_at = max(showing.starts_at, picture.since).replace(microsecond=0)
    ends_at = min(showing.ends_at, picture.until)
    if ends_at.microsecond:
        ends_at = ends_at.replace(microsecond=0) + _SECOND
    return Cue(picture.key, file.path, starts_at, ends_at, file.seal)

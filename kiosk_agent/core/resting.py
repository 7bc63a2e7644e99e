"""What of the installed manifest may not be shown now: withdrawn, held, over, not yet, or released by nobody any more.

Asked again each second and after every accepted document. What is on the panel and rests is cut at once.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk_agent.core import playback
from kiosk_agent.core.documents import clock_now
from kiosk_agent.core.turn import Turn
from playlists.manifest import Manifest
from playlists.trust.showing import boards_shown, shown
from playlists.trust.trusted import Clock, Trusted


def consider(turn: Turn) -> None:
    """Let the timeline leave out what rests, and take it off the panel."""
    installed = turn.state.installed
    if installed is None:
        return
    trust = turn.state.trust
    resting: frozenset[str] = frozenset()
    if trust.acted is not None:
        resting = at_rest(trust.acted, installed.manifest, clock_now(turn))
    elif trust.required:
        resting = frozenset(installed.sizes)
    if resting != turn.state.resting:
        before = turn.state
        turn.state = replace(before, resting=resting)
        playback.take_over(turn, before)


def at_rest(trusted: Trusted, manifest: Manifest, clock: Clock) -> frozenset[str]:
    """Return the files of a manifest that may not be shown; a board rests as a whole, in the form that it has there."""
    allowed = shown(trusted, clock)
    resting = set(manifest.files) - allowed
    released = boards_shown(trusted, clock) if manifest.boards else ()
    for board in manifest.boards:
        if board not in released:
            resting |= board.bases
        resting |= {face.base for face in board.faces if face.sheet in resting}
    return frozenset(resting)

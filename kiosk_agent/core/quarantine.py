"""Segments that crash the player: three deaths in a row over one segment set it aside, and playback goes on without it.

Deaths over different segments are the machine's fault and set nothing aside; three within ten minutes are a loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk_agent.core import alarms
from kiosk_agent.core.commands import NoteError
from kiosk_agent.core.state import OnAir
from kiosk_agent.core.turn import Turn
from playlists.fault import FaultCode
from playlists.wire.messages import SEEN_PERMILLE

DEATHS = 3
WITHIN_S = 3600.0
ASIDE_S = 24 * 3600.0
LOOP_S = 600.0
"""So long without a death ends a loop of them."""


def on_crash(turn: Turn, sha256: str | None) -> bool:
    """Count a death of the player over a segment (None: over none); return whether that set the segment aside."""
    mono_s = turn.now.mono_s
    crashes = (*turn.state.crashes, (sha256, mono_s))[-DEATHS:]
    turn.state = replace(turn.state, crashes=crashes)
    blamed = {one for one, _ in crashes}
    if sha256 is None or len(crashes) < DEATHS or blamed != {sha256} or mono_s - crashes[0][1] > WITHIN_S:
        _mind_loop(turn)
        return False
    quarantined = {**turn.state.quarantined, sha256: mono_s + ASIDE_S}
    turn.state = replace(turn.state, quarantined=quarantined, crashes=(), deaths=())
    title = next(_titles(turn, sha256), "a segment")
    detail = f"{title}: the player died {DEATHS} times while it was due; it is left out for 24 hours"
    alarms.raise_now(turn, FaultCode.SEGMENT_QUARANTINED, sha256, detail)
    turn.do(NoteError(f"segment {sha256[:12]} is set aside. {detail}"))
    return True


def _mind_loop(turn: Turn) -> None:
    """Raise that the player keeps dying, over whatever segment."""
    mono_s = turn.now.mono_s
    deaths = (*turn.state.deaths, mono_s)[-DEATHS:]
    turn.state = replace(turn.state, deaths=deaths)
    if len(deaths) == DEATHS and mono_s - deaths[0] <= LOOP_S:
        detail = f"the player died {DEATHS} times within {LOOP_S / 60:.0f} minutes"
        alarms.raise_now(turn, FaultCode.PLAYER_CRASH_LOOP, "", detail)


def on_ended(turn: Turn, ended: OnAir) -> None:
    """Forget the deaths over a segment that was on to its end and was seen."""
    seen = ended.best_permille is not None and ended.best_permille >= SEEN_PERMILLE
    showing = ended.airing.showing
    if seen and turn.now.wall >= showing.ends_at and turn.state.crashes:
        kept = tuple(crash for crash in turn.state.crashes if crash[0] != showing.sha256)
        turn.state = replace(turn.state, crashes=kept)


def on_tick(turn: Turn) -> None:
    """Give segments another chance when their time is over."""
    over = [sha256 for sha256, until_s in turn.state.quarantined.items() if turn.now.mono_s >= until_s]
    if over:
        _release(turn, over)
    if turn.state.deaths and turn.now.mono_s - turn.state.deaths[-1] > LOOP_S:
        turn.state = replace(turn.state, deaths=())
        alarms.clear(turn, FaultCode.PLAYER_CRASH_LOOP)


def on_installed(turn: Turn) -> None:
    """A new manifest gives every segment another chance."""
    turn.state = replace(turn.state, crashes=())
    _release(turn, list(turn.state.quarantined))


def _release(turn: Turn, over: list[str]) -> None:
    rest = {sha256: until_s for sha256, until_s in turn.state.quarantined.items() if sha256 not in over}
    if over:
        turn.state = replace(turn.state, quarantined=rest)
    for sha256 in over:
        alarms.clear(turn, FaultCode.SEGMENT_QUARANTINED, sha256)


def _titles(turn: Turn, sha256: str) -> Iterator[str]:
    installed = turn.state.installed
    for playlist in installed.manifest.playlists if installed is not None else ():
        for item in playlist.items:
            if any(take.sha256 == sha256 for take in item.takes):
                yield item.title

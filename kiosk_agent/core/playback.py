"""When the player is started, asked to look again, and believed to live."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk_agent.core import alarms, picture, proof, quarantine
from kiosk_agent.core.backoff import RESTED
from kiosk_agent.core.commands import FeedWatchdog, NoteError, RefreshPlayer, StartPlayer
from kiosk_agent.core.events import PlayerFailed, PlayerReported
from kiosk_agent.core.state import Playback
from kiosk_agent.core.turn import Turn
from playlists.manifest import Manifest
from playlists.timeline import Layer, Showing, at

LONGEST_WAIT = timedelta(seconds=60)
"""A new manifest waits for the end of the item on air, but not longer than this."""
_LAST = timedelta(milliseconds=1)


def take_over(turn: Turn) -> None:
    """Let a new manifest take over: at the end of the item on air, at once where none is or where it is urgent."""
    installed = turn.state.installed
    if installed is None:
        return
    panel = turn.state.playback.panel
    if panel is None or panel.face != installed.manifest.panel.face:
        _start(turn)
        return
    turn.state = replace(turn.state, playback=replace(turn.state.playback, panel=installed.manifest.panel))
    on_air = turn.state.playback.on_air
    if on_air is None or not _may_end(turn, on_air.airing.showing, installed.manifest):
        turn.do(RefreshPlayer())


def _may_end(turn: Turn, showing: Showing, manifest: Manifest) -> bool:
    """Tell whether what is on air may go on to its end before a manifest takes over."""
    if showing.sha256 is None or showing.ends_at - turn.now.wall > LONGEST_WAIT:
        return False
    moments = turn.now.wall, max(turn.now.wall, showing.ends_at - _LAST)
    urgent = {_urgent_part(at(manifest, turn.state.facts, moment)) for moment in moments}
    return urgent == {_urgent_part(showing)}


def _urgent_part(showing: Showing) -> tuple[object, ...]:
    """Return what begins and ends at once: an override, the switch to essential notices, darkness."""
    override = (showing.entry_id, showing.playlist_id) if showing.layer is Layer.OVERRIDE else None
    return override, showing.essential_only, showing.layer is Layer.DARK


def repair(turn: Turn) -> None:
    """A segment of the installed manifest came back: show it without waiting for the safe loop's end."""
    on_air = turn.state.playback.on_air
    if turn.state.playback.panel is not None and (on_air is None or on_air.airing.showing.sha256 is None):
        turn.do(RefreshPlayer())


def on_report(turn: Turn, event: PlayerReported) -> None:
    """Take the player's word."""
    before = turn.state.playback
    alive = event.frames != before.frames and not event.stalled
    playback = replace(before, name=event.player, frames=event.frames, stalled=event.stalled)
    turn.state = replace(turn.state, playback=playback)
    if event.finding is not None:
        alarms.observe(turn, (event.finding,))
    proof.follow(turn, None if event.stalled else event.airing, event.match_permille)
    if before.on_air is not None and turn.state.playback.on_air is not before.on_air:
        quarantine.on_ended(turn, before.on_air)
    if event.crashed is not None:
        quarantine.on_crash(turn, event.crashed.showing.sha256)
    picture.follow(turn, event.verdict)
    if alive:
        turn.do(FeedWatchdog())
    if event.error and not before.stalled and event.stalled:
        turn.do(NoteError(f"player: {event.error}"))


def on_failed(turn: Turn, event: PlayerFailed) -> None:
    """Try to start the player again after a wait."""
    retry = turn.state.playback.retry.failed(turn.now.mono_s, turn.now.chance)
    turn.state = replace(turn.state, playback=Playback(retry=retry))
    turn.do(NoteError(f"player: {event.reason}"))


def on_tick(turn: Turn) -> None:
    """Start a player that failed to start, and tell systemd that waiting for a first manifest is no fault."""
    state = turn.state
    if state.installed is None:
        turn.do(FeedWatchdog())
    elif state.playback.panel is None and state.playback.retry.due(turn.now.mono_s):
        _start(turn)


def _start(turn: Turn) -> None:
    if turn.state.installed is None:
        return
    panel = turn.state.installed.manifest.panel
    proof.follow(turn, None, None)
    turn.state = replace(turn.state, playback=replace(turn.state.playback, panel=panel, retry=RESTED, on_air=None))
    turn.do(StartPlayer(panel))

"""When the player is started, asked to look again, and believed to live."""

from __future__ import annotations

from dataclasses import replace

from kiosk_agent.core import alarms, picture, proof, quarantine, renewal, warning
from kiosk_agent.core.backoff import RESTED
from kiosk_agent.core.commands import CutIn, FeedWatchdog, NoteError, RefreshPlayer, StartPlayer
from kiosk_agent.core.events import PlayerFailed, PlayerReported
from kiosk_agent.core.state import Playback, State
from kiosk_agent.core.takeover import Basis, Takeover, how
from kiosk_agent.core.turn import Turn
from playlists.fault import FaultCode


def take_over(turn: Turn, before: State | None = None) -> None:
    """Let what is installed now take over from what was followed `before`, as soon as it must."""
    installed = turn.state.installed
    if installed is None:
        return
    panel = turn.state.playback.panel
    if panel is None or panel.face != installed.manifest.panel.face:
        _start(turn)
        return
    turn.state = replace(turn.state, playback=replace(turn.state.playback, panel=installed.manifest.panel))
    on_air = turn.state.playback.on_air
    old = before.installed if before is not None else None
    soon = how(
        None if on_air is None else on_air.airing.showing,
        None if before is None or old is None else Basis(old.manifest, before.facts),
        Basis(installed.manifest, turn.state.facts),
        turn.now.wall,
    )
    if soon is Takeover.CUT:
        turn.do(CutIn())
    elif soon is Takeover.SECOND:
        turn.do(RefreshPlayer())


def repair(turn: Turn) -> None:
    """A segment of the installed manifest came back: show it without waiting for the safe loop's end.

    What is reported as on air may be a second old, and the safe loop up already; so the player is asked in any case.
    """
    if turn.state.playback.panel is not None:
        turn.do(RefreshPlayer())


def on_report(turn: Turn, event: PlayerReported) -> None:
    """Take the player's word."""
    before = turn.state.playback
    alive = event.frames != before.frames and not event.stalled
    playback = replace(before, name=event.player, frames=event.frames, stalled=event.stalled)
    turn.state = replace(turn.state, playback=playback)
    in_step = event.in_step if turn.state.clock_trusted else None
    alarms.observe(turn, [found for found in (event.finding, in_step, event.output, event.drops) if found is not None])
    warning.on_report(turn, seen=event.warning_seen and not event.stalled)
    # What is planned beneath an emergency's picture is not seen, and does not count as played.
    hidden = event.stalled or turn.state.warnings.up is not None
    proof.follow(turn, None if hidden else event.airing, event.match_permille)
    if before.on_air is not None and turn.state.playback.on_air is not before.on_air:
        quarantine.on_ended(turn, before.on_air)
    if event.crashed is not None:
        # Certain at once; a new child may show its picture before a second reading.
        alarms.raise_now(turn, FaultCode.PLAYER_STALLED, "", event.error or "the player died and was started anew")
        held = turn.state
        if quarantine.on_crash(turn, event.crashed.showing.sha256):
            take_over(turn, held)
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
    else:
        renewal.on_tick(turn)


def _start(turn: Turn) -> None:
    if turn.state.installed is None:
        return
    panel = turn.state.installed.manifest.panel
    proof.follow(turn, None, None)
    turn.state = replace(turn.state, playback=replace(turn.state.playback, panel=panel, retry=RESTED, on_air=None))
    renewal.begun(turn)
    warning.on_player_started(turn)
    turn.do(StartPlayer(panel))

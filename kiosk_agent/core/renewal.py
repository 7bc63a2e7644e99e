"""The planned renewal of the player: once a night, at an hour of the site, so that nothing in it grows old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk_agent.core.commands import RenewPlayer
from kiosk_agent.core.turn import Turn
from playlists.daypart import zone

OLD_ENOUGH_S = 3600.0
"""A player that was started less than an hour ago is not renewed."""


def on_tick(turn: Turn) -> None:
    """Renew when the hour has come since the player was started or renewed last."""
    state = turn.state
    hour, begun_s = state.policy.renew_hour, state.playback.begun_s
    if hour is None or state.installed is None or begun_s is None or not state.clock_trusted:
        return
    age_s = turn.now.mono_s - begun_s
    local = turn.now.wall.astimezone(zone(state.installed.manifest.time_zone))
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if due > local:
        due -= timedelta(days=1)
    if age_s >= OLD_ENOUGH_S and age_s > (local - due).total_seconds():
        begun(turn)
        turn.do(RenewPlayer())


def begun(turn: Turn) -> None:
    """Note that the player starts anew now."""
    turn.state = replace(turn.state, playback=replace(turn.state.playback, begun_s=turn.now.mono_s))

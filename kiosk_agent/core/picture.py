"""Faults of the picture, as the player says: its verdict has weighed several captures, so one word is enough."""

from __future__ import annotations

from kiosk_agent.core import alarms
from kiosk_agent.core.turn import Turn
from kiosk_agent.core.verdict import Verdict
from playlists.fault import FaultCode

_FAULT_OF = {
    Verdict.FROZEN: FaultCode.PICTURE_FROZEN,
    Verdict.BLACK: FaultCode.PICTURE_BLACK,
    Verdict.WRONG: FaultCode.PICTURE_WRONG,
    Verdict.WRONG_SIZE: FaultCode.PICTURE_WRONG_SIZE,
    Verdict.OUTPUT_MISSING: FaultCode.VIDEO_OUTPUT_MISSING,
}


def follow(turn: Turn, verdict: Verdict) -> None:
    """Raise the one fault that a verdict names and clear the others; an unknown verdict changes nothing."""
    if verdict is Verdict.UNKNOWN:
        return
    for bad, code in _FAULT_OF.items():
        if bad is not verdict:
            alarms.clear(turn, code)
    if verdict in _FAULT_OF and (_FAULT_OF[verdict], "") not in turn.state.alarms:
        alarms.raise_now(turn, _FAULT_OF[verdict], "", _due(turn))


def _due(turn: Turn) -> str:
    on_air = turn.state.playback.on_air
    title = on_air.airing.showing.title if on_air is not None else None
    return f"planned was: {title}" if title else "planned was a picture without a title"

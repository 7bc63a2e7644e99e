"""Whether the wall clock is believed: once confirmed it is believed until it jumps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk_agent.core.commands import ReadHealth, RefreshPlayer
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.turn import Turn
from playlists.fault import CheckResult, FaultCode

JUMP_S = 30.0


def mind_jumps(turn: Turn) -> None:
    """Compare both clocks; after a jump the next reading decides anew, and the timeline is asked again."""
    last, now = turn.state.last, turn.now
    turn.state = replace(turn.state, last=(now.wall, now.mono_s))
    if last is None:
        return
    drift_s = (now.wall - last[0]).total_seconds() - (now.mono_s - last[1])
    if abs(drift_s) > JUMP_S:
        turn.state = replace(turn.state, clock_latched=False)
        turn.do(ReadHealth())
        if turn.state.playback.panel is not None:
            turn.do(RefreshPlayer())


def judge(turn: Turn, findings: Iterable[Finding]) -> None:
    """Take the clock's reading out of a round of checks."""
    for found in findings:
        if found.code is FaultCode.CLOCK_UNTRUSTED:
            _set(turn, found.result)


def _set(turn: Turn, result: CheckResult) -> None:
    before = turn.state.clock_trusted
    latched = turn.state.clock_latched or result is CheckResult.OK
    turn.state = replace(turn.state, clock_trusted=latched, clock_latched=latched)
    if latched != before and turn.state.playback.panel is not None:
        turn.do(RefreshPlayer())

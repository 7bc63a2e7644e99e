"""Refused documents as a fault: one for each rule that was broken, for a day after the last time."""

from __future__ import annotations

from dataclasses import replace

from kiosk_agent.core import alarms
from kiosk_agent.core.trust import REJECT_STANDS_S, SETTLE_S, Refusal
from kiosk_agent.core.turn import Turn
from playlists.fault import FaultCode
from playlists.trust import Rule

_MAY_SETTLE = frozenset({Rule.V15_RELEASED_ONLY, Rule.V5_SIGNERS})
"""What is wanting may still come: a release that values or an emergency need, the root that names a signer."""


def on_tick(turn: Turn) -> None:
    """Keep the faults true."""
    trust, mono_s = turn.state.trust, turn.now.mono_s
    kept = tuple(one for one in trust.refusals if mono_s - one.since_s < REJECT_STANDS_S)
    if kept != trust.refusals:
        turn.state = replace(turn.state, trust=replace(trust, refusals=kept))
    told = {one.rule.value: one for one in reversed(kept) if _is_told(one, mono_s)}
    for code, subject in list(turn.state.alarms):
        if code is FaultCode.DOCUMENT_REJECTED and subject not in told:
            alarms.clear(turn, code, subject)
    for rule, one in told.items():
        if (FaultCode.DOCUMENT_REJECTED, rule) not in turn.state.alarms:
            alarms.raise_now(turn, FaultCode.DOCUMENT_REJECTED, rule, f"{one.kind}: {one.text}")


def _is_told(one: Refusal, mono_s: float) -> bool:
    return not one.late and (one.rule not in _MAY_SETTLE or mono_s - one.since_s >= SETTLE_S)

"""Faults on the device: raised after two bad readings in a row (at once where a decision is certain), then cleared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk_agent.core.finding import Finding
from kiosk_agent.core.state import Alarm
from kiosk_agent.core.turn import Turn
from playlists.fault import CATALOGUE, CheckResult, FaultCode
from playlists.wire.messages import FaultLine, Faults
from playlists.wire.topics import Up

READINGS_TO_RAISE = 2
MOST_DETAIL = 300


def observe(turn: Turn, findings: Iterable[Finding]) -> None:
    """Take new readings; an unknown one neither raises nor clears."""
    findings = tuple(findings)
    turn.state = replace(turn.state, readings={**turn.state.readings, **{found.check: found for found in findings}})
    for found in findings:
        if found.code is None or found.result is CheckResult.UNKNOWN:
            continue
        if found.result is CheckResult.OK:
            clear(turn, found.code)
        else:
            _count(turn, found.code, "", found.detail, READINGS_TO_RAISE)


def raise_now(turn: Turn, code: FaultCode, subject: str, detail: str) -> None:
    """Raise a fault that needs no second reading; `subject` keeps it apart from what the checks read."""
    _count(turn, code, subject, detail, 1)


def clear(turn: Turn, code: FaultCode, subject: str = "") -> None:
    """End a fault, if it stands."""
    alarm = turn.state.alarms.get((code, subject))
    if alarm is None:
        return
    rest = {key: other for key, other in turn.state.alarms.items() if key != (code, subject)}
    turn.state = replace(turn.state, alarms=rest)
    if alarm.active:
        publish(turn)


def publish(turn: Turn) -> None:
    """Say the whole active set."""
    stamp = turn.stamp()
    active = tuple(
        FaultLine(
            code=alarm.code,
            subject=alarm.subject,
            severity=CATALOGUE[alarm.code].severity,
            since_at=alarm.since_at,
            detail=alarm.detail,
        )
        for alarm in sorted(turn.state.alarms.values(), key=lambda alarm: (alarm.since_at, alarm.code, alarm.subject))
        if alarm.active
    )
    turn.say(Up.FAULTS, Faults(id=stamp.id, at=stamp.at, sid=stamp.sid, seq=stamp.seq, active=active))


def _count(turn: Turn, code: FaultCode, subject: str, detail: str, needed: int) -> None:
    detail = detail[:MOST_DETAIL]
    before = turn.state.alarms.get((code, subject))
    if before is None:
        after = Alarm(code, subject, detail, turn.now.wall)
    else:
        after = replace(before, readings=before.readings + 1, detail=detail)
    raised = not after.active and after.readings >= needed
    after = replace(after, active=after.active or raised)
    turn.state = replace(turn.state, alarms={**turn.state.alarms, (code, subject): after})
    if raised:
        turn.state = replace(turn.state, captures=replace(turn.state.captures, wanted=True))
        publish(turn)

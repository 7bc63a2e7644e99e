"""Faults on the device: raised after two bad readings in a row (at once where a decision is certain), then cleared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """Take new readings; an unknown one neither raises nor clears. What changes together is said in one message."""
    findings = tuple(findings)
    turn.state = replace(turn.state, readings=_newest(turn.state.readings, findings))
    changed = False
    for found in findings:
        if found.code is None or found.result is CheckResult.UNKNOWN:
            continue
        if found.result is CheckResult.OK:
            changed |= _end(turn, found.code, found.subject)
        else:
            bad = Alarm(found.code, found.subject, found.detail, turn.now.wall, severity=found.severity)
            changed |= _count(turn, bad, 1 if found.settled else READINGS_TO_RAISE)
    if changed:
        publish(turn)


def raise_now(turn: Turn, code: FaultCode, subject: str, detail: str) -> None:
    """Raise a fault that needs no second reading; `subject` keeps it apart from what the checks read."""
    if _count(turn, Alarm(code, subject, detail, turn.now.wall), 1):
        publish(turn)


def clear(turn: Turn, code: FaultCode, subject: str = "") -> None:
    """End a fault, if it stands."""
    if _end(turn, code, subject):
        publish(turn)


def publish(turn: Turn) -> None:
    """Say the whole active set."""
    stamp = turn.stamp()
    active = tuple(
        FaultLine(
            code=alarm.code,
            subject=alarm.subject,
            severity=alarm.severity or CATALOGUE[alarm.code].severity,
            since_at=alarm.since_at,
            detail=alarm.detail,
        )
        for alarm in sorted(turn.state.alarms.values(), key=lambda alarm: (alarm.since_at, alarm.code, alarm.subject))
        if alarm.active
    )
    turn.say(Up.FAULTS, Faults(id=stamp.id, at=stamp.at, sid=stamp.sid, seq=stamp.seq, active=active))


def _newest(readings: Mapping[str, Finding], findings: Iterable[Finding]) -> dict[str, Finding]:
    """Keep one reading a check, and of its parts those only that are not in order: a panel may have hundreds."""
    kept = dict(readings)
    for found in findings:
        key = f"{found.check} {found.subject}".strip()
        kept.pop(key, None)
        if found.result is not CheckResult.OK or not found.subject:
            kept[key] = found
    return kept


def _end(turn: Turn, code: FaultCode, subject: str) -> bool:
    """Drop a fault and tell whether it had been raised."""
    alarm = turn.state.alarms.get((code, subject))
    if alarm is None:
        return False
    rest = {key: other for key, other in turn.state.alarms.items() if key != (code, subject)}
    turn.state = replace(turn.state, alarms=rest)
    return alarm.active


def _count(turn: Turn, bad: Alarm, needed: int) -> bool:
    """Count one bad reading and tell whether the active set, or a degree in it, is another now."""
    key, bad = (bad.code, bad.subject), replace(bad, detail=bad.detail[:MOST_DETAIL])
    before = turn.state.alarms.get(key)
    after = bad
    if before is not None:
        after = replace(before, readings=before.readings + 1, detail=bad.detail, severity=bad.severity)
    raised = not after.active and after.readings >= needed
    after = replace(after, active=after.active or raised)
    turn.state = replace(turn.state, alarms={**turn.state.alarms, key: after})
    if raised:
        turn.state = replace(turn.state, captures=replace(turn.state.captures, wanted=True))
    return raised or (before is not None and after.active and before.severity is not after.severity)

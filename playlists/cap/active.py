"""The set of alerts that run, as a value: each alert that comes in gives the next set, or says why it changes nothing.

Alerts may come late, twice or in the wrong order. Only their own sender can change or end them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from playlists.cap.accept import SEVERITIES, URGENCIES, Feed, Kind, Verdict, judge
from playlists.cap.alert import Alert, Reference
from playlists.cap.rules import CapRule, Refused

PATIENCE = timedelta(minutes=10)
"""How long an update waits for the alert that it names, before a person is asked."""
MEMORY = timedelta(days=7)
MOST_KNOWN = 2_000
MOST_PARKED = 200


class Outcome(StrEnum):
    """What an alert did."""

    TAKEN = "taken"
    ENDED = "ended"
    TWICE = "twice"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Parked:
    """An update or cancellation of an alert that is not known, and since when it waits."""

    alert: Alert
    since: datetime


@dataclass(frozen=True, slots=True)
class Active:
    """Alerts by sender and identifier; `over` maps the names of ended ones to when that which ended them was sent."""

    known: Mapping[tuple[str, str], Verdict] = field(default_factory=dict)
    over: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    parked: tuple[Parked, ...] = ()


def apply(state: Active, alert: Alert, now: datetime, feed: Feed | None = None) -> tuple[Active, Outcome]:
    """Return the set after an alert came in at an aware time, and what it did.

    Raises:
        Refused: the alert goes no further (as `judge` says; C16 another alert of this name; C17 overtaken).
    """
    feed = feed if feed is not None else Feed()
    state = forget(state, now)
    key = _key(alert.name)
    before = state.known.get(key)
    if before is not None and before.alert == alert:
        return state, Outcome.TWICE
    if before is not None:
        raise Refused(CapRule.C16_TWICE, f"{alert.sender} used the identifier {alert.identifier} for another alert")
    verdict = judge(alert, feed, now)
    if alert.references and not any(_key(one) in state.known for one in alert.references):
        return _park(state, alert, now), Outcome.PARKED
    _check_same_reality(state, alert)
    _check_not_overtaken(state, alert)
    state = _enter(state, verdict)
    for waiting in state.parked:
        if any(_key(one) == key for one in waiting.alert.references):
            state = replace(state, parked=tuple(one for one in state.parked if one is not waiting))
            state = _retry(state, waiting.alert, now, feed)
    return state, Outcome.ENDED if verdict.kind is Kind.END else Outcome.TAKEN


def running(state: Active, now: datetime) -> tuple[Verdict, ...]:
    """Return the alerts that run at an aware time: drills last, then by severity and urgency, then the newest."""
    found = [
        one
        for key, one in state.known.items()
        if key not in state.over and one.kind is not Kind.END and one.expires is not None and one.expires > now
    ]
    return tuple(sorted(found, key=_weight))


def overdue(state: Active, now: datetime) -> tuple[Alert, ...]:
    """Return what has waited too long for the alert that it names: a person decides."""
    return tuple(one.alert for one in state.parked if now - one.since >= PATIENCE)


def forget(state: Active, now: datetime) -> Active:
    """Return the set without what ended long ago, and with no more than it can hold."""
    known = {
        key: one
        for key, one in state.known.items()
        if max(one.alert.sent, one.expires or one.alert.sent) > now - MEMORY
    }
    while len(known) >= MOST_KNOWN:
        known.pop(min(known, key=lambda key: known[key].alert.sent))
    return replace(state, known=known, over={key: at for key, at in state.over.items() if at > now - MEMORY})


def _enter(state: Active, verdict: Verdict) -> Active:
    over = dict(state.over)
    for one in verdict.ends:
        over[_key(one)] = max(over.get(_key(one), verdict.alert.sent), verdict.alert.sent)
    return replace(state, known={**state.known, _key(verdict.alert.name): verdict}, over=over)


def _check_not_overtaken(state: Active, alert: Alert) -> None:
    names = [alert.name, *alert.references]
    later = [state.over[_key(one)] for one in names if _key(one) in state.over]
    if any(sent > alert.sent for sent in later) or _key(alert.name) in state.over:
        raise Refused(CapRule.C17_LATE, f"{alert.identifier} was overtaken by a later alert of the same sender")


def _check_same_reality(state: Active, alert: Alert) -> None:
    """A drill neither ends nor replaces what is real, and the real thing is not the continuation of a drill."""
    known = [state.known[_key(one)].alert for one in alert.references if _key(one) in state.known]
    if any((one.status == "Actual") != (alert.status == "Actual") for one in known):
        raise Refused(CapRule.C25_DRILL, "a drill refers to a real alert, or a real alert to a drill")


def _park(state: Active, alert: Alert, now: datetime) -> Active:
    others = tuple(one for one in state.parked if one.alert.name != alert.name)
    kept = next((one for one in state.parked if one.alert.name == alert.name), Parked(alert, now))
    return replace(state, parked=(*others, kept)[-MOST_PARKED:])


def _retry(state: Active, alert: Alert, now: datetime, feed: Feed) -> Active:
    try:
        return apply(state, alert, now, feed)[0]
    except Refused:
        return state


def _key(name: Reference) -> tuple[str, str]:
    return name.sender, name.identifier


def _weight(one: Verdict) -> tuple[bool, int, int, float]:
    order = SEVERITIES.index(one.severity), URGENCIES.index(one.urgency)
    return one.kind is Kind.DRILL, *order, -one.alert.sent.timestamp()

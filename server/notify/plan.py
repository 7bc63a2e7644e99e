"""The decision who is told what and when: values in, values out.

One cause is told to one person once, and its end once to those who were told that it began. What ends before its
delay is told to nobody. While nobody has taken it, the next one of the roster is told too, minutes after the one
before. Where the roster, the people and the alarms come from is no matter of this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.fault import Severity


class Kind(StrEnum):
    """What people are told of."""

    ALARM = "alarm"
    APPROVAL = "approval"
    EMERGENCY = "emergency"
    HOLD = "hold"
    WEEKEND = "weekend"
    """Too few people who can sign are on the roster of the coming weekend."""
    AUDIT_HEAD = "audit-head"
    """The newest hash of the audit log, kept by approvers so that a cut end shows."""


class Way(StrEnum):
    """How they are told."""

    NOW = "now"
    DIGEST = "digest"
    """Together with others, at fixed times of the site's day, to the first one of the roster."""
    OFF = "off"


class Step(StrEnum):
    """What of a cause is told."""

    RAISED = "raised"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a cause is told. `to_all`: to everybody at once instead of one after another."""

    way: Way = Way.NOW
    delay: timedelta = timedelta(0)
    next_after: timedelta = timedelta(minutes=15)
    to_all: bool = False
    tells_end: bool = True


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told. Quiet hours are local times; both None: none."""

    user_id: UUID
    is_reachable: bool = True
    quiet_from: time | None = None
    quiet_to: time | None = None
    wants_end: bool = True


@dataclass(frozen=True, slots=True)
class Cause:
    """What is told. `since` is when it became worth telling; `ended_at` None: it stands."""

    key: str
    since: datetime
    is_urgent: bool = True
    """It breaks quiet hours."""
    is_taken: bool = False
    """Somebody takes care of it: nobody else is told."""
    is_silent: bool = False
    """It follows from another one, is hidden or expected: nobody is told."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What one person was told of one cause."""

    raised_at: datetime
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """Somebody is to be told a step of a cause, not before a time."""

    user_id: UUID
    cause: str
    step: Step
    send_at: datetime
    is_digest: bool = False


DIGEST_TIMES = (time(7, 30), time(16, 30))
"""Local times of a site at which what can wait is told together."""
URGENT = frozenset({Severity.CRITICAL, Severity.MAJOR})


def decide(
    cause: Cause, rule: Rule, order: Sequence[Reader], told: Mapping[UUID, Told], at: datetime, tz: ZoneInfo
) -> list[Tell]:
    """Return who is to be told what of a cause now; `order` holds the readers, first one first, nobody twice."""
    if cause.ended_at is not None:
        return _ends(cause, rule, order, told, at)
    if cause.is_silent or cause.is_taken or rule.way is Way.OFF or at < cause.since + rule.delay:
        return []
    awake = [one for one in order if one.is_reachable and (cause.is_urgent or not is_quiet(one, at, tz))]
    if rule.way is Way.DIGEST:
        when = next_digest(at, tz)
        return [] if told else [Tell(one.user_id, cause.key, Step.RAISED, when, True) for one in awake[:1]]
    reached = awake if rule.to_all else awake[: _rungs(rule, told.values(), at)]
    return [Tell(one.user_id, cause.key, Step.RAISED, at) for one in reached if one.user_id not in told]


def next_digest(at: datetime, tz: ZoneInfo, times: Sequence[time] = DIGEST_TIMES) -> datetime:
    """Return the first digest time after `at`, in UTC; `times` are local and in order."""
    local = at.astimezone(tz)
    for days in (0, 1, 2):
        day = local.date() + timedelta(days=days)
        for one in times:
            moment = datetime.combine(day, one, tz).astimezone(UTC)
            if moment > at:
                return moment
    raise AssertionError("two days hold every time of day")


def is_quiet(reader: Reader, at: datetime, tz: ZoneInfo) -> bool:
    """Tell whether a reader's quiet hours cover a moment; they may go over midnight."""
    if reader.quiet_from is None or reader.quiet_to is None or reader.quiet_from == reader.quiet_to:
        return False
    clock = at.astimezone(tz).time()
    if reader.quiet_from < reader.quiet_to:
        return reader.quiet_from <= clock < reader.quiet_to
    return clock >= reader.quiet_from or clock < reader.quiet_to


def is_urgent(severity: str) -> bool:
    """Tell whether an alarm of a severity breaks quiet hours."""
    return severity in URGENT


def _rungs(rule: Rule, told: Iterable[Told], at: datetime) -> int:
    first = min((one.raised_at for one in told), default=at)
    return 1 + (at - first) // rule.next_after


def _ends(cause: Cause, rule: Rule, order: Sequence[Reader], told: Mapping[UUID, Told], at: datetime) -> list[Tell]:
    if not rule.tells_end or rule.way is Way.DIGEST:
        return []
    unwilling = {one.user_id for one in order if not (one.wants_end and one.is_reachable)}
    return [
        Tell(user_id, cause.key, Step.ENDED, at)
        for user_id, one in told.items()
        if not one.ended and user_id not in unwilling
    ]
